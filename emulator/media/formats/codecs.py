"""What a sample entry says about its codec: the RFC 6381 name, the size, and what an elementary stream needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from offair.emulator.media.formats.bits import Bits
from offair.emulator.media.formats.boxes import (
    Box,
    Fields,
    MalformedMediaError,
    UnsupportedMediaError,
    boxes,
    need,
)

VISUAL_ENTRY = 78  # bytes of a VisualSampleEntry before its boxes: ISO/IEC 14496-12, 12.1.3
AUDIO_ENTRY = 28  # of an AudioSampleEntry: 12.2.3
RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)  # by channelConfiguration: ISO/IEC 14496-3, table 1.19
EXPLICIT_RATE = 15
AAC_LC = 2
SPECTRAL_BAND = frozenset({5, 29})  # HE-AAC, and HE-AAC version 2
MPEG4_AUDIO = 0x40
ES_DESCRIPTOR, DECODER_CONFIG, DECODER_SPECIFIC = 3, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFormat:
    """H.264 or HEVC: ``name`` as in CODECS, parameter sets in decoding order, NAL lengths of ``length_size`` bytes.

    ``record`` is the decoder configuration record that says so.
    """

    codec: Literal["h264", "hevc"]
    name: str
    width: int
    height: int
    length_size: int
    parameter_sets: tuple[bytes, ...]
    record: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFormat:
    """AAC: ``name`` as in CODECS, ``sample_rate`` in Hz as heard; the rest is what an ADTS header says.

    ``specific`` is the AudioSpecificConfig that says so.
    """

    name: str
    channels: int
    sample_rate: int
    object_type: int
    rate_index: int
    channel_configuration: int
    specific: bytes = field(default=b"", compare=False)


Format = VideoFormat | AudioFormat


@dataclass(frozen=True, slots=True)
class _Coding:
    """Where a codec's configuration is, how it is read, and how its profile is named."""

    codec: Literal["h264", "hevc"]
    record: bytes
    read: Callable[[Fields], tuple[bytes, int, list[bytes]]]
    name: Callable[[bytes], str]


def read_format(content: bytes, stsd: Box) -> Format:
    """Read the first sample entry of an stsd box; raise UnsupportedMediaError for a codec that is not ours."""
    entry = next(boxes(content, stsd.body + 8, stsd.end), None)
    if entry is None:
        raise MalformedMediaError("the stsd box describes no codec")
    match entry.kind:
        case b"avc1" | b"avc3":
            return _read_video(content, entry, AVC)
        case b"hvc1" | b"hev1":
            return _read_video(content, entry, HEVC)
        case b"mp4a":
            return _read_aac(content, entry)
    raise UnsupportedMediaError(
        f"the track is coded as {entry.kind.decode('latin-1')!r}; the packager cuts H.264, HEVC and AAC: "
        "let the encoder (or the transcoder) make one of these"
    )


def _inside(content: bytes, entry: Box, skip: int, kind: bytes) -> Fields:
    config = need(content, kind, within=entry._replace(body=entry.body + skip))
    return Fields(content, config.body, config.end)


def read_avc_record(fields: Fields) -> tuple[bytes, int, list[bytes]]:
    """Read an AVC configuration record as (profile, NAL length size, parameter sets): ISO/IEC 14496-15, 5.3.3.1."""
    fields.take(1)
    profile = fields.take(3)
    length_size = (fields.number(1) & 3) + 1
    sets = [fields.take(fields.number(2)) for _ in range(fields.number(1) & 31)]
    sets += [fields.take(fields.number(2)) for _ in range(fields.number(1))]
    return profile, length_size, sets


def read_hevc_record(fields: Fields) -> tuple[bytes, int, list[bytes]]:
    """Read an HEVC configuration record the same way: ISO/IEC 14496-15, 8.3.3.1."""
    fields.take(1)
    profile = fields.take(12)
    fields.take(8)
    length_size = (fields.number(1) & 3) + 1
    sets: list[bytes] = []
    for _ in range(fields.number(1)):
        fields.take(1)
        sets += [fields.take(fields.number(2)) for _ in range(fields.number(2))]
    return profile, length_size, sets


def _read_video(content: bytes, entry: Box, coding: _Coding) -> VideoFormat:
    size = Fields(content, entry.body + 24, entry.end)
    record = _inside(content, entry, VISUAL_ENTRY, coding.record).rest()
    profile, length_size, sets = coding.read(Fields(record, 0, len(record)))
    return VideoFormat(
        codec=coding.codec,
        name=f"{entry.kind.decode()}.{coding.name(profile)}",
        width=size.number(2),
        height=size.number(2),
        length_size=length_size,
        parameter_sets=tuple(sets),
        record=record,
    )


def _hevc_name(profile: bytes) -> str:
    """Name a profile_tier_level: ISO/IEC 14496-15, annex E.3."""
    space, tier = profile[0] >> 6, profile[0] >> 5 & 1
    compatibility = int(f"{int.from_bytes(profile[1:5]):032b}"[::-1], 2)
    constraints = [f"{byte:X}" for byte in profile[5:11].rstrip(b"\0")]
    letter = ("", "A", "B", "C")[space]
    level = f"{'LH'[tier]}{profile[11]}"
    return ".".join([f"{letter}{profile[0] & 31}", f"{compatibility:X}", level, *constraints])


AVC = _Coding("h264", b"avcC", read_avc_record, bytes.hex)
HEVC = _Coding("hevc", b"hvcC", read_hevc_record, _hevc_name)


def _read_aac(content: bytes, entry: Box) -> AudioFormat:
    """Read the AudioSpecificConfig inside the esds box: ISO/IEC 14496-1, 7.2.6, and 14496-3, 1.6.2.1."""
    declared = Fields(content, entry.body + 16, entry.end).number(2)
    fields = _inside(content, entry, AUDIO_ENTRY, b"esds")
    fields.take(4)
    _enter(fields, ES_DESCRIPTOR)
    fields.take(2)
    flags = fields.number(1)
    fields.take(2 if flags & 0x80 else 0)
    fields.take(fields.number(1) if flags & 0x40 else 0)
    fields.take(2 if flags & 0x20 else 0)
    _enter(fields, DECODER_CONFIG)
    coding = fields.number(1)
    if coding != MPEG4_AUDIO:
        raise UnsupportedMediaError(f"the sound has the MPEG-4 object type {coding:#x}; the packager cuts AAC (0x40)")
    fields.take(12)
    return read_specific(fields.take(_enter(fields, DECODER_SPECIFIC)), declared)


def _enter(fields: Fields, expected: int) -> int:
    """Step into a descriptor and give its length: ISO/IEC 14496-1, 8.3.3."""
    tag = fields.number(1)
    if tag != expected:
        raise MalformedMediaError(f"the esds box has descriptor {tag} where {expected} was expected")
    length = 0
    for _ in range(4):
        byte = fields.number(1)
        length = length << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return length


def read_specific(specific: bytes, declared: int = 0) -> AudioFormat:
    """Read an AudioSpecificConfig; ``declared`` channels count where it does not say: ISO/IEC 14496-3, 1.6.2.1."""
    bits = Bits(specific, "AudioSpecificConfig")
    named = kind = _object_type(bits)
    index, rate = _rate(bits)
    configuration = heard = bits.take(4)
    if kind in SPECTRAL_BAND:
        _, rate = _rate(bits)
        kind = _object_type(bits)
        heard = 2 if named == 29 else configuration
    if index >= len(RATES) or not 1 <= kind <= 4:
        raise UnsupportedMediaError(
            f"AAC of object type {kind} at rate index {index} has no ADTS header: use AAC-LC at a usual sample rate"
        )
    return AudioFormat(
        name=f"mp4a.40.{named}",
        channels=(CHANNELS[heard] if heard < len(CHANNELS) else 0) or declared,
        sample_rate=rate,
        object_type=kind,
        rate_index=index,
        channel_configuration=configuration,
        specific=specific,
    )


def _object_type(bits: Bits) -> int:
    kind = bits.take(5)
    return 32 + bits.take(6) if kind == 31 else kind


def _rate(bits: Bits) -> tuple[int, int]:
    index = bits.take(4)
    if index == EXPLICIT_RATE:
        rate = bits.take(24)
        return (RATES.index(rate) if rate in RATES else index), rate
    return index, RATES[index] if index < len(RATES) else 0
