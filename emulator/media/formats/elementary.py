"""Samples as elementary streams: Annex B pictures (ITU-T H.264, H.265) and ADTS sound (ISO/IEC 14496-3, 1.A)."""

from offair.emulator.media.formats.boxes import MalformedMediaError, UnsupportedMediaError
from offair.emulator.media.formats.codecs import AudioFormat, VideoFormat
from offair.emulator.media.formats.samples import Sample

START = b"\0\0\0\1"
DELIMITER = {"h264": START + b"\x09\xf0", "hevc": START + b"\x46\x01\x50"}  # any kind of picture may follow
DELIMITER_TYPE = {"h264": 9, "hevc": 35}
PARAMETER_TYPES = {"h264": frozenset({7, 8}), "hevc": frozenset({32, 33, 34})}
ADTS_HEADER = 7
LONGEST_ADTS = (1 << 13) - 1
ADTS_CHANNELS = range(1, 8)  # configurations: three bits, and 0 would want a program config element in each frame


def annex_b(sample: Sample, video: VideoFormat, *, is_first: bool = False) -> bytes:
    """Write an access unit with a delimiter first and, at a key frame, the parameter sets before the picture.

    So it is with the first one of a segment or a part: not every player remembers them from one part to the next.
    A sample's NAL units have their lengths before them: ISO/IEC 14496-15, 5.3.4.2.
    """
    codec, width, content = video.codec, video.length_size, sample.content
    parts: list[bytes | memoryview] = []
    has_parameters, at = False, 0
    while at < len(content):
        begin = at + width
        at = begin + int.from_bytes(content[at:begin])
        if at > len(content) or begin == at:
            raise MalformedMediaError(f"a NAL unit of a picture ends at byte {at} of {len(content)}")
        kind = content[begin] & 31 if codec == "h264" else content[begin] >> 1 & 63
        if kind != DELIMITER_TYPE[codec]:
            has_parameters = has_parameters or kind in PARAMETER_TYPES[codec]
            parts += (START, content[begin:at])
    if (sample.is_sync or is_first) and not has_parameters:
        parts[:0] = [piece for parameters in video.parameter_sets for piece in (START, parameters)]
    return b"".join((DELIMITER[codec], *parts))


def adts(sample: Sample, audio: AudioFormat) -> bytes:
    """Write an AAC frame with its ADTS header; UnsupportedMediaError for channels that it cannot tell."""
    if audio.channel_configuration not in ADTS_CHANNELS:
        raise UnsupportedMediaError(
            f"AAC of the channel configuration {audio.channel_configuration} has no ADTS header, which MPEG-TS wants: "
            "send one to six channels, or ask for fMP4 segments"
        )
    length = ADTS_HEADER + len(sample.content)
    if length > LONGEST_ADTS:
        raise MalformedMediaError(f"an AAC frame of {len(sample.content)} bytes does not fit ADTS")
    header = (
        0xFFF1 << 40  # syncword, MPEG-4, no CRC
        | (audio.object_type - 1) << 38
        | audio.rate_index << 34
        | audio.channel_configuration << 30
        | length << 13
        | 0x7FF << 2  # the bit reservoir is not told
    )
    return header.to_bytes(ADTS_HEADER) + sample.content
