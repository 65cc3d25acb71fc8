"""The facts of an MPEG-TS segment (ISO/IEC 13818-1): its tables, and the PTS of its PES packets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from offair.contracts.checks.media.facts import PACKET, SYNC_BYTE, SegmentFacts, TrackFacts, UnreadableError
from offair.contracts.checks.media.formats import UNKNOWN, Format, read_adts, read_avc
from offair.contracts.checks.media.pictures import KEYS, LOOKED_AT, Coded, Coding, Kind, is_closed, kind_of, units

VIDEO = {0x1B: "avc", 0x24: "hevc", 0x02: "mpeg2"}
AUDIO = {0x03: "", 0x04: "", 0x0F: "adts", 0x11: "", 0x81: "ac-3", 0x87: "ec-3"}
SERVICE = range(1, 0x20)  # PIDs of other tables, which may stand anywhere: SDT, NIT and their like
HZ = 90_000
WRAP = 1 << 33
SYSTEM_HZ = 27_000_000
HEAD, HEADS = 65_536, 2048  # bytes of the first picture that are looked at, and of each of those that follow
NOTHING = 0x1FFF  # the PID of a program without a clock


@dataclass(slots=True)
class _Elementary:
    """A PID's PES packets so far: presentation and decoding times in 90 kHz ticks, and the first bytes of the first."""

    kind: Literal["video", "audio", "other"]
    codec: str
    shown: list[int] = field(default_factory=list)
    decoded: list[int] = field(default_factory=list)
    heads: list[bytearray] = field(default_factory=list)
    is_random_access: bool = False
    has_random_access: bool = False
    counters: list[int] = field(default_factory=list)  # the first and the last


def read_transport(body: bytes) -> SegmentFacts:
    """Read a segment's facts; without a PMT it has no tracks."""
    if len(body) % PACKET:
        raise UnreadableError(f"has {len(body)} bytes, which is no multiple of {PACKET}")
    pmt_pids: set[int] = set()
    found: dict[int, _Elementary] = {}
    starts: list[int] = []  # PIDs of the first payload units, until there is a picture or sound
    clocks: set[int] = set()
    references: list[int | None] = []
    for pid, counter, is_start, is_random, payload, reference in _packets(body):
        if pid in clocks and reference is not None:
            references += [None] * reference.is_broken + [reference.ticks]
        if is_start and pid not in SERVICE and not any(track.shown for track in found.values()):
            starts.append(pid)
        if pid == 0 and is_start:
            pmt_pids |= _read_pat(payload)
        elif pid in pmt_pids and is_start:
            clocks |= {_clock(payload)} - {NOTHING}
            for elementary, kind in _read_pmt(payload):
                found.setdefault(elementary, _elementary(kind))
        elif pid in found:
            _take(found[pid], payload, is_start=is_start, is_random=is_random)
            if payload:
                found[pid].counters[1:] = [counter] if found[pid].counters else [counter, counter]
    return SegmentFacts(
        container="ts",
        tracks=tuple(_facts(track) for track in found.values() if track.shown),
        has_tables=bool(found),
        begins_with_tables=starts[:1] == [0] and bool(pmt_pids & set(starts[1:2])),
        programs=len(pmt_pids),
        clock_gap=_widest(references) if len(clocks) == 1 else None,
    )


class _Reference(NamedTuple):
    """A program clock reference; ``is_broken`` says that the clock begins anew with it (section 2.4.3.5)."""

    ticks: int
    is_broken: bool


def _packets(body: bytes) -> Iterator[tuple[int, int, bool, bool, bytes, _Reference | None]]:
    """Each packet's PID, continuity counter, start and random access indicators, payload and clock (section 2.4.3)."""
    for at in range(0, len(body), PACKET):
        if body[at] != SYNC_BYTE:
            raise UnreadableError(f"has no sync byte {at} bytes in")
        control, start = body[at + 3] >> 4 & 3, at + 4
        is_random, reference = False, None
        if control & 2:
            length = body[at + 4]
            is_random = length > 0 and bool(body[at + 5] & 0x40)
            if length >= 7 and body[at + 5] & 0x10:
                reference = _reference(body[at + 6 : at + 12], is_broken=bool(body[at + 5] & 0x80))
            start += 1 + length
        payload = body[start : at + PACKET] if control & 1 else b""
        pid, counter = (body[at + 1] & 0x1F) << 8 | body[at + 2], body[at + 3] & 0x0F
        yield pid, counter, bool(body[at + 1] & 0x40), is_random, payload, reference


def _reference(field_: bytes, *, is_broken: bool) -> _Reference:
    base, extension = int.from_bytes(field_[:5]) >> 7, int.from_bytes(field_[4:]) & 0x1FF
    return _Reference(base * 300 + extension, is_broken)


def _widest(references: list[int | None]) -> float | None:
    """The most seconds between two clock references that follow each other; None stands for a new beginning."""
    gaps = [(after - before) % (WRAP * 300) for before, after in pairwise(references)
            if before is not None and after is not None]  # fmt: skip
    return max(gaps) / SYSTEM_HZ if gaps else None


def _section(payload: bytes) -> bytes:
    """Give a section's body after its length field, without the CRC (section 2.4.4)."""
    start = 1 + payload[0] if payload else 0
    section = payload[start:]
    if len(section) < 8:
        raise UnreadableError("has a table that breaks off")
    return section[3 : 3 + ((section[1] & 0x0F) << 8 | section[2]) - 4]


def _read_pat(payload: bytes) -> set[int]:
    programs = _section(payload)[5:]
    return {
        (programs[at + 2] & 0x1F) << 8 | programs[at + 3]
        for at in range(0, len(programs) - 3, 4)
        if programs[at] or programs[at + 1]
    }


def _clock(payload: bytes) -> int:
    """The PID that has the program's clock (section 2.4.4.9)."""
    section = _section(payload)
    return (section[5] & 0x1F) << 8 | section[6] if len(section) >= 7 else NOTHING


def _read_pmt(payload: bytes) -> Iterator[tuple[int, int]]:
    section = _section(payload)
    if len(section) < 9:
        raise UnreadableError("has a PMT that breaks off")
    at = 9 + ((section[7] & 0x0F) << 8 | section[8])
    while at + 5 <= len(section):
        yield (section[at + 1] & 0x1F) << 8 | section[at + 2], section[at]
        at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])


def _elementary(kind: int) -> _Elementary:
    names = VIDEO | AUDIO
    return _Elementary("video" if kind in VIDEO else "audio" if kind in AUDIO else "other", names.get(kind, ""))


def _take(track: _Elementary, payload: bytes, *, is_start: bool, is_random: bool) -> None:
    if is_start and payload[:3] == b"\0\0\1" and len(payload) >= 14 and payload[7] & 0x80:
        if not track.shown:
            track.is_random_access = is_random
        track.has_random_access |= is_random
        track.shown.append(_near(_stamp(payload, 9), track.shown))
        has_both = payload[7] & 0x40 and len(payload) >= 19
        track.decoded.append(_near(_stamp(payload, 14), track.decoded) if has_both else track.shown[-1])
        payload = payload[9 + payload[8] :]
        if len(track.shown) <= LOOKED_AT:
            track.heads.append(bytearray())
    if track.heads and len(track.heads) == len(track.shown):
        room = (HEAD if len(track.heads) == 1 else HEADS) - len(track.heads[-1])
        track.heads[-1] += payload[: max(room, 0)]


def _stamp(payload: bytes, at: int) -> int:
    first, second, third, fourth, fifth = payload[at : at + 5]
    return (first >> 1 & 7) << 30 | second << 22 | third >> 1 << 15 | fourth << 7 | fifth >> 1


def _near(stamp: int, before: list[int]) -> int:
    """Undo the wrap of a 33 bit time stamp."""
    if not before:
        return stamp
    ahead = (stamp - before[-1]) % WRAP
    return before[-1] + (ahead - WRAP if ahead > WRAP // 2 else ahead)


def _facts(track: _Elementary) -> TrackFacts:
    """The last frame lasts as long as the frames do on average; where one PES holds several, so does the last."""
    first, last = min(track.shown), max(track.shown)
    frame = (last - first) / (len(track.shown) - 1) if len(track.shown) > 1 else 0
    name, size = _format(track)
    starts, closed = _access(track) if track.kind == "video" else (None, None)
    return TrackFacts(
        kind=track.kind,
        start=first / HZ,
        end=(last + frame) / HZ,
        decode=track.decoded[0] / HZ,
        frames=len(track.shown),
        starts_with_key=starts,
        has_key=track.has_random_access or starts if track.kind == "video" else None,
        is_closed=closed,
        codec=name,
        size=size,
        counters=(track.counters[0], track.counters[-1]) if track.counters else None,
    )


def _format(track: _Elementary) -> Format:
    head = bytes(track.heads[0]) if track.heads else b""
    match track.codec:
        case "avc":
            return read_avc(head)
        case "adts":
            return read_adts(head)
        case "ac-3" | "ec-3":
            return track.codec, None
    return UNKNOWN


def _access(track: _Elementary) -> tuple[bool, bool | None]:
    """It starts with a key frame, and needs nothing from before; where no slice is seen, the indicator has to do."""
    coding: Coding | None = "avc" if track.codec == "avc" else "hevc" if track.codec == "hevc" else None
    if coding is None or not track.heads:
        return track.is_random_access, None
    kinds: list[Kind | None] = [kind_of(units(bytes(head)), coding) for head in track.heads]
    starts = track.is_random_access if kinds[0] is None else kinds[0] in KEYS
    pictures = [Coded(kind, shown) for kind, shown in zip(kinds, track.shown, strict=False)]
    return starts, is_closed(pictures, coding)
