"""Fragments as samples on one presentation timeline, with the bytes they came in.

Decode and presentation times have the edit list applied: what an AAC encoder's priming or B frames push back is
taken back, and what an empty edit delays is delayed, so that sound and picture of one encoder share one zero.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from offair.contracts.checks.media.pictures import KEYS, kind_of, prefixed_units
from offair.emulator.media.formats.boxes import (
    HEAD,
    U32,
    Box,
    Fields,
    MalformedMediaError,
    UnsupportedMediaError,
    box,
    boxes,
    need,
)
from offair.emulator.media.formats.tracks import Track

NOT_SYNC = 0x10000  # sample_is_non_sync_sample: ISO/IEC 14496-12, 8.8.3.1
KEY_FLAGS, OTHER_FLAGS = 0x02000000, 0x01010000
BASE_GIVEN = 0x1
MOOF_IS_BASE = 0x20000
TRUN = struct.Struct(">III")  # version and flags, how many samples, and where the first is from the moof's beginning
ROW = struct.Struct(">IIIi")  # duration, size, flags and composition offset of a sample
MOOF = 88  # bytes of a moof of ours, but for its rows


class Sample(NamedTuple):
    """One access unit; times in ticks of its track, zero being the zero of the encoder's presentation."""

    dts: int
    pts: int
    duration: int
    is_sync: bool
    content: memoryview


@dataclass(frozen=True, slots=True)
class Fragment:
    """A moof and its mdat, as bytes and as samples; at least one sample."""

    track: Track
    sequence: int
    content: bytes
    samples: tuple[Sample, ...]

    @property
    def end(self) -> int:
        """The decode time, in ticks, at which its last sample is over."""
        return self.samples[-1].dts + self.samples[-1].duration

    def part(self, begin: int, end: int) -> "Fragment":
        """Make a fragment of some of its samples; itself when these are all."""
        if begin == 0 and end == len(self.samples):
            return self
        samples = self.samples[begin:end]
        return Fragment(self.track, self.sequence, write_fragment(self.track, self.sequence, samples), samples)


def can_begin_at(sample: Sample, track: Track) -> bool:
    """Say whether decoding may begin with a sample: sound always, and a picture that is a key frame by its slices too.

    Encoders that refresh their pictures bit by bit call one a key frame that is none. Where no slice is seen, their
    word has to do.
    """
    video = track.video
    if video is None or not sample.is_sync:
        return video is None
    kind = kind_of(prefixed_units(bytes(sample.content), video.length_size), "avc" if video.codec == "h264" else "hevc")
    return kind is None or kind in KEYS


def join_fragments(fragments: Sequence[Fragment]) -> Fragment:
    """Make one fragment of several that follow one another in a track; itself when it is one alone."""
    if len(fragments) == 1:
        return fragments[0]
    first = fragments[0]
    samples = tuple(sample for fragment in fragments for sample in fragment.samples)
    return Fragment(first.track, first.sequence, write_fragment(first.track, first.sequence, samples), samples)


def read_fragment(track: Track, content: bytes) -> Fragment | None:
    """Read a moof and its mdat; None when it holds no sample.

    Raises MalformedMediaError for samples outside the mdat, UnsupportedMediaError for more than one track run.
    """
    moof = need(content, b"moof")
    trafs = [found for found in boxes(content, moof.body, moof.end) if found.kind == b"traf"]
    if len(trafs) != 1:
        raise UnsupportedMediaError(f"a fragment carries {len(trafs)} tracks: give every track a pipe of its own")
    mfhd = need(content, b"mfhd", within=moof)
    sequence = Fields(content, mfhd.body + 4, mfhd.end).number(4)
    tfdt = need(content, b"tfdt", within=trafs[0])
    version, _ = Fields(content, tfdt.body, tfdt.end).version_and_flags()
    width = 8 if version else 4
    decode = Fields(content, tfdt.body + 4, tfdt.end).number(width) + track.delay
    if track.delay:
        at = tfdt.body + 4
        content = content[:at] + decode.to_bytes(width) + content[at + width :]
    samples = _read_runs(track, content, moof, trafs[0], decode - track.skip)
    return Fragment(track, sequence, content, samples) if samples else None


class _Defaults(NamedTuple):
    duration: int
    size: int
    flags: int


def _read_defaults(track: Track, content: bytes, tfhd: Box) -> _Defaults:
    fields = Fields(content, tfhd.body, tfhd.end)
    _, flags = fields.version_and_flags()
    if flags & BASE_GIVEN:
        raise UnsupportedMediaError(
            "a fragment counts its bytes from the beginning of the file: use -movflags +default_base_moof"
        )
    fields.take(4 + (4 if flags & 0x2 else 0))
    return _Defaults(
        fields.number(4) if flags & 0x8 else track.default_duration,
        fields.number(4) if flags & 0x10 else track.default_size,
        fields.number(4) if flags & 0x20 else track.default_flags,
    )


def _read_runs(track: Track, content: bytes, moof: Box, traf: Box, dts: int) -> tuple[Sample, ...]:
    defaults = _read_defaults(track, content, need(content, b"tfhd", within=traf))
    mdat = need(content[moof.end :], b"mdat")
    view = memoryview(content)
    at = moof.end + mdat.body
    samples: list[Sample] = []
    for trun in boxes(content, traf.body, traf.end):
        if trun.kind != b"trun":
            continue
        fields = Fields(content, trun.body, trun.end)
        version, flags = fields.version_and_flags()
        count = fields.number(4)
        if flags & 0x1:
            at = moof.start + fields.number(4)
        first = fields.number(4) if flags & 0x4 else None
        for duration, size, marks, offset in _entries(fields, version, flags, count, defaults):
            if first is not None:
                marks, first = first, None  # noqa: PLW2901 - the run's first sample has flags of its own: 8.8.8
            if at < moof.end or at + size > len(content):
                raise MalformedMediaError(f"a sample lies at byte {at}, outside the mdat of its fragment")
            samples.append(Sample(dts, dts + offset, duration, not marks & NOT_SYNC, view[at : at + size]))
            dts += duration
            at += size
    return tuple(samples)


def _entries(
    fields: Fields, version: int, flags: int, count: int, defaults: _Defaults
) -> Sequence[tuple[int, int, int, int]]:
    """Read the table of a trun box as (duration, size, flags, composition offset): ISO/IEC 14496-12, 8.8.8."""
    present = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    letters = "III" + ("i" if version else "I")
    row = struct.Struct(">" + "".join(letter for letter, there in zip(letters, present, strict=True) if there))
    if not row.size:
        if count > 1 << 16:
            raise MalformedMediaError(f"a track run claims {count} samples without describing one")
        return [(*defaults, 0)] * count
    rows = row.iter_unpack(fields.take(row.size * count))
    if all(present):
        return [(a, b, c, d) for a, b, c, d in rows]
    entries = []
    for numbers in rows:
        given = iter(numbers)
        duration, size, marks, offset = (
            next(given) if there else default for there, default in zip(present, (*defaults, 0), strict=True)
        )
        entries.append((duration, size, marks, offset))
    return entries


def write_fragment(track: Track, sequence: int, samples: Sequence[Sample]) -> bytes:
    """Write samples as a moof and its mdat, every sample with its own duration, size, flags and offset."""
    rows = b"".join(
        [
            ROW.pack(duration, len(content), KEY_FLAGS if is_sync else OTHER_FLAGS, pts - dts)
            for dts, pts, duration, is_sync, content in samples
        ]
    )
    moof = box(
        b"moof",
        box(b"mfhd", U32.pack(0), U32.pack(sequence)),
        box(
            b"traf",
            box(b"tfhd", U32.pack(MOOF_IS_BASE), U32.pack(track.track_id)),
            box(b"tfdt", U32.pack(1 << 24), (samples[0].dts + track.skip).to_bytes(8)),
            box(b"trun", TRUN.pack(1 << 24 | 0xF01, len(samples), MOOF + len(rows) + HEAD.size), rows),
        ),
    )
    size = HEAD.size + sum([len(sample.content) for sample in samples])
    return b"".join((moof, HEAD.pack(size, b"mdat"), *[sample.content for sample in samples]))
