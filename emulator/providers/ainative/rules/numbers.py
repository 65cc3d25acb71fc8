"""Arithmetic of an audience: what follows from who came when and left when. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """Somebody watched from one moment to another, in seconds since the epoch."""

    who: str
    came: float
    left: float
    is_known: bool = True
    country: str = "ZZ"


def clipped(stints: Iterable[Stint], begins: float, ends: float) -> list[Stint]:
    """Cut stints down to what lies within a broadcast; what lies outside is left out."""
    cut = (
        Stint(
            who=one.who, came=max(one.came, begins), left=min(one.left, ends), is_known=one.is_known,
            country=one.country,
        )
        for one in stints
    )  # fmt: skip
    return [one for one in cut if one.left > one.came or (one.left == one.came and begins <= one.came <= ends)]


def seconds(stints: Iterable[Stint]) -> float:
    """Add up how long everybody watched."""
    return sum(one.left - one.came for one in stints)


def most_at_once(stints: Sequence[Stint], begins: float, ends: float) -> int:
    """Count the most that watched at one moment of a time; who left as another came did not meet them."""
    marks = sorted(
        [(max(one.came, begins), 1) for one in stints if one.came < ends and one.left >= begins]
        + [(one.left, -1) for one in stints if begins <= one.left < ends and one.came < ends],
        key=lambda mark: (mark[0], mark[1]),
    )
    most = now = 0
    for _, step in marks:
        now += step
        most = max(most, now)
    return most


def timeline(stints: Sequence[Stint], begins: float, ends: float, step: float) -> list[tuple[float, int]]:
    """Give the most that watched at once in each step of a broadcast, with the moment at which the step begins."""
    found: list[tuple[float, int]] = []
    moment = begins
    while moment < ends or not found:
        found.append((moment, most_at_once(stints, moment, moment + step)))
        moment += step
    return found


def shares(names: Iterable[str]) -> list[tuple[str, int, float]]:
    """Count names, the most first, each with its share in percent."""
    counted = Counter(names)
    total = sum(counted.values())
    return [
        (name, count, round(100 * count / total, 2))
        for name, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def a_minute(moments: Sequence[float], length: float) -> tuple[float, int]:
    """Tell how many of these happened a minute of so many seconds on average, and in the fullest minute."""
    fullest = max(Counter(int(moment // 60) for moment in moments).values(), default=0)
    return round(len(moments) / max(length / 60, 1.0), 2), fullest
