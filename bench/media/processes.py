"""Processes that end with the benchmark, and what they cost: CPU seconds and memory of a process and its children."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GRACE = 5.0  # seconds from SIGTERM to SIGKILL
LOOK = 0.005


@contextmanager
def running(*argv: object, **options) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the context ends, however it ends."""
    process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def until(look: Callable[[], object], *, within: float = 30.0, what: str = "what was waited for") -> float:
    """Look closely until there is something, and give the moment; TimeoutError when nothing comes."""
    end = time.time() + within
    while not look():
        if time.time() > end:
            raise TimeoutError(f"{what} did not come within {within:g} s")
        time.sleep(LOOK)
    return time.time()


def free_port() -> int:
    """Give a TCP port on loopback that nobody has at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def is_listening(port: int) -> bool:
    """Somebody takes connections there."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children take: cores (1.0 is one whole core) and memory in MB (PSS)."""

    cores: float
    megabytes: float

    @property
    def percent(self) -> float:
        """Of one core."""
        return self.cores * 100


def cost(pid: int, seconds: float) -> Cost:
    """Watch a process and its children for some seconds."""
    before, began = _cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    after, lasted = _cpu_seconds(pid), time.monotonic() - began
    spent = sum(after[one] - before.get(one, 0.0) for one in after)
    return Cost(spent / lasted, sum(map(_megabytes, after)))


def family(pid: int) -> list[int]:
    """A process and all that it started, and they."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for path in threads for child in path.read_text().split()]
    return [pid, *(one for child in children for one in family(child))]


def command_line(pid: int) -> list[str]:
    """The words that a process was started with."""
    return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")


def _cpu_seconds(pid: int) -> dict[int, float]:
    """CPU seconds of each of a family since it began, by the processes' own clocks, which count in nanoseconds."""
    return {one: time.clock_gettime((~one << 3) | 2) for one in family(pid)}  # see clock_getcpuclockid(3)


def _megabytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
