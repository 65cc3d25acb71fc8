"""Tracks and fragments made by hand, for tests of what takes them."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offair.emulator.media.formats.boxes import BoxRun, Splitter, box
from offair.emulator.media.formats.samples import Fragment, Sample, read_fragment, write_fragment
from offair.emulator.media.formats.tracks import Track, read_track


@dataclass(frozen=True)
class Recording:
    """What ffmpeg wrote to one pipe."""

    content: bytes
    pieces: Sequence[BoxRun]
    track: Track
    fragments: Sequence[Fragment]

    @property
    def frames(self) -> int:
        return sum(len(fragment.samples) for fragment in self.fragments)


def record(content: bytes) -> Recording:
    pieces = Splitter().push(content)
    track = read_track(pieces[0].content)
    fragments = [read_fragment(track, piece.content) for piece in pieces[1:]]
    return Recording(content, pieces, track, [fragment for fragment in fragments if fragment])


class Forge:
    """Makes tracks and fragments by hand; times in ticks of a timescale of 90 000 unless told."""

    def track(
        self, kind: str = "video", *, timescale: int = 90_000, edits: Sequence[tuple[int, int]] = (), entry: bytes = b""
    ) -> Track:
        return read_track(self.init(kind, timescale=timescale, edits=edits, entry=entry))

    def init(
        self, kind: str = "video", *, timescale: int = 90_000, edits: Sequence[tuple[int, int]] = (), entry: bytes = b""
    ) -> bytes:
        """Write ftyp and moov; an edit is (length in ms, media time in ticks)."""
        stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), entry or (AVC1 if kind == "video" else MP4A))
        mdhd = box(b"mdhd", bytes(12), struct.pack(">II", timescale, 0), bytes(4))
        rows = b"".join(struct.pack(">Iihh", length, media, 1, 0) for length, media in edits)
        edts = box(b"edts", box(b"elst", bytes(4), struct.pack(">I", len(edits)), rows)) if edits else b""
        mdia = box(b"mdia", mdhd, box(b"minf", box(b"stbl", stsd)))
        mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 0), bytes(80))
        trex = box(b"trex", bytes(4), struct.pack(">IIIII", 1, 1, 0, 0, 0))
        moov = box(b"moov", mvhd, box(b"trak", box(b"tkhd", bytes(84)), edts, mdia), box(b"mvex", trex))
        return box(b"ftyp", b"iso5", bytes(4)) + moov

    def fragment(self, track: Track, samples: Sequence[Sample]) -> Fragment:
        made = read_fragment(track, write_fragment(track, 1, samples))
        assert made is not None
        return made

    def samples(self, durations: Sequence[int], *, start: int = 0, keys: Callable[[int], bool] = bool) -> list[Sample]:
        """Make samples back to back; the content of each is one NAL unit that tells its number."""
        made, at = [], start
        for number, duration in enumerate(durations):
            unit = bytes((0x65 if keys(number) else 0x41,)) + number.to_bytes(4)
            made.append(Sample(at, at, duration, keys(number), memoryview(len(unit).to_bytes(4) + unit)))
            at += duration
        return made

    def stream(self, track: Track, samples: Sequence[Sample], *, every: int) -> list[Fragment]:
        """Cut samples into fragments of so many."""
        return [self.fragment(track, samples[at : at + every]) for at in range(0, len(samples), every)]

    def record(self, init: bytes, fragments: Sequence[Fragment]) -> Recording:
        return record(init + b"".join(fragment.content for fragment in fragments))


AVCC = box(b"avcC", bytes.fromhex("0142c01effe1000467420001") + bytes.fromhex("01000268ce"))
AVC1 = box(b"avc1", bytes(24), struct.pack(">HH", 320, 180), bytes(50), AVCC)
ESDS = box(b"esds", bytes(4), bytes.fromhex("031600010004114015000000000000000000000005021190"))
MP4A = box(b"mp4a", bytes(16), struct.pack(">HHII", 2, 16, 0, 48_000 << 16), ESDS)
