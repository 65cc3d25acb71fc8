"""A track as its init section describes it, and the edit list that puts its media onto the presentation timeline."""

import struct
from dataclasses import dataclass
from typing import Literal

from offair.emulator.media.formats.boxes import (
    U32,
    Box,
    Fields,
    MalformedMediaError,
    UnsupportedMediaError,
    box,
    boxes,
    find,
    need,
)
from offair.emulator.media.formats.codecs import AudioFormat, Format, VideoFormat, read_format

EDIT = {0: struct.Struct(">Iihh"), 1: struct.Struct(">Qqhh")}
NO_MEDIA = -1


MediaKind = Literal["video", "audio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What the init section says: ``init`` is the section as players get it, ``timescale`` in ticks a second.

    ``skip`` is where in the media the presentation begins, ``delay`` how much later than zero it begins; both in ticks.
    Players heed the first but not reliably the second, so a delay is taken out of the edit list and put into
    the fragments.
    """

    init: bytes
    track_id: int
    timescale: int
    format: Format
    skip: int
    delay: int
    default_duration: int
    default_size: int
    default_flags: int

    @property
    def kind(self) -> MediaKind:
        """Whether it is seen or heard."""
        return "video" if isinstance(self.format, VideoFormat) else "audio"

    @property
    def video(self) -> VideoFormat | None:
        """The picture's format, if it is one."""
        return self.format if isinstance(self.format, VideoFormat) else None

    @property
    def audio(self) -> AudioFormat | None:
        """The sound's format, if it is one."""
        return self.format if isinstance(self.format, AudioFormat) else None


def read_track(init: bytes) -> Track:
    """Read an init section of exactly one track."""
    moov = need(init, b"moov")
    traks = [found for found in boxes(init, moov.body, moov.end) if found.kind == b"trak"]
    if len(traks) != 1:
        raise UnsupportedMediaError(f"a pipe carries {len(traks)} tracks: give every track a pipe of its own")
    trex = need(init, b"mvex", b"trex", within=moov)
    return _read(init, moov, traks[0], trex)


def read_tracks(init: bytes) -> list[Track]:
    """Read an init section of any number of tracks, whose trex boxes come in their order: as this house writes them."""
    moov = need(init, b"moov")
    mvex = need(init, b"mvex", within=moov)
    traks = [found for found in boxes(init, moov.body, moov.end) if found.kind == b"trak"]
    trexes = [found for found in boxes(init, mvex.body, mvex.end) if found.kind == b"trex"]
    return [_read(init, moov, trak, trex) for trak, trex in zip(traks, trexes, strict=True)]


def _read(init: bytes, moov: Box, trak: Box, trex: Box) -> Track:
    timescale = _timescale(init, need(init, b"mdia", b"mdhd", within=trak))
    fields = Fields(init, trex.body + 4, trex.end)
    track_id, _, duration, size, flags = (fields.number(4) for _ in range(5))
    edits = find(init, b"edts", b"elst", within=trak)
    skip, empty = _edits(init, edits) if edits else (0, 0)
    return Track(
        init=_without_delay(init, moov, trak, skip) if empty else init,
        track_id=track_id,
        timescale=timescale,
        format=read_format(init, need(init, b"mdia", b"minf", b"stbl", b"stsd", within=trak)),
        skip=skip,
        delay=round(empty * timescale / _timescale(init, need(init, b"mvhd", within=moov))),
        default_duration=duration,
        default_size=size,
        default_flags=flags,
    )


def _timescale(init: bytes, head: Box) -> int:
    """Read the timescale of an mvhd or mdhd box, which share their beginning."""
    fields = Fields(init, head.body, head.end)
    version, _ = fields.version_and_flags()
    fields.take(16 if version else 8)
    timescale = fields.number(4)
    if not timescale:
        raise MalformedMediaError(f"the {head.kind.decode()} box has a timescale of 0 ticks a second")
    return timescale


def _edits(init: bytes, elst: Box) -> tuple[int, int]:
    """Read (media time of the first edit that has media, length of the empty edits before it)."""
    fields = Fields(init, elst.body, elst.end)
    version, _ = fields.version_and_flags()
    layout = EDIT[1 if version else 0]
    empty = 0
    for _ in range(fields.number(4)):
        length, media, _, _ = layout.unpack(fields.take(layout.size))
        if media != NO_MEDIA:
            return media, empty
        empty += length
    return 0, empty


def _without_delay(init: bytes, moov: Box, trak: Box, skip: int) -> bytes:
    """Write the init section anew with an edit list that only skips."""
    edts = need(init, b"edts", within=trak)
    edit = box(b"edts", box(b"elst", U32.pack(1 << 24), U32.pack(1), EDIT[1].pack(0, skip, 1, 0)))
    shorter = edts.end - edts.start - len(edit)
    patched = bytearray(init[: edts.start] + edit + init[edts.end :])
    for parent in (moov, trak):
        U32.pack_into(patched, parent.start, parent.end - parent.start - shorter)
    return bytes(patched)
