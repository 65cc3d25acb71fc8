"""One live ladder: what it takes, how far it falls back, and the same encoding without anything around it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import m3u8
from processes import command_line, cost, family, running
from publishing import publishing
from standin import Rung, Viewer, serving

WARM_UP = 2.0
WATCHED = 6.0
LOOKING = 2.5  # seconds in which the smallest distance to the live edge is looked for
OURS = {"-movflags", "-frag_duration", "-flush_packets", "-progress", "-stats_period", "-map_metadata"}


@dataclass(frozen=True, slots=True)
class Live:
    """Cores that a ladder took, seconds by which it fell back meanwhile, and the ffmpeg that made it."""

    cores: float
    fell_back: float
    command: list[str]


def go_live(clip: Path, rungs: Sequence[Rung], preset: str) -> Live:
    """Run a ladder in real time, from RTMP to HLS and DASH."""
    with serving("faithful") as stand_in, Viewer() as viewer:
        channel = stand_in.create(*rungs, segment=1.0, preset=preset)
        with publishing(channel.rtmp, clip):
            stand_in.until(channel, "live")
            time.sleep(WARM_UP)
            before = _behind(viewer, channel.hls)
            taken = cost(stand_in.pid, WATCHED)
            commands = map(command_line, family(stand_in.pid))
            command = next(words for words in commands if "-filter_complex" in words)
            return Live(taken.cores, _behind(viewer, channel.hls) - before, command)


def encode_bare(command: Sequence[str], clip: Path) -> float:
    """Give the cores that the same encoding takes when a file is its source and nobody gets the result."""
    with running(*_bare(command, clip)) as encoder:
        time.sleep(WARM_UP)
        return cost(encoder.pid, WATCHED).cores


def _bare(command: Sequence[str], clip: Path) -> Iterator[str]:
    words = iter(command)
    yield next(words)
    yield from ("-re", "-stream_loop", "-1")
    for word in words:
        if word in OURS:
            next(words)
        elif word == "pipe:0":
            yield str(clip)
        elif word.startswith("pipe:"):
            yield "-"
        else:
            yield "null" if word == "mp4" else word


def _behind(viewer: Viewer, master: str) -> float:
    """Give the seconds from the end of the newest segment to now at best; to be compared with itself only."""
    tracks, end = viewer.tracks(master), time.time() + LOOKING
    distances = []
    while time.time() < end:
        distances.append(max(_distance(viewer.text(url)) for url in tracks))
        time.sleep(0.02)
    return min(distances)


def _distance(text: str) -> float:
    """Seconds from the end of the newest segment to now, by its EXT-X-PROGRAM-DATE-TIME."""
    newest = m3u8.loads(text).segments[-1]
    return time.time() - newest.current_program_date_time.timestamp() - newest.duration
