"""Which streams a list has: by state, tags, renditions and age, and how many of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from offair.emulator.core.streams import State, Stream
from offair.emulator.providers.bintu.nouns import Group

Standing = Literal["created", "live", "ended", "locked", "deleted"]
STANDINGS: tuple[Standing, ...] = ("created", "live", "ended", "locked", "deleted")
USUAL, MOST = 50, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What a list is asked for: ``standing`` None is every one but the deleted, times are epoch seconds.

    ``is_group`` asks for streams with transcodes, or for those without; None is both.
    """

    standing: Standing | None = None
    tags: frozenset[str] = frozenset()
    is_group: bool | None = None
    since: float | None = None
    until: float | None = None
    quantity: int = USUAL
    offset: int = 0


def standing_of(stream: Stream) -> Standing:
    """Say where a stream is, in the cloud's five words: on air is what plays, and who waits for media is not."""
    if stream.closed is not None:
        return "locked"
    if stream.state in {State.LIVE, State.RECONNECTING}:
        return "live"
    return "created" if stream.last_live_at is None else "ended"


def stands(group: Group) -> Standing:
    """Say where a stream is, one that was deleted too."""
    return standing_of(group.stream) if group.buried_at is None else "deleted"


def sift(groups: Iterable[Group], sieve: Sieve) -> list[Group]:
    """Keep what fits, in the order in which it came."""
    return [group for group in groups if _fits(group, sieve)]


def cut(groups: Sequence[Group], sieve: Sieve) -> Sequence[Group]:
    """Give the part of a list that was asked for, at most a thousand."""
    return groups[sieve.offset : sieve.offset + clamp(sieve.quantity)]


def clamp(quantity: int) -> int:
    """Bring a number of streams into what a list may have."""
    return min(max(1, quantity), MOST)


def _fits(group: Group, sieve: Sieve) -> bool:
    made = group.stream.created_at
    return (
        (sieve.standing is None or sieve.standing == stands(group))
        and sieve.tags <= set(group.first.tags)
        and sieve.is_group in {None, len(group.qualities) > 1}
        and (sieve.since is None or made >= sieve.since)
        and (sieve.until is None or made <= sieve.until)
    )
