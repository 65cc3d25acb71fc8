"""Pipeline: CPU of a live ladder of three rungs, beside the same ffmpeg encoding the same to nowhere."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import clips
from encoding import encode_bare, go_live
from standin import Rung
from table import Row

RUNS = 3
LADDERS: dict[int, tuple[Rung, ...]] = {
    720: ((720, 2500), (480, 1200), (360, 800)),
    1080: ((1080, 4500), (720, 2500), (480, 1200)),
}


def measure(folder: Path) -> Iterator[Row]:
    """Compare in turns, in real time."""
    for height, rungs in LADDERS.items():
        clip = clips.plain(folder, height=height, kbps=5300)
        own, other = [], []
        for _ in range(RUNS):
            live = go_live(clip, rungs, "ultrafast")
            own.append(live.cores)
            other.append(encode_bare(live.command, clip))
        yield Row(what=f"{height}p to {'/'.join(str(h) for h, _ in rungs)}, ultrafast", unit="cores",
                  ours=statistics.median(own), peer=statistics.median(other), peer_name="ffmpeg -f null",
                  most_ratio=1.1)  # fmt: skip
