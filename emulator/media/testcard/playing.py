"""Watching a stream as a player would: decode it and count what came out."""

import re
from pathlib import Path

from offair.emulator.media.transcoding.process import TimedOut, run

FRAMES = re.compile(rb"frame=\s*(\d+)")
TIMEOUT = 30.0


def count_frames(executable: Path, url: str, seconds: float) -> int:
    """Decode so many seconds of a playback URL, and count the video frames; 0 when it does not play in time."""
    argv = [
        str(executable),
        "-nostdin",
        "-v",
        "error",
        "-stats",
        "-i",
        url,
        "-t",
        str(seconds),
        "-map",
        "0:v:0",
        "-f",
        "null",
        "-",
    ]
    try:
        found = FRAMES.findall(run(argv, timeout=TIMEOUT).stderr)
    except TimedOut:
        return 0
    return int(found[-1]) if found else 0
