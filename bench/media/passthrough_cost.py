"""Passthrough: CPU and memory of 1, 5 and 20 streams of 1 Mb/s, from RTMP to HLS (ours: and DASH)."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import clips
import peers
from processes import Cost, cost
from publishing import pushing
from standin import serving
from table import Row

COUNTS = (1, 5, 20)
RUNS = 3
WARM_UP = 4.0  # seconds: past the first segments, which are not like the others
WATCHED = 6.0  # three segments: everybody closes as many, whenever the looking begins


def measure(folder: Path) -> Iterator[Row]:
    """Compare with nginx, which makes HLS as well, and with node-media-server, which does not, in turns."""
    clip = clips.plain(folder)
    for count in COUNTS:
        own, nginx, node = [], [], []
        for _ in range(RUNS):
            own.append(_ours(clip, count))
            with peers.nginx(folder) as peer:
                nginx += _theirs(peer, clip, count)
            with peers.node_media_server(folder) as peer:
                node += _theirs(peer, clip, count)
        streams = "1 stream" if count == 1 else f"{count} streams"
        cpu = _typical(own).percent
        rows = ((nginx, "nginx-rtmp (HLS)", 2.0), (node, "node-media-server (relay only)", None))
        for other, name, most_ratio in rows:
            peer_cpu = _typical(other).percent / count if other else None
            yield Row(what=f"{streams}: CPU of a stream", unit="%", ours=cpu / count, peer=peer_cpu,
                      peer_name=name, most_ratio=most_ratio)  # fmt: skip
            yield Row(what=f"{streams}: memory", unit="MB", ours=_typical(own).megabytes,
                      peer=_typical(other).megabytes if other else None, peer_name=name)  # fmt: skip
        yield Row(what=f"{streams}: streams that a core carries", unit="", ours=100 * count / cpu, peer=100 * count /
                  _typical(nginx).percent if nginx else None, peer_name="nginx-rtmp (HLS)",
                  least=80 if count == max(COUNTS) else None)  # fmt: skip


def _typical(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(c.cores for c in costs), statistics.median(c.megabytes for c in costs))


def _ours(clip: Path, count: int) -> Cost:
    with serving("passthrough") as stand_in:
        channels = [stand_in.create(segment=2.0) for _ in range(count)]
        with pushing(clip, *(channel.rtmp for channel in channels)):
            for channel in channels:
                stand_in.until(channel, "live")
            time.sleep(WARM_UP)
            return cost(stand_in.pid, WATCHED)


def _theirs(peer: peers.Peer | None, clip: Path, count: int) -> list[Cost]:
    if peer is None:
        return []
    with pushing(clip, *(f"{peer.publish_url}/key{number}" for number in range(count))):
        time.sleep(WARM_UP)
        return [cost(peer.pid, WATCHED)]
