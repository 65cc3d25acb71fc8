"""WHIP: CPU and memory of taking one and three streams of 2.5 Mb/s (720p30, H.264 and Opus), beside aiortc.

The publisher is ffmpeg, which copies: all that is measured is the server. aiortc has no way but to decode the pictures.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import imageio_ffmpeg
from processes import cost, running
from table import Row

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()  # the first with a WHIP muxer is 8.0
SERVER = Path(__file__).with_name("bare_whip.py")
RUNS = 3
WARM_UP, WATCHED = 3.0, 5.0
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-profile:v", "baseline", "-g", "30"]
RATES = ["-pix_fmt", "yuv420p", "-b:v", "2500k", "-maxrate", "2500k", "-bufsize", "2500k"]
OPUS = ["-c:a", "libopus", "-ac", "2"]
SOURCE = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30", "-f", "lavfi", "-i", "sine=r=48000", "-t", "12"]


def measure(folder: Path) -> Iterator[Row]:
    """Measure in turns."""
    clip = folder / "whip.mkv"
    subprocess.run([FFMPEG, "-v", "error", "-y", *SOURCE, *H264, *RATES, *OPUS, str(clip)], check=True)
    first: list[float] = []
    for count in (1, 3):
        mine, theirs, memory, other = [], [], [], []
        for _ in range(RUNS):
            taken = _watch(clip, "ours", count, first)
            mine.append(taken.percent)
            memory.append(taken.megabytes)
            taken = _watch(clip, "aiortc", count, [])
            theirs.append(taken.percent)
            other.append(taken.megabytes)
        what, peer = f"{count} at 2.5 Mb/s", "aiortc"
        yield Row(what=f"{what}: CPU", unit="%", ours=statistics.median(mine), peer=statistics.median(theirs),
                  peer_name=peer, most_ratio=0.5)  # fmt: skip
        yield Row(what=f"{what}: memory", unit="MB", ours=statistics.median(memory), peer=statistics.median(other),
                  peer_name=peer)  # fmt: skip
    yield Row(what="POST to the first key frame", unit="s", ours=statistics.median(first), most=0.3)


def _watch(clip: Path, server: str, count: int, first: list[float]):
    with ExitStack() as opened:
        taking = opened.enter_context(running(sys.executable, SERVER, server, stdout=PIPE))
        url = taking.stdout.readline().decode().strip()
        for _ in range(count):
            argv = [FFMPEG, "-v", "quiet", "-re", "-stream_loop", "-1", "-i", clip, "-c", "copy", "-f", "whip", url]
            opened.enter_context(running(*argv))
            if server == "ours":
                first.append(float(taking.stdout.readline()))
            time.sleep(0.5)
        time.sleep(WARM_UP)
        return cost(taking.pid, WATCHED)
