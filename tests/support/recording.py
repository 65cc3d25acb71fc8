"""A short day of a client at a cloud, recorded."""

from dataclasses import replace

from offair.contracts.report import Report
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import kinds
from offair.contracts.writers.har import write_har
from offair.emulator.target import target_of


def day_at(emulator, cloud):
    """Make one thing of each kind, look, list, and delete it again; give what was exchanged, at its own URLs."""
    contract = emulator.providers[cloud].promise
    target = target_of(cloud, emulator)
    caller, log = Caller(contract, target), []
    ours = Actor(caller, target.headers, log)
    for kind in (one for one in kinds(contract) if one.is_published):
        made = ours.make(kind)
        if made is not None:
            ours.look(made)
            ours.list(kind)
            ours.clear(made)
            ours.look(made)
    origin = contract.servers[0].removesuffix(contract.base_path)
    return [replace(one, path=origin + one.path, who=None, at=1000.0 + at) for at, one in enumerate(log)]


def as_har(exchanges):
    """Write an archive."""
    return write_har(Report(kind="traffic", target="a test", verdicts=(), exchanges=tuple(exchanges)))
