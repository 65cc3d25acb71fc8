"""One thing that is another way in a newer contract, and what it does to those who kept the older one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["breaking", "risky", "harmless"]
LEVELS: tuple[Level, ...] = ("breaking", "risky", "harmless")

# which way a value goes: a client sends requests and reads answers. What a server takes may grow, what it gives may not
Side = Literal["request", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """``place`` says where it is, ``message`` finishes the sentence "<place> ..."; ``was`` and ``now`` are the values.

    Breaking is what a client that kept the old contract trips over; risky what it may trip over, and nobody can tell
    from documents; harmless is all else. The sorting is oasdiff's, for what it knows.
    """

    level: Level
    place: str
    message: str
    was: Any = None
    now: Any = None

    def __str__(self) -> str:
        told = "" if self.was is None and self.now is None else f" ({_shown(self.was)} to {_shown(self.now)})"
        return f"{self.place} {self.message}{told}"


def grown(side: Side) -> Level:
    """The level of allowing more than before."""
    return "harmless" if side == "request" else "breaking"


def shrunk(side: Side) -> Level:
    """The level of allowing less than before."""
    return "breaking" if side == "request" else "harmless"


def sort_differences(found: Iterable[Difference]) -> list[Difference]:
    """Put the worst first, and what is at one place together."""
    return sorted(found, key=lambda one: (LEVELS.index(one.level), one.place))


def _shown(value: Any) -> str:
    words = "nothing" if value is None else str(value)
    return words if len(words) <= 60 else f"{words[:59]}…"
