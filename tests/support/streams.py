"""Streams to plan for: builders that say only what a test is about."""

from offair.emulator.core.streams import (
    AudioRung,
    DashPackaging,
    HlsPackaging,
    Ladder,
    Packaging,
    Source,
    Stream,
    VideoRung,
)

HLS = HlsPackaging(segment_format="mpegts", playlist_size=6)


def rung(**given) -> VideoRung:
    """A rung of 720p25 with a key frame every two seconds, but for what is given."""
    plain = {
        "width": 1280,
        "height": 720,
        "fps": 25,
        "gop": 50,
        "bitrate_kbps": 1500,
        "codec": "h264",
        "audio": AudioRung(),
    }
    return VideoRung(**{**plain, **given})


def stream(*video: VideoRung, audio: tuple[AudioRung, ...] = (), **given) -> Stream:
    """An idle push stream with this ladder."""
    plain = {
        "id": "a-stream",
        "cloud": "toy",
        "tenant": "a-tenant",
        "app": "live",
        "key": "a-key",
        "name": "A stream",
        "source": Source(kind="push", protocols=("rtmp",)),
        "ladder": Ladder(video=video, audio=audio),
        "packaging": Packaging(hls=HLS, dash=DashPackaging(window_s=60, min_buffer_s=4)),
        "created_at": 0.0,
        "updated_at": 0.0,
    }
    return Stream(**{**plain, **given})
