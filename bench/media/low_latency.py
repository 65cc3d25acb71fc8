"""Low latency: from the admission to the first part, and from the encoder's glass to the viewer's, in Chromium."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import clips
import glass
import peers
from processes import until
from publishing import publishing
from standin import SMALL, StandIn, Viewer, serving
from table import Row

RUNS = 5
LEAD = 9.0  # seconds on air before somebody watches; shaka 5.2 cannot begin with two segments and open parts
PLAYERS = (("hls.js", 1.5), ("shaka", 1.0))  # and the seconds that may lie between
PROFILES = ("passthrough", "faithful")


def measure(folder: Path) -> Iterator[Row]:
    """Measure parts of 0.2 s in segments of 2 s; beside ordinary HLS there is nginx."""
    clip = clips.coded(folder)
    for profile in PROFILES:
        with serving(profile) as stand_in:
            firsts = [_first_part(stand_in, clip) for _ in range(RUNS)]
            yield Row(what=f"{profile}: first part", unit="s", ours=statistics.median(firsts), most=0.5)
    lack = glass.missing()
    if lack:
        print(lack)
        return
    with glass.browsing() as watch:
        for profile in PROFILES:
            with serving(profile) as stand_in:
                for player, most in PLAYERS:
                    channel = stand_in.create(SMALL, container="fmp4", low_latency=True)
                    yield Row(what=f"{profile}: glass to glass, {player} with low latency", unit="s",
                              ours=_glass_to_glass(watch, channel.rtmp, channel.hls, player, clip, is_fast=True),
                              most=most)  # fmt: skip
        with serving("passthrough") as stand_in, ExitStack() as opened:
            channel = stand_in.create(SMALL)
            peer = opened.enter_context(peers.nginx(folder))
            own = _glass_to_glass(watch, channel.rtmp, channel.hls, "hls.js", clip, is_fast=False)
            other = peer and _glass_to_glass(
                watch, f"{peer.publish_url}/key", f"{peer.url}/key.m3u8", "hls.js", clip, is_fast=False
            )
            yield Row(what="glass to glass, hls.js, segments of 2 s", unit="s", ours=own, peer=other,
                      peer_name="nginx-rtmp")  # fmt: skip


def _first_part(stand_in: StandIn, clip: Path) -> float:
    channel = stand_in.create(SMALL, container="fmp4", low_latency=True)
    with Viewer() as viewer, publishing(channel.rtmp, clip) as broadcast:
        until(lambda: viewer.tracks(channel.hls), what="a master playlist")
        tracks = viewer.tracks(channel.hls)
        return until(lambda: all("#EXT-X-PART:" in viewer.text(url) for url in tracks), what="a part") - broadcast.began


def _glass_to_glass(watch: glass.Watch, publish: str, play: str, player: str, clip: Path, *, is_fast: bool) -> float:
    with Viewer() as viewer, publishing(publish, clip) as broadcast:
        until(lambda: viewer.text(play), what="a playlist")
        time.sleep(LEAD)
        seen = watch(play, player, is_fast=is_fast)
        return statistics.median(moment - (broadcast.began + number / clips.FPS) for moment, number in seen)
