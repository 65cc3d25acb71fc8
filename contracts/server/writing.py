"""A scene in which what an account has once is written, and read again: its profile, whom it wants to be called."""

from offair.contracts.checks.changing import CHANGES
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.changing import bodies_of
from offair.contracts.server.kinds import JSON


def writing(caller: Caller) -> list[Exchange]:
    """Change what needs no more than to be said, a text at a time, and read it there, or right above.

    An account is put back as it was afterwards: where that cannot be done, none is changed.
    """
    log: list[Exchange] = []
    if caller.target.restore is None or caller.target.is_read_only or caller.target.is_spared:
        return log
    ours = Actor(caller, caller.target.headers, log)
    for way in caller.contract.operations.values():
        read = _read_of(caller, way)
        if read is not None and way.method in CHANGES and JSON in way.bodies and not way.ends_access:
            ours.call(read)
            for body in bodies_of(way):
                ours.call(way, body=body)
                ours.call(read)
    return log


def _read_of(caller: Caller, way: Operation) -> Operation | None:
    """What reads a place, or the one above it, where neither is one of many."""
    places = (way.path, way.path.rpartition("/")[0])
    found = (caller.contract.operations.get(f"GET {place}") for place in places if "{" not in way.path)
    return next((one for one in found if one is not None), None)
