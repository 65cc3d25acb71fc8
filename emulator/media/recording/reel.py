"""One track of one run of the encoder, as it lies in a file: which bytes are which segment. Pure, but for :func:`scan`.

A file is an init section and fragments, so it plays up to its last fragment however its writer ended, and its index
can be read back from it. Before each segment lies a box of nothing, so that no two ranges of bytes touch: FFmpeg 9.0
fetches as one what touches, and plays the first segment of it alone.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import BinaryIO

from offair.emulator.media.formats.boxes import BoxRun, MalformedMediaError, Splitter, box, read_head
from offair.emulator.media.formats.samples import Fragment, can_begin_at, read_fragment
from offair.emulator.media.formats.tracks import Track, read_track
from offair.emulator.media.packager.take import usual_rate

LONGEST_HEAD = 16  # bytes
SPACER = box(b"free")


@dataclass(frozen=True, slots=True)
class Shot:
    """A segment: ``size`` bytes from ``offset`` on; ``start`` and ``length`` in seconds of the presentation."""

    offset: int
    size: int
    start: Fraction
    length: Fraction
    is_independent: bool


class Reel:
    """Grows by the pieces that come out of an encoder's pipe; segments are about ``length`` seconds long.

    Segments begin with a fragment, and pictures at a key frame. ``shift`` seconds are put before the media, so that
    the runs of a broadcast lie on one timeline and can be joined by putting their fragments one after the other.
    ``spacer`` goes before each segment.
    """

    def __init__(self, length: Fraction, *, shift: Fraction = Fraction(0), spacer: bytes = SPACER) -> None:
        self._length = length
        self._spacer = spacer
        self._shift = shift
        self._open: Shot | None = None
        self._origin = shift  # where the first segment begins, and the grid of all
        self.track: Track | None = None
        self.shots: list[Shot] = []  # those that are closed
        self.size = 0
        self.init_size = 0
        self._frames, self._lasts = 0, Fraction(0)  # how many there are, and for how many seconds
        self.end = shift  # of the last sample in the file's own time: no later run may begin before

    def add(self, piece: BoxRun) -> bytes:
        """Take the next piece and give what the file gets for it; MalformedMediaError for what is none of one track."""
        if piece.kind == "init":
            track = read_track(piece.content)
            self.track = replace(track, delay=track.delay + round(self._shift * track.timescale))
            self.init_size = self.size = len(track.init)
            return track.init
        fragment = read_fragment(self.track, piece.content) if self.track else None
        return self._grow(fragment) if fragment is not None else b""

    @property
    def frame_rate(self) -> Fraction | None:
        """How many frames a second were measured; None while there is none."""
        return usual_rate(self._frames, self._lasts) if self._lasts else None

    def close(self) -> None:
        """Hear that nothing more will come."""
        if self._open is not None:
            self.shots.append(self._open)
            self._open = None

    def can_be_joined_to(self, other: "Reel") -> bool:
        """Say whether one init section is good for both."""
        return _plain(self.track) == _plain(other.track)

    def _grow(self, fragment: Fragment) -> bytes:
        ticks = fragment.track.timescale
        first, last = fragment.samples[0], fragment.samples[-1]
        start = Fraction(min(sample.pts for sample in fragment.samples), ticks)
        length = Fraction(last.dts + last.duration - first.dts, ticks)
        is_key = fragment.track.kind == "audio" or first.is_sync
        if not self.shots and self._open is None:
            self._origin = start
        if self._open is not None and is_key and self._is_due(start, Fraction(first.duration, ticks)):
            self.close()
        content, size = fragment.content, len(fragment.content)
        if self._open is None:
            offset, content = self.size + len(self._spacer), self._spacer + content
            self._open = Shot(offset, size, start, length, is_independent=can_begin_at(first, fragment.track))
        else:
            is_closed = start >= self._open.start  # pictures shown before it (open GOP) need the segment before
            self._open = replace(
                self._open,
                size=self._open.size + size,
                length=self._open.length + length,
                is_independent=self._open.is_independent and is_closed,
            )
        self.size += len(content)
        self._frames, self._lasts = self._frames + len(fragment.samples), self._lasts + length
        self.end = max(self.end, Fraction(fragment.end + fragment.track.skip, ticks))
        return content

    def _is_due(self, start: Fraction, frame: Fraction) -> bool:
        """Half a frame early is on time: encoders round."""
        assert self._open is not None  # noqa: S101 - for the type checker: asked only while one is open
        early = frame / 2 - self._origin
        periods = floor((self._open.start + early) / self._length) + 1
        return start + early >= periods * self._length


def scan(path: Path, length: Fraction) -> Reel:
    """Read a file's index back from it, up to the last fragment that is whole; OSError when it cannot be read."""
    reel, splitter = Reel(length, spacer=b""), Splitter()
    with path.open("rb") as file, suppress(MalformedMediaError):  # beyond what is whole there may be anything
        for content in _boxes(file):
            for piece in splitter.push(content):
                reel.size = file.tell() - len(piece.content)  # whatever lies before it
                reel.add(piece)
    reel.close()
    return reel


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """Read whole boxes one by one, so that a file of any size needs the memory of a fragment."""
    while (head := read_head(start := file.read(LONGEST_HEAD), 0, len(start))) is not None:
        _, _, size = head
        content = start[:size] + file.read(max(0, size - len(start)))
        if len(content) < size:
            return
        file.seek(min(0, size - len(start)), os.SEEK_CUR)
        yield content


def _plain(track: Track | None) -> Track | None:
    return replace(track, init=b"", delay=0) if track else None
