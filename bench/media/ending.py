"""Ending: from the encoder's goodbye to ENDLIST, and whether every packet that went in came out."""

import io
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import av
import clips
import m3u8
import peers
from processes import until
from publishing import publishing, push
from standin import Channel, StandIn, Viewer, serving
from table import Row

sys.path.insert(0, str(Path(__file__).parents[2] / "tests/support"))
from lossy import Network

RUNS = 5
LOSS = 0.03
SECONDS = 8
PATIENCE = 20.0
Packets = Counter[str]  # by kind of track


def measure(folder: Path) -> Iterator[Row]:
    """Measure the way to ENDLIST in turns, and count packets of whole clips."""
    clip = clips.plain(folder, seconds=SECONDS)
    with serving("passthrough") as stand_in, Viewer() as viewer:
        own, other = [], []
        for _ in range(RUNS):
            own.append(_closing(stand_in, viewer, clip))
            other.append(_closing_of_ffmpeg(folder, clip))
        yield Row(what="goodbye to ENDLIST, passthrough", unit="s", ours=statistics.median(own),
                  peer=statistics.median(other), peer_name="ffmpeg -c copy -f hls (rtmp)", most=0.3)  # fmt: skip
        sent = _packets(clip.read_bytes())
        for container in ("mpegts", "fmp4"):
            channel = stand_in.create(segment=1.0, container=container, size=SECONDS + 2)
            with publishing(channel.rtmp, clip, once=True) as broadcast:
                broadcast.join()
                yield from _compare(f"RTMP to {container}", sent, _came_out(stand_in, viewer, channel))
        yield from _over_a_lossy_way(stand_in, viewer, clip)
    with serving("faithful") as stand_in, Viewer() as viewer:
        own = [_closing(stand_in, viewer, clip) for _ in range(RUNS)]
        yield Row(what="goodbye to ENDLIST, faithful", unit="s", ours=statistics.median(own), most=0.3)


def _over_a_lossy_way(stand_in: StandIn, viewer: Viewer, clip: Path) -> Iterator[Row]:
    """Count what libsrt really sent, which may leave with its last datagrams unsent."""
    channel = stand_in.create(segment=1.0, size=SECONDS + 2)
    way, _, path = channel.srt.rpartition("?")
    network = Network(int(way.rpartition(":")[2]), loss=LOSS)
    network.start()
    try:
        with push(clip, f"srt://127.0.0.1:{network.port}?{path}") as encoder:
            encoder.wait(SECONDS + PATIENCE)
        came = _came_out(stand_in, viewer, channel)
    finally:
        network.close()
    yield from _compare(f"SRT, {network.lost} datagrams lost", _packets(network.carried), came)


def _compare(what: str, sent: Packets, came: Packets) -> Iterator[Row]:
    for kind, count in sorted(sent.items()):
        missing = abs(count - came[kind])
        yield Row(what=f"{what}: {kind}, {count} in, {came[kind]} out", unit="lost", ours=missing, most=0,
                  peer_name="what was sent")  # fmt: skip


def _closing(stand_in: StandIn, viewer: Viewer, clip: Path) -> float:
    channel = stand_in.create(segment=1.0)
    with publishing(channel.rtmp, clip) as broadcast:
        stand_in.until(channel, "live")
        tracks = viewer.tracks(channel.hls)
        said = broadcast.end()
        return until(lambda: all("#EXT-X-ENDLIST" in viewer.text(url) for url in tracks), what="ENDLIST") - said


def _closing_of_ffmpeg(folder: Path, clip: Path) -> float:
    with peers.ffmpeg_server(folder, segment=1.0) as peer, publishing(peer.publish_url, clip) as broadcast:
        playlist = peer.folder / "index.m3u8"
        until(playlist.exists, what="ffmpeg's playlist")
        said = broadcast.end()
        return until(lambda: "#EXT-X-ENDLIST" in playlist.read_text(), what="ffmpeg's ENDLIST") - said


def _came_out(stand_in: StandIn, viewer: Viewer, channel: Channel) -> Packets:
    """Count the packets of every segment that is listed when the broadcast is over."""
    stand_in.until(channel, "idle")
    return sum((_packets(_joined(viewer, url)) for url in viewer.tracks(channel.hls)), Packets())


def _joined(viewer: Viewer, url: str) -> bytes:
    playlist = m3u8.loads(viewer.text(url))
    heads = [part.uri for part in playlist.segment_map if part][:1]
    return b"".join(viewer.content(urljoin(url, uri)) for uri in [*heads, *(s.uri for s in playlist.segments)])


def _packets(content: bytes) -> Packets:
    with av.open(io.BytesIO(content)) as container:
        return Packets(packet.stream.type for packet in container.demux() if packet.size)
