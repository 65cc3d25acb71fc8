"""A client that is a program: how it ended, in its exit code and its last words."""

from dataclasses import dataclass

WORDS = 160


@dataclass(frozen=True, slots=True)
class Ended:
    """A program is over: its exit code, negative for a signal, and the last line that it said of what went wrong."""

    code: int
    words: str = ""

    def __str__(self) -> str:
        how = f"is ended by signal {-self.code}" if self.code < 0 else f"exits with {self.code}"
        return f"{how}: {self.words[:WORDS]}" if self.words else how


class GaveUpError(Exception):
    """A program said by its exit code that it could not do its job."""


class FailedError(Exception):
    """A program ended by a signal, or with an exit code that is none of those that mean that it gave up."""
