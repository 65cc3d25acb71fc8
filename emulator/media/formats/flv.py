"""FLV tags, the shape in which all ingested media travels, and FLV files.

Source: Adobe "Video File Format Specification" 10.1, Annex E; Veovera "Enhanced RTMP" v2 for four-CC codecs.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.errors import ProtocolError


class TagKind(IntEnum):
    """What a tag carries (E.4.1); RTMP uses the same numbers for its messages."""

    AUDIO = 8
    VIDEO = 9
    SCRIPT = 18


AUDIO, VIDEO, SCRIPT = TagKind.AUDIO, TagKind.VIDEO, TagKind.SCRIPT  # in the class they cost ten times as much
VIDEO_CODECS = {2: "h263", 3: "screen", 4: "vp6f", 5: "vp6a", 6: "screen2", 7: "avc1"}
AUDIO_CODECS = {0: "pcm", 1: "adpcm", 2: "mp3", 3: "pcm", 4: "nelly", 5: "nelly", 6: "nelly", 7: "alaw", 8: "ulaw",
                10: "mp4a", 11: "speex", 14: "mp3"}  # fmt: skip
AVC, AAC = 7, 10  # of those above
ENHANCED_AUDIO = 9  # the sound format that says: a four-CC follows
SEQUENCE_START, CODED_FRAMES, SEQUENCE_END, CODED_FRAMES_X = range(4)  # enhanced packet types
ENHANCED_KEY, ENHANCED_OTHER = 0x90, 0xA0  # how an enhanced picture begins, its packet type yet to come
SELF_DESCRIBING = frozenset({".mp3", "ac-3", "ec-3", "vp08"})  # enhanced codecs that may come without a header
MAGIC = b"FLV\x01"
FILE_HEADER = 13  # bytes, the first "previous tag size" included
KINDS = frozenset(TagKind)
TAG_HEADER = struct.Struct(">II3x")  # kind and size; timestamp, its low 24 bits first; stream id, always 0
LONGEST_METADATA = 65_536  # bytes
HALF = 1 << 31  # timestamps have 32 bits and wrap; two are compared by the shorter way around


class Tag(NamedTuple):
    """One audio, video or script tag; ``timestamp`` in milliseconds, 32 bits."""

    kind: TagKind
    timestamp: int
    payload: bytes

    @property
    def is_enhanced(self) -> bool:
        """It names its codec by a four-CC, which ffmpeg understands from 6.1 on."""
        if not self.payload:
            return False
        first = self.payload[0]
        return bool(first & 0x80) if self.kind is VIDEO else self._is_audio and first >> 4 == ENHANCED_AUDIO

    @property
    def codec(self) -> str | None:
        """The codec's name, ``avc1``, ``mp4a``, or the four-CC; None when the tag does not say."""
        if not self.payload or self.kind is SCRIPT:
            return None
        if self.is_enhanced:
            if self._packet not in {SEQUENCE_START, CODED_FRAMES, SEQUENCE_END, CODED_FRAMES_X}:
                return None
            return self.payload[1:5].decode("latin-1")
        first = self.payload[0]
        return VIDEO_CODECS.get(first & 15) if self.kind is VIDEO else AUDIO_CODECS.get(first >> 4)

    @property
    def is_sequence_header(self) -> bool:
        """It carries a decoder's configuration instead of media. Asked of every tag several times, so it is quick."""
        payload = self.payload
        if not payload or self.kind is SCRIPT:
            return False
        first = payload[0]
        if self.kind is VIDEO:
            if first & 0x80:
                return first & 15 == SEQUENCE_START
            return len(payload) > 1 and payload[1] == 0 and first & 15 == AVC
        if first >> 4 == ENHANCED_AUDIO:
            return first & 15 == SEQUENCE_START
        return len(payload) > 1 and payload[1] == 0 and first >> 4 == AAC

    @property
    def is_blank(self) -> bool:
        """It is a sequence header that configures nothing, and whose codec needs it: another one has to follow.

        ffmpeg begins so when it copies AAC from MPEG-TS, where each frame brings its configuration (ADTS).
        """
        return self.is_sequence_header and not self.configuration and self.codec not in SELF_DESCRIBING

    @property
    def proves_its_track(self) -> bool:
        """A decoder that has seen it can decode what follows: a sequence header, or a codec that has none."""
        if self.is_sequence_header:
            return True
        codec = self.codec
        if self.is_enhanced:
            return codec in SELF_DESCRIBING
        return codec is not None and codec not in {"avc1", "mp4a"}

    @property
    def is_keyframe(self) -> bool:
        """It is a picture that needs no other."""
        if self.kind is not VIDEO or not self.payload:
            return False
        first = self.payload[0]
        if first & 0x80:
            return first >> 4 & 7 == 1 and first & 15 in {CODED_FRAMES, CODED_FRAMES_X}
        if first >> 4 != 1:
            return False
        return first & 15 != 7 or (len(self.payload) > 1 and self.payload[1] == 1)

    @property
    def is_picture(self) -> bool:
        """It is one coded picture, and not what describes or ends them."""
        payload = self.payload
        if self.kind is not VIDEO or not payload:
            return False
        first = payload[0]
        if first & 0x80:
            return first & 15 in {CODED_FRAMES, CODED_FRAMES_X}
        return first & 15 != AVC or (len(payload) > 1 and payload[1] == 1)

    @property
    def picture(self) -> tuple[int, memoryview] | None:
        """A coded picture as an MP4 would hold it, with its composition offset in milliseconds (E.4.3.1)."""
        if not self.is_picture:
            return None
        payload = self.payload
        start = 2
        if payload[0] & 0x80:
            if self._packet == CODED_FRAMES_X:
                return 0, memoryview(payload)[5:]
            start = 5
        offset = int.from_bytes(payload[start : start + 3], "big", signed=True)
        return offset, memoryview(payload)[start + 3 :]

    @property
    def configuration(self) -> bytes:
        """A sequence header's decoder configuration record, as an MP4 would hold it."""
        if self.is_enhanced:
            return self.payload[5:]
        return self.payload[5:] if self.kind is VIDEO else self.payload[2:]

    @property
    def _is_audio(self) -> bool:
        return self.kind is AUDIO

    @property
    def _packet(self) -> int:
        return self.payload[0] & 15


def elapsed(start: int, end: int) -> int:
    """How many milliseconds ``end`` is after ``start``, negative when it is before; timestamps wrap."""
    return (end - start + HALF) % (2 * HALF) - HALF


def header(*, has_audio: bool, has_video: bool) -> bytes:
    """Write the 13 bytes with which an FLV file starts (E.2), the first "previous tag size" included."""
    return MAGIC + struct.pack(">BII", has_audio << 2 | has_video, 9, 0)


def pack(tag: Tag) -> bytes:
    """Write a tag and the size after it (E.3, E.4.1)."""
    size = len(tag.payload)
    head = TAG_HEADER.pack(tag.kind << 24 | size, (tag.timestamp & 0xFFFFFF) << 8 | tag.timestamp >> 24)
    return b"".join((head, tag.payload, (size + TAG_HEADER.size).to_bytes(4, "big")))


Passed = Sequence[Tag | bytes]  # tags, and an FLV file's header (or bytes of another container) as they are


def write(passed: Passed) -> bytes:
    """Write what a gate passed."""
    return b"".join([pack(piece) if isinstance(piece, Tag) else piece for piece in passed])


class Reader:
    """Reads FLV as it comes, in pieces of any size; ValueError as soon as it is none."""

    def __init__(self) -> None:
        self._rest = b""
        self._has_begun = False

    def receive(self, data: bytes) -> list[Tag]:
        """Take the next bytes and give the tags that they complete."""
        data = self._rest + data
        tags: list[Tag] = []
        at = 0 if self._has_begun else self._begin(data)
        while self._has_begun and at + TAG_HEADER.size <= len(data):
            first, second = TAG_HEADER.unpack_from(data, at)
            start, size, kind = at + TAG_HEADER.size, first & 0xFFFFFF, first >> 24
            if kind not in KINDS:
                raise ValueError(f"not an FLV file: a tag of kind {kind}, with {data[start:][:8]!r} in it")
            if start + size + 4 > len(data):
                break
            tags.append(Tag(TagKind(kind), (second & 0xFF) << 24 | second >> 8, data[start : start + size]))
            at = start + size + 4
        self._rest = data[at:]
        return tags

    def _begin(self, data: bytes) -> int:
        if not (data[:3] == MAGIC[: len(data[:3])]):
            raise ValueError(f"not an FLV file: it starts with {data[:9]!r}")
        if len(data) < FILE_HEADER:
            return 0
        offset = int.from_bytes(data[5:9], "big")
        if offset != FILE_HEADER - 4:
            raise ValueError(f"not an FLV file of version 1: its header claims {offset} bytes, and has 9 (E.2)")
        self._has_begun = True
        return FILE_HEADER


def read(data: bytes) -> list[Tag]:
    """Read an FLV file's tags; ValueError when it is none, and a last tag that was cut off is left out."""
    if len(data) < FILE_HEADER:
        raise ValueError(f"not an FLV file: it starts with {data[:9]!r}")
    return Reader().receive(data)


def announced(script: Tag) -> frozenset[TagKind] | None:
    """Tell which tracks an onMetaData tag speaks of, maybe none; None for any other script tag."""
    if len(script.payload) > LONGEST_METADATA:
        return None
    try:
        values = amf0.decode(script.payload)
    except ProtocolError:
        return None
    if values[:1] != ["onMetaData"]:
        return None
    fields = values[1] if len(values) > 1 else None
    if not isinstance(fields, dict):
        return frozenset()
    words = {TagKind.VIDEO: ("videocodecid", "width", "hasVideo"), TagKind.AUDIO: ("audiocodecid", "hasAudio")}
    return frozenset(kind for kind, names in words.items() if any(fields.get(name) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an encoder sends: a codec's name or four-CC by track, None where there is no such track.

    ``is_enhanced`` when FLV names one by its four-CC, as Enhanced RTMP does: not every ffmpeg can read that.
    """

    video: str | None = None
    audio: str | None = None
    is_enhanced: bool = False

    @property
    def has_video(self) -> bool:
        """There is a video track."""
        return self.video is not None

    @property
    def has_audio(self) -> bool:
        """There is an audio track."""
        return self.audio is not None

    @property
    def tracks(self) -> tuple[bool, bool, bool]:
        """What a plan depends on: is there video, is there audio, and can that be copied."""
        return self.has_video, self.has_audio, self.is_aac

    @property
    def is_aac(self) -> bool:
        """The audio, if any, is AAC."""
        return self.audio == "mp4a"
