"""Tracks that came one by one, put together into one fragmented MP4: ISO/IEC 14496-12, 8.8.

Its timeline is the presentation's: what edit lists said about the tracks is in the fragments' decode times, because
not every player heeds them, and GStreamer counts them twice.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from offair.emulator.media.formats.boxes import U32, box, boxes, need
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import Track

BRANDS = box(b"ftyp", b"iso6", U32.pack(0), b"iso5iso6mp41")


class Placed(NamedTuple):
    """A fragment of the whole: its decode ``time``, in ticks of ``timescale``, goes into the bytes from ``at`` on."""

    content: bytes
    at: int
    width: int
    time: int
    timescale: int

    @property
    def start(self) -> Fraction:
        """When it begins, in seconds."""
        return Fraction(self.time, self.timescale)

    def since(self, zero: Fraction) -> bytes:
        """Give the bytes for a reader whose time began at this second."""
        return b"".join(self.pieces(zero))

    def pieces(self, zero: Fraction) -> tuple[bytes, memoryview]:
        """Give the same in two pieces, of which the long one is shared by all readers."""
        time = self.time - round(zero * self.timescale)
        return self.content[: self.at] + time.to_bytes(self.width), memoryview(self.content)[self.at + self.width :]


def write_init(tracks: Sequence[Track]) -> bytes:
    """Write one init section for tracks that are numbered from 1 in their order."""
    head = need(tracks[0].init, b"moov", b"mvhd")
    mvhd = tracks[0].init[head.start : head.end - 4] + U32.pack(len(tracks) + 1)  # it ends with next_track_ID: 8.2.2
    traks = [_trak(track.init, number) for number, track in enumerate(tracks, start=1)]
    trexes = [_trex(track.init, number) for number, track in enumerate(tracks, start=1)]
    return BRANDS + box(b"moov", mvhd, *traks, box(b"mvex", *trexes))


def place(fragment: Fragment, *, number: int, sequence: int, time: int) -> Placed:
    """Give a fragment its track's number, its place in the sequence, and its time."""
    content = bytearray(fragment.content)
    moof = need(content, b"moof")
    traf = need(content, b"traf", within=moof)
    tfdt = need(content, b"tfdt", within=traf)
    U32.pack_into(content, need(content, b"mfhd", within=moof).body + 4, sequence & 0xFFFFFFFF)
    U32.pack_into(content, need(content, b"tfhd", within=traf).body + 4, number)
    width = 8 if content[tfdt.body] else 4
    return Placed(bytes(content), tfdt.body + 4, width, time, fragment.track.timescale)


def _trak(init: bytes, number: int) -> bytes:
    trak = need(init, b"moov", b"trak")
    parts: list[bytes] = []
    for child in boxes(init, trak.body, trak.end):
        content = init[child.start : child.end]
        if child.kind == b"tkhd":  # the track's number follows two times, whose width is the version's: 8.3.2
            at = child.body - child.start + (20 if init[child.body] else 12)
            content = content[:at] + U32.pack(number) + content[at + 4 :]
        if child.kind != b"edts":
            parts.append(content)
    return box(b"trak", *parts)


def _trex(init: bytes, number: int) -> bytes:
    trex = need(init, b"moov", b"mvex", b"trex")
    at = trex.body + 4
    return init[trex.start : at] + U32.pack(number) + init[at + 4 : trex.end]
