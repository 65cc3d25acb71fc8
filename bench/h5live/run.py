"""Measure H5Live: ``python bench/h5live/run.py [NAME …]``, all without a name.

Names are first (publish to first picture), cost (CPU of 1, 20 and 100 viewers beside the endless MP4) and glass (glass
to glass over the socket, beside our own low-latency HLS with shaka). All stays on loopback, and ends with the run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).parent
sys.path += [str(HERE.parent / "media"), str(HERE.parents[1] / "tests/support")]

import clips  # noqa: E402
import glass  # noqa: E402
from h5live_viewer import Judge, Watching  # noqa: E402
from processes import cost, until  # noqa: E402
from publishing import Broadcast, publishing  # noqa: E402
from table import HEADER, Row  # noqa: E402

RUNS = 5
CROWDS = (1, 20, 100)
LASTS = 10.0  # seconds of each measurement of CPU
LEAD = 9.0  # seconds on air before somebody watches
GOAL = 0.5  # seconds from glass to glass, in the median
NAMES = ("first", "cost", "glass")


@contextmanager
def staging(*names: str) -> Iterator[dict]:
    """Serve streams by these names."""
    argv = [sys.executable, str(HERE / "stage.py"), *names]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(10)


def socket_url(stage: dict, name: str) -> str:
    """Where a stream is watched over a socket."""
    return f"{stage['h5live'].replace('http', 'ws', 1)}/h5live/stream.mp4?stream={name}&flags=faststart"


def first(folder: Path) -> Iterator[Row]:
    """From the encoder's admission to the first picture that a viewer has who waits at the door."""
    clip, names = clips.coded(folder), [f"first-{number}" for number in range(RUNS)]
    with staging(*names) as stage:
        seen = [_first_picture(stage, name, clip) for name in names]
    yield Row(what="publish to first picture over the socket", unit="s", ours=statistics.median(seen), most=0.5)


def _first_picture(stage: dict, name: str, clip: Path) -> float:
    with publishing(f"{stage['rtmp']}/{name}", clip) as broadcast:
        while True:
            with Watching(socket_url(stage, name), Judge(None)) as viewer:
                try:
                    viewer.pictures(1)
                    return time.time() - broadcast.began
                except ConnectionError:  # it is not there yet
                    pass


def cost_of_viewers(folder: Path) -> Iterator[Row]:
    """CPU of the stand-in for each viewer, beside the endless MP4's; the encoder's own share is taken off."""
    clip = clips.plain(folder)
    with staging("crowded") as stage, publishing(f"{stage['rtmp']}/crowded", clip):
        mp4 = f"{stage['cdn']}/{stage['streams']['crowded']}/stream.mp4"
        time.sleep(3.0)
        alone = cost(stage["pid"], LASTS).percent
        yield Row(what="nobody watches, a stream of 1 Mb/s", unit="%", ours=alone)
        for count in CROWDS:
            spent = [_watched(stage["pid"], url, count) - alone for url in (socket_url(stage, "crowded"), mp4)]
            yield Row(what=f"CPU of one of {count} viewers", unit="%", ours=spent[0] / count, peer=spent[1] / count,
                      peer_name="our endless MP4", most_ratio=1.0)  # fmt: skip


def _watched(pid: int, url: str, count: int) -> float:
    argv = [sys.executable, str(HERE / "crowd.py"), url, str(count), str(LASTS + 2)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as crowd:
        crowd.stdout.readline()
        spent = cost(pid, LASTS).percent
        rate = crowd.stdout.read()
        if crowd.wait() or not rate:
            raise RuntimeError(f"{count} viewers of {url} did not stay")
    return spent


def glass_to_glass(folder: Path) -> Iterator[Row]:
    """From the encoder's glass to the viewer's, in Chromium, over the socket and as low-latency HLS with shaka."""
    lack = glass.missing()
    if lack:
        print(lack)
        return
    clip = clips.coded(folder)
    with staging("a", "b") as stage, glass.browsing() as watch:
        with publishing(f"{stage['rtmp']}/a", clip) as broadcast:
            ours = _lag(watch, broadcast, socket_url(stage, "a"), "h5live")
        with publishing(f"{stage['rtmp']}/b", clip) as broadcast:
            hls = _lag(watch, broadcast, f"{stage['h5live']}/h5live/http/playlist.m3u8?stream=b", "shaka")
        what = f"glass to glass over the socket at {clips.FPS} fps"
        yield Row(what=what, unit="s", ours=ours, peer=hls, peer_name="our LL-HLS with shaka", most=GOAL)


def _lag(watch: glass.Watch, broadcast: Broadcast, url: str, player: str) -> float:
    until(lambda: broadcast.began, what="an admission")
    time.sleep(LEAD)
    seen = watch(quote(url, safe=""), player, is_fast=True)
    return statistics.median(moment - (broadcast.began + number / clips.FPS) for moment, number in seen)


MEASURES = {"first": first, "cost": cost_of_viewers, "glass": glass_to_glass}


def main() -> None:
    """Print a table for each, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES))
    asked = parser.parse_args().names or NAMES
    with tempfile.TemporaryDirectory() as folder:
        for name in asked:
            measure = MEASURES[name]
            print(f"\n{measure.__doc__} Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs.")
            print(HEADER)
            for row in measure(Path(folder)):
                print(row, flush=True)


if __name__ == "__main__":
    main()
