"""Measure AINative's chat: ``python bench/chat/run.py [NAME …]``, all without a name.

Names are fanout (from a message to its hearers, and CPU), accepted (messages a second), beside (REST beside a busy
room) and memory (a socket's). The sockets live in a process of their own, on the same machine: what they take of it is
taken from us too. All stays on loopback, and ends with the run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

import httpx

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "media"))

from processes import cost, running  # noqa: E402
from table import HEADER, Row  # noqa: E402

COMMAND = Path(sys.executable).with_name("offair")
CROWDS = (10, 50, 200, 1_000)
SPEAKERS = 10
RATES = {10: 20, 50: 20, 200: 10, 1_000: 2}  # messages a second
LASTS = 8.0  # seconds of talk
COUNTED = 21.0  # seconds of silence, in which everybody is told twice how many watch
FLOOD = 2_000  # messages
CALLS = 300
GOALS = {200: 0.1}  # seconds until everybody has heard, in the median


@dataclass(frozen=True, slots=True)
class Room:
    """A stream's chat in a stand-in of its own, whose process is ``pid``."""

    pid: int
    url: str
    socket: str


@contextmanager
def opening() -> Iterator[Room]:
    """Run a stand-in with a stream that is live."""
    with running(COMMAND, "serve", "--json", "--port", "0", "--rtmp-port", "0", stdout=PIPE, stderr=DEVNULL) as one:
        assert one.stdout is not None
        ready = json.loads(one.stdout.readline())
        cloud = ready["clouds"]["ainative"]
        root, token = cloud["base_url"], cloud["credentials"]["token"]
        with httpx.Client(base_url=root, headers=cloud["headers"]) as client:
            stream = client.post("/streams/", json={"title": "bench"}).raise_for_status().json()["id"]
            client.post(f"/streams/id/{stream}/start").raise_for_status()
        socket = f"{root.replace('http', 'ws', 1)}/streams/{stream}/chat/ws?token={token}"
        yield Room(ready["pid"], f"{root}/streams/id/{stream}", socket)


@contextmanager
def gathering(room: Room, count: int, speakers: int, rate: float, last: float) -> Iterator[subprocess.Popen[bytes]]:
    """Fill a room, and go on once everybody is in, while they talk."""
    argv = [sys.executable, HERE / "crowd.py", room.socket, count, speakers, rate, last]
    with running(*argv, stdout=PIPE) as crowd:
        assert crowd.stdout is not None
        if crowd.stdout.readline() != b"all\n":
            raise RuntimeError(f"{count} sockets did not come in")
        yield crowd


def result(crowd: subprocess.Popen[bytes]) -> dict[str, float]:
    """What came of a crowd's talk; everybody heard the same."""
    assert crowd.stdout is not None
    told: dict[str, float] = json.loads(crowd.stdout.readline())
    if told.pop("orders") != 1:
        raise RuntimeError("somebody heard another order than the others")
    return told


def fanout(room: Room) -> Iterator[Row]:
    """From a message to its hearers, as the sockets see it, and the stand-in's CPU meanwhile."""
    for count in CROWDS:
        rate = RATES[count]
        with gathering(room, count, SPEAKERS, rate, LASTS) as crowd:
            percent = cost(room.pid, LASTS - 1).percent
            told = result(crowd)
        what = f"{count} sockets, {rate} messages a second"
        yield Row(what=f"{what}: to one", unit="ms", ours=told["one"] * 1e3)
        most = GOALS[count] * 1e3 if count in GOALS else None
        yield Row(what=f"{what}: to all, median", unit="ms", ours=told["all"] * 1e3, most=most)
        yield Row(what=f"{what}: to all, worst", unit="ms", ours=told["worst"] * 1e3)
        yield Row(what=f"{what}: CPU", unit="%", ours=percent)


def accepted(room: Room) -> Iterator[Row]:
    """Messages a second that are kept and heard by everybody, sent as fast as they go."""
    for count, speakers in ((1, 1), (10, 10), (50, 10), (200, 10)):
        messages = FLOOD if count < 200 else FLOOD // 4
        with gathering(room, count, speakers, 0, messages) as crowd:
            told = result(crowd)
        what = f"{speakers} of {count} sockets talk"
        yield Row(what=what, unit="a s", ours=messages / told["seconds"])


def beside(room: Room) -> Iterator[Row]:
    """How long a GET of the stream takes, alone and beside a room where 200 sockets hear 10 messages a second."""
    yield from _called(room, "alone")
    with gathering(room, 200, SPEAKERS, 10, 60.0):
        yield from _called(room, "beside a busy room")


def _called(room: Room, where: str) -> Iterator[Row]:
    took = []
    with httpx.Client() as client:
        for _ in range(CALLS):
            began = time.perf_counter()
            client.get(room.url).raise_for_status()
            took.append((time.perf_counter() - began) * 1e3)
            time.sleep(0.01)
    yield Row(what=f"a GET {where}, median", unit="ms", ours=statistics.median(took))
    yield Row(what=f"a GET {where}, 99th of 100", unit="ms", ours=statistics.quantiles(took, n=100)[-1])


def memory(room: Room) -> Iterator[Row]:
    """What 1,000 silent sockets take, above what the stand-in took before them, and of CPU."""
    before = cost(room.pid, 1.0).megabytes
    with gathering(room, 1_000, 0, 0, COUNTED):
        there = cost(room.pid, COUNTED - 1)
    yield Row(what="memory of one of 1,000 silent sockets", unit="kB", ours=there.megabytes - before)
    yield Row(what="CPU of 1,000 silent sockets", unit="%", ours=there.percent)


MEASURES = {"memory": memory, "fanout": fanout, "accepted": accepted, "beside": beside}


def main() -> None:
    """Print a table for each, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*MEASURES, []], metavar="NAME", help=", ".join(MEASURES))
    for name in parser.parse_args().names or MEASURES:
        measure = MEASURES[name]
        print(f"\n{measure.__doc__} Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs.")
        print(HEADER)
        with opening() as room:
            for row in measure(room):
                print(row, flush=True)


if __name__ == "__main__":
    main()
