"""First playable: from the admission of an encoder to a playlist with a segment that can be fetched."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import clips
import peers
from processes import until
from publishing import publishing
from standin import SMALL, StandIn, Viewer, serving
from table import Row

SEGMENTS = (0.5, 1.0, 2.0, 4.0)
RUNS = 3
PROFILES = ("passthrough", "faithful")


def measure(folder: Path) -> Iterator[Row]:
    """Compare each segment length with nginx, run by run; with our ladder there is ffmpeg between, and no peer."""
    for profile in PROFILES:
        with serving(profile) as stand_in, Viewer() as viewer:
            for segment in SEGMENTS:
                clip = clips.plain(folder, gop=segment)
                own, other = [], []
                for _ in range(RUNS):
                    own.append(_ours(stand_in, viewer, clip, segment))
                    other += _nginx(folder, viewer, clip, segment)
                yield Row(
                    what=f"{profile}, segments of {segment:g} s", unit="s", ours=statistics.median(own),
                    peer=statistics.median(other) if other else None, peer_name="nginx-rtmp", most=1.1 * segment + 0.1,
                )  # fmt: skip


def _ours(stand_in: StandIn, viewer: Viewer, clip: Path, segment: float) -> float:
    channel = stand_in.create(SMALL, segment=segment)
    with publishing(channel.rtmp, clip) as broadcast:
        until(lambda: viewer.tracks(channel.hls), what="a master playlist")
        tracks = viewer.tracks(channel.hls)
        moment = until(lambda: all("#EXTINF" in viewer.text(url) for url in tracks), what="a segment of every track")
        return moment - broadcast.began


def _nginx(folder: Path, viewer: Viewer, clip: Path, segment: float) -> list[float]:
    with peers.nginx(folder, segment=segment) as peer:
        if peer is None:
            return []
        with publishing(f"{peer.publish_url}/key", clip) as broadcast:
            moment = until(lambda: "#EXTINF" in viewer.text(f"{peer.url}/key.m3u8"), what="nginx's playlist")
            return [moment - broadcast.began]
