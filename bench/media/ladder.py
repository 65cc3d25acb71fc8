"""Ladder: which ones keep real time on this machine; one that does not falls back behind the encoder."""

from collections.abc import Iterator
from pathlib import Path

import clips
from encoding import encode_bare, go_live
from standin import Rung
from table import Row

KEPT = 0.25  # seconds by which a ladder may fall back in some nine seconds, as moments are not exact
HIGH: tuple[Rung, ...] = ((1080, 4500), (720, 2500), (480, 1200))
MIDDLE: tuple[Rung, ...] = ((720, 2500), (480, 1200), (360, 800))
LADDERS: tuple[tuple[int, tuple[Rung, ...], str], ...] = (
    (720, MIDDLE, "ultrafast"),
    (720, MIDDLE, "veryfast"),
    (1080, HIGH, "ultrafast"),
    (1080, HIGH, "superfast"),
    (1080, HIGH, "veryfast"),
    (1080, HIGH, "faster"),
)


def measure(folder: Path) -> Iterator[Row]:
    """Run each ladder once, with the cores that it takes beside those of its bare encoding."""
    for height, rungs, preset in LADDERS:
        clip = clips.plain(folder, height=height, kbps=5300)
        live = go_live(clip, rungs, preset)
        what = f"{height}p to {'/'.join(str(h) for h, _ in rungs)}, {preset}"
        bare = encode_bare(live.command, clip)
        yield Row(what=what, unit="cores", ours=live.cores, peer=bare, peer_name="ffmpeg -f null")
        yield Row(what=f"{what}: fell back", unit="s", ours=live.fell_back, most=KEPT)
