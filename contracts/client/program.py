"""A client that is a program: how it ended, in its exit code and its last words."""

import re
from dataclasses import dataclass

WORDS = 160
TELLING = re.compile(r"(?:Uncaught )?(?:[\w.$]*(?:Error|Exception)\b|panic:|thread '.*' panicked)|Exception in thread ")
TRAILING = re.compile(r"Node\.js v|exit status |\s|at |goroutine |[})\]]|note: run with")  # what stands below an error


@dataclass(frozen=True, slots=True)
class Ended:
    """A program is over: its exit code, negative for a signal, and the last line that it said of what went wrong."""

    code: int
    words: str = ""

    def __str__(self) -> str:
        how = f"is ended by signal {-self.code}" if self.code < 0 else f"exits with {self.code}"
        return f"{how}: {self.words[:WORDS]}" if self.words else how


def last_words(said: str) -> str:
    """Find the line that says why a program ended: its last, or the error above what its language writes below one."""
    lines = [line for line in said.splitlines() if line.strip()]
    if lines and TRAILING.match(lines[-1]):
        telling = [line for line in lines if TELLING.match(line)]
        lines = telling or [line for line in lines if not TRAILING.match(line)] or lines
    return lines[-1].strip() if lines else ""


class GaveUpError(Exception):
    """A program said by its exit code that it could not do its job."""


class FailedError(Exception):
    """A program ended by a signal, or with an exit code that is none of those that mean that it gave up."""
