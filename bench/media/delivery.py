"""Delivery: how many segments and playlists a second players can fetch, beside nginx with the same files."""

import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import clips
import m3u8
import peers
from publishing import publishing
from standin import Viewer, serving
from table import Row

WRK = shutil.which("wrk")
CLIENTS = 16
SECONDS = 4
RUNS = 3


def measure(folder: Path) -> Iterator[Row]:
    """Fetch a segment of 2 s at 1 Mb/s, and a media playlist, with 16 connections that are kept open."""
    if WRK is None:
        print("delivery is left out, as there is no wrk: apt-get install wrk")
        return
    with serving("passthrough") as stand_in, Viewer() as viewer, peers.nginx(folder) as peer:
        channel = stand_in.create()
        with publishing(channel.rtmp, clips.plain(folder)):
            stand_in.until(channel, "live")
            playlist = viewer.tracks(channel.hls)[0]
            segment = urljoin(playlist, m3u8.loads(viewer.text(playlist)).segments[0].uri)
            for what, url in (("segments of 2 s at 1 Mb/s", segment), ("media playlists", playlist)):
                own, other = [], []
                file = folder / "file" if peer is None else peer.folder / Path(url).name
                file.write_bytes(viewer.content(url))
                for _ in range(RUNS):
                    own.append(_requests(url))
                    other += [_requests(f"{peer.url}/{file.name}")] if peer else []
                yield Row(what=f"{what} ({file.stat().st_size} bytes)", unit="/s", ours=statistics.median(own),
                          peer=statistics.median(other) if other else None, peer_name="nginx")  # fmt: skip


def _requests(url: str) -> float:
    """Give the requests a second that were answered; RuntimeError when some failed."""
    argv = [WRK, "-t", "1", "-c", str(CLIENTS), "-d", f"{SECONDS}s", url]
    words = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
    if "Non-2xx" in words:
        raise RuntimeError(f"{url} was refused: {words}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", words)[1])
