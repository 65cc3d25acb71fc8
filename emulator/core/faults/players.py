"""Faults of what players fetch, as data: what goes wrong, with which pieces of which streams, and how often."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from offair.emulator.core.table import TEXT, Table
from offair.emulator.core.world import World

Kind = Literal[
    "status", "delay", "throttle", "timeout", "drop", "garbage", "truncate",
    "stale", "gap", "wrong_codec", "discontinuity",
]  # fmt: skip
Thing = Literal["master", "playlist", "manifest", "init", "segment", "part", "progressive"]
ANY: Literal["*"] = "*"
SEQUENCE = re.compile(r"(?P<sign>\+?)(?P<first>\d{1,9})(-(?P<last>\d{1,9}))?")
# which texts a kind changes, whatever else it does; the others spoil answers as they are
REWRITTEN: dict[str, frozenset[Thing]] = {
    "gap": frozenset({"playlist", "manifest"}),
    "discontinuity": frozenset({"playlist"}),
    "wrong_codec": frozenset({"master", "manifest"}),
}
# which things a kind that does not spoil any answer can be about
SPOILT: dict[str, frozenset[Thing]] = {
    "gap": frozenset({"segment"}),
    "discontinuity": frozenset(),
    "wrong_codec": frozenset(),
    "stale": frozenset({"playlist", "manifest"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a player asks for: ``thing`` None for what has no name here, ``number`` a segment's sequence number."""

    stream: str
    thing: Thing | None
    rendition: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFault:
    """One thing that goes wrong when a player fetches.

    It is about answers that fit ``stream``, ``rendition``, ``thing`` and ``sequence`` (``7``, ``7-9``), where ``*``
    fits all. ``delay`` waits ``seconds``, ``timeout`` waits them and closes without an answer; ``throttle`` sends
    ``bytes_per_second``; ``status`` answers ``status``; ``stale`` gives the first answer again, for ``seconds`` (0: for
    ever) until the wall clock says ``until``; ``gap`` has no segment and says so in the playlist or manifest;
    ``wrong_codec`` names ``codec`` where the master playlist or manifest names another; ``discontinuity`` announces
    one before each segment, or, not ``announced``, keeps those that there are a secret.
    ``remaining`` is how many more answers, None for ever.
    """

    id: str
    tenant: str
    kind: Kind
    stream: str = ANY
    rendition: str = ANY
    thing: Thing | Literal["*"] = ANY
    sequence: str = ANY
    seconds: float = 0.0
    status: int = 404
    bytes_per_second: int = 65_536
    codec: str = "hvc1.1.6.L93.B0"
    announced: bool = True
    remaining: int | None = None
    until: float | None = None

    def concerns(self, asked: Asked) -> bool:
        """Say whether the answer to this is changed or spoilt."""
        return self.rewrites(asked) or self.spoils(asked)

    def rewrites(self, asked: Asked) -> bool:
        """Say whether it changes what this text tells of renditions and segments."""
        return (
            asked.thing in REWRITTEN.get(self.kind, ())
            and self.thing in {ANY, asked.thing}
            and self.stream in {ANY, asked.stream}
            and (asked.rendition is None or self.rendition in {ANY, asked.rendition})
        )

    def spoils(self, asked: Asked) -> bool:
        """Say whether it is this answer that goes wrong."""
        return (
            (self.kind not in SPOILT or asked.thing in SPOILT[self.kind])
            and self.stream in {ANY, asked.stream}
            and self.rendition in {ANY, asked.rendition}
            and self.thing in {ANY, asked.thing}
            and (self.sequence == ANY or (asked.number is not None and self.covers(asked.number)))
        )

    def covers(self, number: int) -> bool:
        """Say whether a segment with this sequence number is meant."""
        read = SEQUENCE.fullmatch(self.sequence)
        if read is None:
            return True
        return int(read["first"]) <= number <= int(read["last"] or read["first"])


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    """The text that a stale playlist or manifest goes on being."""

    id: str
    tenant: str
    fault: str
    text: str


PLAYBACK_FAULTS = Table("playback_faults", PlaybackFault)
HELD_ANSWERS = Table("held_answers", HeldAnswer, ("tenant", "fault"), ids=TEXT)


def absolute(sequence: str, newest: int) -> str:
    """Count ``+2`` or ``+2-4`` from the newest segment that there is; what is not relative stays as it is."""
    read = SEQUENCE.fullmatch(sequence)
    if read is None or not read["sign"]:
        return sequence
    first = newest + int(read["first"])
    return f"{first}-{newest + int(read['last'])}" if read["last"] else str(first)


def contradiction(fault: PlaybackFault) -> str | None:
    """Say why a fault could never happen, or could not be told from an accident; None when all is well."""
    possible = SPOILT.get(fault.kind, frozenset()) | REWRITTEN.get(fault.kind, frozenset())
    if possible and fault.thing != ANY and fault.thing not in possible:
        return f"{fault.kind} is about {' or '.join(sorted(possible))}, never about {fault.thing}"
    if fault.kind in {"gap", "discontinuity"} and fault.remaining is not None:
        return f"{fault.kind} cannot wear out: a playlist never takes back what it said; leave out remaining"
    if fault.kind == "discontinuity" and fault.announced == (fault.sequence == ANY):
        return "an announced discontinuity needs a sequence, and one that is kept secret takes none: it is all of them"
    if fault.kind == "stale" and fault.sequence != ANY:
        return "stale is about whole playlists; leave out sequence"
    return None


def take(world: World, tenant: str, asked: Asked) -> list[PlaybackFault]:
    """List what goes wrong with this answer, and count it."""
    if not world.count(PLAYBACK_FAULTS, tenant=tenant):
        return []
    with world.transaction():
        found = [fault for fault in world.find(PLAYBACK_FAULTS, tenant=tenant) if fault.concerns(asked)]
        return [fault for fault in found if _is_on(world, fault)]


def hold(world: World, fault: PlaybackFault, name: str, text: str) -> str:
    """Keep the first answer to ``name`` for as long as the fault lasts, and give it."""
    key = f"{fault.id} {name}"
    with world.transaction():
        held = world.get(HELD_ANSWERS, key)
        if not world.count(PLAYBACK_FAULTS, id=fault.id):  # this was the last time
            world.delete(HELD_ANSWERS, fault=fault.id)
        elif held is None:
            world.put(HELD_ANSWERS, HeldAnswer(id=key, tenant=fault.tenant, fault=fault.id, text=text))
    return held.text if held else text


def lift(world: World, fault_id: str) -> bool:
    """Let it go right again; False when there is no such fault."""
    with world.transaction():
        world.delete(HELD_ANSWERS, fault=fault_id)
        return bool(world.delete(PLAYBACK_FAULTS, id=fault_id))


def _is_on(world: World, fault: PlaybackFault) -> bool:
    if fault.kind == "stale" and fault.seconds:
        wall = world.clock.wall()
        if fault.until is None:
            fault = world.put(PLAYBACK_FAULTS, replace(fault, until=wall + fault.seconds))
        elif wall >= fault.until:
            lift(world, fault.id)
            return False
    if fault.remaining is not None:
        if fault.remaining <= 1:
            world.delete(PLAYBACK_FAULTS, id=fault.id)
        else:
            world.put(PLAYBACK_FAULTS, replace(fault, remaining=fault.remaining - 1))
    return True
