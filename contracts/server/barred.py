"""A scene in which things are asked for what their state forbids."""

from offair.contracts.checks.lifecycle import state_of
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import parse_or_none
from offair.contracts.server.actors import Actor, Made
from offair.contracts.server.calling import Caller

LIVE = "live"
MOMENT = 0.01  # cloud seconds


def barred(caller: Caller) -> list[Exchange]:
    """Make a thing by each body, and ask for what it refuses as it is, on air, and stopped."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    for kind in () if caller.target.is_read_only else caller.kinds:
        is_meant = any(one.bars for one in (*kind.acts, kind.delete) if one is not None)
        for place in range(len(kind.bodies)) if is_meant else ():
            made = ours.make(kind, place)
            if made is not None:
                _try(ours, made)
                if caller.target.simulate is not None and caller.target.simulate(made.id, LIVE):
                    if caller.target.advance is not None:
                        caller.target.advance(MOMENT)  # at one moment a thing is in one state
                    _try(ours, made)
                    for stop in kind.stops[:1]:
                        ours.act(made, stop)
                    _try(ours, made)
                ours.clear(made)
    return log


def _try(ours: Actor, made: Made) -> None:
    """Look, and ask for each thing that is documented to be refused in the state that is seen."""
    for one in (*made.kind.acts, made.kind.delete):
        looked = ours.look(made) if one is not None and one.bars else None
        state = None if looked is None else state_of(parse_or_none(looked.response_body))
        if one is not None and any(state in bar.states for bar in one.bars):
            ours.act(made, one)
