"""The facts of a fragmented MP4 segment (ISO/IEC 14496-12), from ``moof`` boxes and the init section's ``moov``."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from offair.contracts.checks.media.facts import SegmentFacts, TrackFacts, UnreadableError
from offair.contracts.checks.media.formats import UNKNOWN, Format, read_coding, read_entry
from offair.contracts.checks.media.pictures import KEYS, LOOKED_AT, Coded, Coding, is_closed, kind_of, prefixed_units

NON_SYNC = 0x0001_0000  # sample_is_non_sync_sample: section 8.8.3.1
MODERN = {b"iso6", b"iso7", b"iso8", b"iso9", b"isoa", b"isob", b"isoc", b"cmfc", b"cmf2", b"cmfs", b"cmff", b"dash",
          b"msdh"}  # brands that contain iso6: ISO/IEC 14496-12 annex E, 23000-19, 23009-1  # fmt: skip
KINDS = {b"vide": "video", b"soun": "audio"}
CONTAINERS = {b"moov", b"trak", b"mdia", b"mvex", b"moof", b"traf"}

Box = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Header:
    """What an init section says of a track."""

    kind: str
    timescale: int
    duration: int = 0
    size: int = 0
    flags: int = 0
    format: Format = UNKNOWN
    coding: tuple[Coding, int] | None = None


@dataclass(slots=True)
class _Run:
    """What is known of a track's samples so far, in ticks."""

    decode: int | None = None
    now: int = 0
    first: int | None = None
    last: int = 0
    frames: int = 0
    is_key: bool | None = None
    has_key: bool = False
    is_timed: bool = True
    places: list[tuple[int, int, int]] = field(default_factory=list)  # of the first samples: byte, size, presentation


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What a fragment says of its samples where their run does not (section 8.8.7).

    ``moof`` is the place of its box, which runs count from; None where they count from elsewhere.
    """

    duration: int
    size: int
    flags: int
    moof: range | None


def boxes(data: bytes) -> Iterator[Box]:
    """Walk through sibling boxes: type and payload (section 4.2)."""
    return ((kind, payload) for kind, payload, _ in placed(data))


def placed(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Walk through sibling boxes: type, payload, and the byte that they begin with."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            if at + 16 > len(data):
                raise UnreadableError("breaks off in a box's header")
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        end = len(data) if size == 0 else at + size
        if end < at + head or end > len(data):
            raise UnreadableError(f"has a {kind.decode('latin-1')} box of {size} bytes where {len(data) - at} are left")
        yield kind, data[at + head : end], at
        at = end


def find(data: bytes, *path: bytes) -> Iterator[bytes]:
    """Give the payloads of all boxes at a path."""
    for kind, payload in boxes(data):
        if kind == path[0]:
            yield from find(payload, *path[1:]) if path[1:] else (payload,)


def read_header(init: bytes) -> dict[int, Header]:
    """Read an init section's tracks by their ids; none if it has no ``moov``."""
    try:
        defaults = {
            _u32(trex, 4): (_u32(trex, 12), _u32(trex, 16), _u32(trex, 20))
            for trex in find(init, b"moov", b"mvex", b"trex")
        }
        return {
            _track_id(trak): Header(
                KINDS.get(next(find(trak, b"mdia", b"hdlr"))[8:12], "other"),
                _timescale(next(find(trak, b"mdia", b"mdhd"))),
                *defaults.get(_track_id(trak), (0, 0, 0)),
                *_described(trak),
            )
            for trak in find(init, b"moov", b"trak")
        }
    except StopIteration as error:
        raise UnreadableError("has a track without tkhd, hdlr or mdhd") from error


def _described(trak: bytes) -> tuple[Format, tuple[Coding, int] | None]:
    """What a track's samples are coded as."""
    stsd = next(find(trak, b"mdia", b"minf", b"stbl", b"stsd"), None)
    return (UNKNOWN, None) if stsd is None else (read_entry(stsd), read_coding(stsd))


def read_fragments(body: bytes, init: bytes | None) -> SegmentFacts:
    """Read a segment's facts; its own ``moov`` goes before ``init``, and without a good one it has no tracks."""
    kinds = [kind for kind, _ in boxes(body)]
    has_own = b"moov" in kinds
    headers = read_header(body) if has_own else _header_or_none(init or b"")
    runs: dict[int, _Run] = {}
    for kind, moof, at in placed(body):
        for traf in find(moof, b"traf") if kind == b"moof" else ():
            _read_traf(traf, headers, runs, range(at, at + 8 + len(moof)))
    flaw = None if b"moof" in kinds or has_own else "has no moof box"
    is_timed = all(run.is_timed for run in runs.values())  # without tfdt nobody knows when anything is
    tracks = (_facts(headers[track], run, body) for track, run in runs.items() if run.frames and is_timed)
    odd = tuple(dict.fromkeys(_oddities(body, headers)))
    return SegmentFacts(container="fmp4", tracks=tuple(tracks), has_tables=has_own, odd=odd, flaw=flaw)


def _oddities(body: bytes, headers: dict[int, Header]) -> Iterator[str]:
    """What RFC 8216 section 3.3 forbids in a fragment."""
    for traf in find(body, b"moof", b"traf"):
        fields = dict(boxes(traf))
        if b"tfdt" not in fields:
            yield "has a track fragment without tfdt"
        if _u32(fields.get(b"tfhd", bytes(8)), 0) & 0x01:
            yield "has addresses that are not relative to the movie fragment"
        if headers and _u32(fields.get(b"tfhd", bytes(8)), 4) not in headers:
            yield "has a track that its initialization section lacks"


def header_oddities(init: bytes) -> Iterator[str]:
    """What RFC 8216 section 3.3 forbids in an initialization section; raise UnreadableError if it is none."""
    found = dict(boxes(init))
    brands = found.get(b"ftyp", b"")
    if not any(brands[at : at + 4] in MODERN for at in (0, *range(8, len(brands), 4))):
        yield "has no ftyp box with a brand that is compatible with iso6"
    moov = found.get(b"moov", b"")
    if moov and b"mvex" not in dict(boxes(moov)):
        yield "has no mvex box"
    lengths = [_length(box, 16, 24) for box in find(moov, b"mvhd")]
    lengths += [_length(box, 20, 28) for box in find(moov, b"trak", b"tkhd")]
    if any(lengths):
        yield "has a duration, which is the fragments' to have"
    for table in find(moov, b"trak", b"mdia", b"minf", b"stbl", b"stts"):
        if len(table) >= 8 and _u32(table, 4):
            yield "lists samples of its own"


def _length(box: bytes, short: int, long: int) -> int:
    """The duration field of an mvhd or tkhd; all ones stand for one that is not known."""
    value, unknown = (_u64(box, long), 2**64 - 1) if box[:1] == b"\1" else (_u32(box, short), 2**32 - 1)
    return 0 if value == unknown else value


def _header_or_none(init: bytes) -> dict[int, Header]:
    """An init section that cannot be read is no flaw of the segments that name it."""
    try:
        return read_header(init)
    except UnreadableError:
        return {}


def _facts(header: Header, run: _Run, body: bytes) -> TrackFacts:
    scale = header.timescale
    starts, closed = _access(header, run, body) if header.kind == "video" else (None, None)
    return TrackFacts(
        kind="video" if header.kind == "video" else "audio" if header.kind == "audio" else "other",
        start=(run.first or 0) / scale,
        end=run.last / scale,
        decode=(run.decode or 0) / scale,
        frames=run.frames,
        starts_with_key=starts,
        has_key=run.has_key if header.kind == "video" else None,
        is_closed=closed,
        codec=header.format[0],
        size=header.format[1],
    )


def _access(header: Header, run: _Run, body: bytes) -> tuple[bool | None, bool | None]:
    """It starts with a key frame, and needs nothing from before: by the pictures, or else by their flags."""
    if header.coding is None or not run.places:
        return run.is_key, None
    coding, prefix = header.coding
    pictures = [
        Coded(kind_of(prefixed_units(body[at : at + size], prefix), coding), shown) for at, size, shown in run.places
    ]
    kind = pictures[0].kind
    return run.is_key if kind is None else kind in KEYS, is_closed(pictures, coding)


def _read_traf(traf: bytes, headers: dict[int, Header], runs: dict[int, _Run], moof: range) -> None:
    fields = dict(boxes(traf))
    tfhd = fields.get(b"tfhd", b"")
    track = _u32(tfhd, 4)
    if track not in headers:
        return
    header, run = headers[track], runs.setdefault(track, _Run())
    defaults = _track_defaults(tfhd, header, moof)
    tfdt = fields.get(b"tfdt", b"")
    if tfdt:
        run.now = _u64(tfdt, 4) if tfdt[0] == 1 else _u32(tfdt, 4)
    if run.decode is None:
        run.decode, run.is_timed = run.now, bool(tfdt)
    for kind, trun in boxes(traf):
        if kind == b"trun":
            _read_trun(trun, defaults, run)


def _track_defaults(tfhd: bytes, header: Header, moof: range) -> _Defaults:
    has, at = _u32(tfhd, 0) & 0xFFFFFF, 8
    frame = None if has & 0x01 else moof
    at += 8 * bool(has & 0x01) + 4 * bool(has & 0x02)
    said = [header.duration, header.size, header.flags]
    for index, bit in enumerate((0x08, 0x10, 0x20)):
        if has & bit:
            said[index], at = _u32(tfhd, at), at + 4
    return _Defaults(said[0], said[1], said[2], frame)


def _read_trun(trun: bytes, defaults: _Defaults, run: _Run) -> None:
    """Count a run's samples (section 8.8.8)."""
    duration, flags = defaults.duration, defaults.flags
    has, count, at = _u32(trun, 0) & 0xFFFFFF, _u32(trun, 4), 8
    place = defaults.moof.start + _i32(trun, at) if has & 0x01 and defaults.moof else None
    at += 4 * bool(has & 0x01)
    first_flags = flags
    if has & 0x04:
        first_flags, at = _u32(trun, at), at + 4
    width = 4 * sum(bool(has & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    if at + width * count > len(trun):
        raise UnreadableError(f"has a run of {count} samples that does not fit in its box")
    if has & 0x400 and not has & 0x04 and count:
        first_flags = _u32(trun, at + 4 * bool(has & 0x100) + 4 * bool(has & 0x200))
    if run.is_key is None and count:
        run.is_key = not first_flags & NON_SYNC
    flags_of_all = {first_flags if count else NON_SYNC, flags if count > 1 and not has & 0x400 else NON_SYNC}
    run.has_key |= any(not one & NON_SYNC for one in flags_of_all)
    run.frames += count
    if has & 0x400 and not run.has_key:
        mark = at + 4 * bool(has & 0x100) + 4 * bool(has & 0x200)
        run.has_key = any(not _u32(trun, mark + width * index) & NON_SYNC for index in range(count))
    if place is not None and defaults.moof and place >= defaults.moof.stop:
        _note_places(trun, at, place, defaults, run)
    if not has & 0x900 and count:  # all alike: no need to walk through what may be a million samples
        _shown(run, run.now, count * duration)
        run.now += count * duration
        return
    for sample in range(at, at + width * count, width):
        lasts = _u32(trun, sample) if has & 0x100 else duration
        _shown(run, run.now + (_i32(trun, sample + width - 4) if has & 0x800 else 0), lasts)
        run.now += lasts


def _note_places(trun: bytes, at: int, place: int, defaults: _Defaults, run: _Run) -> None:
    """Note where the first samples of a track are; a run that does not say where its bytes begin is left out."""
    has, count = _u32(trun, 0) & 0xFFFFFF, _u32(trun, 4)
    now = run.now
    for _ in range(min(count, LOOKED_AT - len(run.places))):
        lasts, size, shift = defaults.duration, defaults.size, 0
        if has & 0x100:
            lasts, at = _u32(trun, at), at + 4
        if has & 0x200:
            size, at = _u32(trun, at), at + 4
        at += 4 * bool(has & 0x400)
        if has & 0x800:
            shift, at = _i32(trun, at), at + 4
        run.places.append((place, size, now + shift))
        now, place = now + lasts, place + size


def _shown(run: _Run, start: int, duration: int) -> None:
    run.first = start if run.first is None else min(run.first, start)
    run.last = max(run.last, start + duration)


def _track_id(trak: bytes) -> int:
    tkhd = next(find(trak, b"tkhd"))
    return _u32(tkhd, 20 if tkhd[:1] == b"\1" else 12)


def _timescale(mdhd: bytes) -> int:
    return _u32(mdhd, 20 if mdhd[:1] == b"\1" else 12) or 1


def _u32(data: bytes, at: int) -> int:
    return _number(">I", data, at)


def _i32(data: bytes, at: int) -> int:
    return _number(">i", data, at)


def _u64(data: bytes, at: int) -> int:
    return _number(">Q", data, at)


def _number(form: str, data: bytes, at: int) -> int:
    try:
        value: int = struct.unpack_from(form, data, at)[0]
    except struct.error as error:
        raise UnreadableError(f"has a box that ends within a field, {at} bytes in") from error
    return value
