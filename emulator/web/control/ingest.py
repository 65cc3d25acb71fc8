"""What an encoder is set to, read off its stream. Pure."""

from offair.emulator.core.streams import Stream
from offair.emulator.provider.call import Addresses

WITHIN_TLS = {"rtmps": "rtmp"}  # what a stream takes of the one it takes of the other


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
