"""What an ffmpeg is able to: asked once of each file, and kept for as long as nobody touched it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from offair.emulator.media.transcoding.process import TimedOut, run

TIMEOUT = 20.0
SOON = 5.0  # seconds in which one says its version, where there may be another to take
KINDS = ("encoder", "decoder", "muxer", "demuxer", "protocol", "filter")
OTHER_NAMES = re.compile(r"\(codec (\w+)\)")
SOFTWARE_AV1 = ("libdav1d", "libaom-av1", "libgav1")  # its own decoder of AV1 needs a graphics card
LIBRARY = re.compile(r"^lib(avformat)\s+(\d+)\.\s*(\d+)\.\s*(\d+)", re.MULTILINE)
VERSION = re.compile(r"ffmpeg version (\S+)")
ENHANCED = (60, 16)  # libavformat of 6.1, the first that reads Enhanced RTMP
Age = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Skill:
    """What one ffmpeg is: ``age`` is the version of its libavformat, which only grows; it can ``abilities``.

    ``trouble`` says why it answers nothing; None when it does.
    """

    version: str = "unknown"
    age: Age = (0, 0, 0)
    abilities: frozenset[str] = field(default=frozenset())
    trouble: str | None = None

    def lacking(self, needs: frozenset[str]) -> list[str]:
        """Tell what of some needs it does not have, sorted."""
        return sorted(needs - self.abilities)


class _AnsweredNothing(Exception):
    """An ffmpeg ended otherwise than one that answers: it may lack for a moment what an upgrade brings."""


def look_at(path: Path, *, patience: float) -> Skill:
    """Ask an ffmpeg what it is; OSError when there is nothing that can be asked.

    It says its version within so many seconds, or is not asked for more.
    """
    try:
        return _ask(path, patience, touched(path))
    except _AnsweredNothing as error:
        return Skill(trouble=str(error))


def touched(path: Path) -> int:
    """Say when a file was put where it is, written or allowed to run; OSError when there is none.

    What is in it may be older: the files of a package have the dates that they were built at.
    """
    return path.stat().st_ctime_ns


@lru_cache(maxsize=32)
def _ask(path: Path, patience: float, _touched: int) -> Skill:
    """Ask, and remember one that says nothing too: it would hold up every broadcast for as long as it did the first."""
    try:
        return _learn(path, patience)
    except TimedOut as error:
        return Skill(trouble=f"it does not answer {error.cmd[-1]} within {error.timeout:g} s")


def _learn(path: Path, patience: float) -> Skill:
    words = _run(path, "version", patience)
    named, found = VERSION.search(words), LIBRARY.search(words)
    age = (int(found[2]), int(found[3]), int(found[4])) if found else (0, 0, 0)
    abilities = {f"{kind} {name}" for kind in KINDS for name in _names(kind, _run(path, f"{kind}s"))}
    if age[:2] >= ENHANCED:
        abilities.add("Enhanced RTMP")
    return Skill(named[1] if named else "unknown", age, frozenset(abilities))


def _run(path: Path, what: str, timeout: float = TIMEOUT) -> str:
    asked = run([str(path), "-hide_banner", f"-{what}"], timeout=timeout)
    if asked.returncode:
        raise _AnsweredNothing(f"it exits with {asked.returncode} when it is asked for -{what}")
    return asked.stdout.decode("utf-8", "replace")


def _names(kind: str, words: str) -> Iterator[str]:
    """Read a list: a line has flags, a name (or several, with commas) and what it is; of protocols the name alone."""
    for line in words.splitlines():
        fields = line.split()
        if kind == "protocol":
            yield from fields[:1]
            continue
        if len(fields) < 2:
            continue
        names = fields[1].split(",")
        if kind == "decoder" and "av1" in names:
            continue
        yield from names
        if kind == "decoder":
            yield from OTHER_NAMES.findall(line)
            yield from ("av1" for name in names if name in SOFTWARE_AV1)
