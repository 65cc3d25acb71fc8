"""Frames become FLV tags: H.264 as AVC, VP9 and Opus by their four-CCs (Enhanced RTMP v2).

Source: Adobe "Video File Format Specification" 10.1, E.4.3; ISO/IEC 14496-15, 5.3.3.1; RFC 7845, 5.1.
"""

import struct
from collections.abc import Sequence

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import ENHANCED_KEY, ENHANCED_OTHER, Tag, TagKind
from offair.emulator.media.ingest.whip.depacketizers import CodedFrame

SPS, PPS, DELIMITER = 7, 8, 9  # NAL unit types
AVC_KEY, AVC_OTHER = b"\x17", b"\x27"
AVC_HEADER, AVC_UNITS = b"\0\0\0\0", b"\1\0\0\0"  # packet type, and no composition offset: there are no B frames
HEADER, CODED, CODED_AT_ONCE = 0, 1, 3  # packet types
PRE_SKIP = 312  # samples at 48 kHz, which an Opus encoder needs before it is heard
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, PRE_SKIP, 48_000, 0, 0)
# VP9 of profile 0, 8 bits, 4:2:0, colours as usual (VP Codec ISO Media File Format Binding 1.0)
VP9_RECORD = bytes((1, 0, 0, 0, 0, 31, 0x82, 2, 2, 2, 0, 0))
SHORTEST = {SPS: 4, PPS: 2}  # bytes
MOST_SETS, LONGEST_SET = 31, 0xFFFF
LONGEST = 1 << 24  # bytes of a tag


def announce(kinds: Sequence[str]) -> Tag:
    """Write which tracks there will be, so that nobody has to wait and see."""
    fields = {f"has{kind.title()}": kind in kinds for kind in ("video", "audio")}
    return Tag(TagKind.SCRIPT, 0, amf0.encode("onMetaData", dict(fields)))


class AvcWriter:
    """Writes H.264, and a header before the first key frame and wherever its parameter sets change."""

    def __init__(self) -> None:
        self._sets: dict[int, tuple[bytes, ...]] = {}
        self._record = b""

    def write(self, frame: CodedFrame, at: int) -> list[Tag]:
        """Give the tags of a picture; none before parameter sets are known."""
        tags = []
        units = [unit for unit in frame.units if unit[0] & 31 != DELIMITER]
        if frame.is_key:
            for kind, shortest in SHORTEST.items():
                found = tuple(
                    dict.fromkeys(
                        unit for unit in units if unit[0] & 31 == kind and shortest <= len(unit) <= LONGEST_SET
                    )
                )
                self._sets[kind] = found[:MOST_SETS] or self._sets.get(kind, ())
            record = _record(self._sets[SPS], self._sets[PPS])
            if record != self._record and record:
                self._record = record
                tags.append(Tag(TagKind.VIDEO, at, AVC_KEY + AVC_HEADER + record))
            units = [unit for unit in units if unit[0] & 31 not in {SPS, PPS}]
        content = b"".join(len(unit).to_bytes(4) + unit for unit in units)
        if not (self._record and 0 < len(content) < LONGEST - 5):
            return tags
        return [*tags, Tag(TagKind.VIDEO, at, (AVC_KEY if frame.is_key else AVC_OTHER) + AVC_UNITS + content)]


class Vp9Writer:
    """Writes VP9, which carries its size in its key frames."""

    def __init__(self) -> None:
        self._has_begun = False

    def write(self, frame: CodedFrame, at: int) -> list[Tag]:
        """Give the tags of a picture."""
        head = bytes(((ENHANCED_KEY if frame.is_key else ENHANCED_OTHER) | CODED_AT_ONCE,)) + b"vp09"
        picture = Tag(TagKind.VIDEO, at, head + frame.units[0])
        if self._has_begun:
            return [picture]
        self._has_begun = True
        return [Tag(TagKind.VIDEO, at, bytes((ENHANCED_KEY | HEADER,)) + b"vp09" + VP9_RECORD), picture]


class OpusWriter:
    """Writes Opus."""

    def __init__(self) -> None:
        self._has_begun = False

    def write(self, frame: CodedFrame, at: int) -> list[Tag]:
        """Give the tags of a packet."""
        packet = Tag(TagKind.AUDIO, at, bytes((0x90 | CODED,)) + b"Opus" + frame.units[0])
        if self._has_begun:
            return [packet]
        self._has_begun = True
        return [Tag(TagKind.AUDIO, at, bytes((0x90 | HEADER,)) + b"Opus" + OPUS_HEAD), packet]


TagWriter = AvcWriter | Vp9Writer | OpusWriter
WRITERS: dict[str, type[AvcWriter] | type[Vp9Writer] | type[OpusWriter]] = {
    "H264": AvcWriter, "VP9": Vp9Writer, "OPUS": OpusWriter,
}  # fmt: skip


def _record(sequence_sets: Sequence[bytes], picture_sets: Sequence[bytes]) -> bytes:
    if not (sequence_sets and picture_sets):
        return b""
    head = bytes((1, *sequence_sets[0][1:4], 0xFF, 0xE0 | len(sequence_sets)))
    return head + _listed(sequence_sets) + bytes((len(picture_sets),)) + _listed(picture_sets)


def _listed(sets: Sequence[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(one)) + one for one in sets)
