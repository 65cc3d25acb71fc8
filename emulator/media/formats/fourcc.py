"""The codecs that FLV and MPEG-TS carry, by four-CC: what people call them, and what ffmpeg does.

Source: Veovera "Enhanced RTMP" v2, "FourCC".
"""

CODECS = {
    "avc1": ("H.264", "h264"), "hvc1": ("HEVC", "hevc"), "av01": ("AV1", "av1"), "vp08": ("VP8", "vp8"),
    "vp09": ("VP9", "vp9"), "mp4a": ("AAC", "aac"), "Opus": ("Opus", "opus"), "fLaC": ("FLAC", "flac"),
    ".mp3": ("MP3", "mp3"), "ac-3": ("AC-3", "ac3"), "ec-3": ("E-AC-3", "eac3"),
}  # fmt: skip


def spoken(codec: str) -> str:
    """A codec's name as people say it, with the four-CC behind it."""
    known = CODECS.get(codec)
    return f"{known[0]} ({codec})" if known else repr(codec)
