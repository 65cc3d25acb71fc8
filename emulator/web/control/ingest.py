"""What an encoder is set to, and what a stream was asked to make: read off the stream. Pure."""

from typing import Any

from offair.emulator.core.streams import AudioRung, Stream
from offair.emulator.provider.call import Addresses

WITHIN_TLS = {"rtmps": "rtmp"}  # what a stream takes of the one it takes of the other
KILO = 1000


def ingest_of(stream: Stream, addresses: Addresses) -> list[dict[str, str]]:
    """Say where encoders go by each protocol that a stream takes: whole as ``url``, and as OBS's two fields.

    WHIP is not among them: its offers go to a URL of the cloud's own.
    """
    app, key = stream.app, stream.key
    caller = f"{addresses.srt}?streamid=#!::r={app}/{key},m=publish"
    roots = {"rtmp": addresses.rtmp, "rtmps": addresses.rtmps}
    lines = [
        {"protocol": name, "server": f"{root}/{app}", "key": key, "url": f"{root}/{app}/{key}"}
        for name, root in roots.items()
        if WITHIN_TLS.get(name, name) in stream.source.protocols
    ]
    if "srt" in stream.source.protocols:
        lines.append({"protocol": "srt", "server": caller, "key": "", "url": caller})
    return lines


def asked_of(stream: Stream) -> list[dict[str, Any]]:
    """List the renditions that a stream was asked for, to be held beside what comes; rates in bit/s."""
    own = [{**_NOTHING, "name": "source", "kind": "video"}] if stream.ladder.source else []
    video = [
        {
            **_NOTHING,
            "name": rung.name or f"{rung.height}p",
            "kind": "video",
            "codec": rung.codec,
            "width": rung.width,
            "height": rung.height,
            "fps": rung.fps,
            "bitrate": rung.bitrate_kbps * KILO,
            "key_frame_seconds": rung.gop_seconds,
        }
        for rung in stream.ladder.video
    ]
    sounds = dict.fromkeys((*(rung.audio for rung in stream.ladder.video), *stream.ladder.audio))
    return [*own, *video, *map(_sound, sounds)]


def _sound(rung: AudioRung) -> dict[str, Any]:
    return {
        **_NOTHING,
        "name": rung.name or f"{rung.bitrate_kbps}k",
        "kind": "audio",
        "codec": rung.codec,
        "sample_rate": rung.sample_rate,
        "channels": rung.channels,
        "bitrate": rung.bitrate_kbps * KILO,
    }


_NOTHING: dict[str, Any] = dict.fromkeys(
    ("codec", "width", "height", "fps", "bitrate", "key_frame_seconds", "sample_rate", "channels")
)
