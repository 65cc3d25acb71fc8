"""Faults as data: what goes wrong, for whom, at which operation, and how often.

A test asks for one with a header on a single request, or for a tenant through the control surface.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from offair.emulator.core.table import Table
from offair.emulator.core.world import World

Kind = Literal["delay", "status", "drop", "garbage", "truncate"]
ANY = "*"
DELAY = "delay"
LONGEST_DELAY = 3600.0
STATUSES = range(200, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    ``delay`` waits ``seconds`` of real time and goes on; ``status`` answers ``status`` in the operation's place;
    ``drop`` closes the connection without an answer; ``garbage`` sends bytes that are no answer; ``truncate``
    ends the body half-way. ``operation`` is an operation id or ``*``; ``remaining`` is how many more times,
    None for ever. A socket's key is about its handshake, ``key.frame`` about each frame of this name, and ``key.*``
    about every frame.
    """

    id: str
    tenant: str
    kind: Kind
    operation: str = ANY
    seconds: float = 0.0
    status: int = 503
    remaining: int | None = None


FAULTS = Table("faults", Fault)


def take(world: World, tenant: str, operation: str, *, every: str = ANY) -> list[Fault]:
    """List what goes wrong with this call, and count it; ``every`` is how a fault names all of its kind.

    That is the oldest delay, and then the oldest of the others; the rest waits behind them for later calls.
    """
    if not world.count(FAULTS, tenant=tenant):
        return []
    with world.transaction():
        fitting = [f for f in world.find(FAULTS, tenant=tenant) if f.operation in {every, operation}]
        delays, others = ([f for f in fitting if (f.kind == DELAY) is wanted] for wanted in (True, False))
        taken = [*delays[:1], *others[:1]]
        for fault in taken:
            if fault.remaining is None:
                continue
            if fault.remaining <= 1:
                world.delete(FAULTS, id=fault.id)
            else:
                world.put(FAULTS, replace(fault, remaining=fault.remaining - 1))
        return taken


def parse(header: str) -> list[Fault]:
    """Read faults from a header such as ``delay=0.5, status=503``; ValueError says which part it could not read."""
    return [_parse_one(part.strip()) for part in header.split(",") if part.strip()]


def _parse_one(part: str) -> Fault:
    kind, _, value = part.partition("=")
    try:
        match kind.strip():
            case "delay" if 0 <= float(value) <= LONGEST_DELAY:
                return Fault(id="", tenant="", kind="delay", seconds=float(value))
            case "status" if int(value) in STATUSES:
                return Fault(id="", tenant="", kind="status", status=int(value))
            case "drop" | "garbage" | "truncate" as plain:
                return Fault(id="", tenant="", kind=plain)
    except ValueError:
        pass
    raise ValueError(
        f"no fault reads {part!r}; the faults are {', '.join(get_args(Kind))}, "
        "as in 'delay=0.5' (seconds, up to 3600), 'status=503' (200 to 599) or 'drop'"
    )
