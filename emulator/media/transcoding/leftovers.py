"""What a command started and left, wherever it went: found by a word in its environment, where systems show that."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

MARK = "OFFAIR_RUN"
PROCESSES = Path("/proc")  # of Linux; macOS shows nobody's environment, and there what went its own way stays


def marked(environment: Mapping[str, str], run: int) -> dict[str, str]:
    """Let an environment say which run of this process it is for; whatever is started with it hands that on."""
    return {**environment, MARK: f"{os.getpid()}.{run}"}


def find_marked(environment: Mapping[str, str]) -> list[int]:
    """Find all that still has this environment's mark, in sessions of their own too: the numbers of processes.

    What gave itself another environment is not known by it.
    """
    mark = f"{MARK}={environment[MARK]}".encode()
    return list(_with(mark))


def _with(mark: bytes) -> Iterator[int]:
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is somebody else's
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
