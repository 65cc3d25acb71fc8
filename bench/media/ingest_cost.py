"""Ingest: CPU of taking one stream, beside an ffmpeg that takes the same stream and copies it to HLS."""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import clips
import peers
from processes import cost, running
from publishing import pushing
from standin import serving
from table import Row

RATES = {1000: 360, 5300: 1080}  # kbit/s, and lines
MOST_RATIO = {"rtmp": 1.0, "srt": 3.0}
RUNS = 3
WARM_UP = 2.0
WATCHED = 5.0
BARE = Path(__file__).with_name("bare_ingest.py")


def measure(folder: Path) -> Iterator[Row]:
    """Measure RTMP and SRT at two rates, in turns; the whole way to HLS and DASH stands beside it for RTMP."""
    for kbps, height in RATES.items():
        clip = clips.plain(folder, kbps=kbps, height=height)
        for protocol, most_ratio in MOST_RATIO.items():
            bare, whole, other = [], [], []
            for _ in range(RUNS):
                bare.append(_bare(clip, protocol))
                whole.append(_whole(clip, protocol))
                other.append(_ffmpeg(folder, clip, protocol))
            peer = statistics.median(other)
            what = f"{protocol.upper()} at {kbps / 1000:g} Mb/s"
            name = f"ffmpeg -c copy -f hls, listening for {protocol.upper()}"
            yield Row(what=f"{what}: ingest alone", unit="%", ours=statistics.median(bare), peer=peer, peer_name=name,
                      most_ratio=most_ratio)  # fmt: skip
            yield Row(what=f"{what}: to HLS and DASH", unit="%", ours=statistics.median(whole), peer=peer,
                      peer_name=name)  # fmt: skip


def _watched(pid: int, clip: Path, url: str) -> float:
    with pushing(clip, url):
        time.sleep(WARM_UP)
        return cost(pid, WATCHED).percent


def _bare(clip: Path, protocol: str) -> float:
    with running(sys.executable, BARE, stdout=PIPE) as ingest:
        assert ingest.stdout is not None
        rtmp, srt = ingest.stdout.readline().split()
        port = int(rtmp if protocol == "rtmp" else srt)
        path = "/live/key" if protocol == "rtmp" else "?streamid=live/key"
        return _watched(ingest.pid, clip, f"{protocol}://127.0.0.1:{port}{path}")


def _whole(clip: Path, protocol: str) -> float:
    with serving("passthrough") as stand_in:
        channel = stand_in.create()
        return _watched(stand_in.pid, clip, channel.rtmp if protocol == "rtmp" else channel.srt)


def _ffmpeg(folder: Path, clip: Path, protocol: str) -> float:
    with peers.ffmpeg_server(folder, protocol=protocol) as peer:
        return _watched(peer.pid, clip, peer.publish_url)
