"""What a media playlist's next version has in common with it: a segment is known by its Media Sequence Number.

A URI may stand for several segments, one after another or at once: slates, loops, byte ranges of one file
(RFC 8216 sections 3 and 4.3.3.2). Only where the numbers contradict the URIs do the URIs tell which of two rules is
broken: that numbers count what left, or that nothing moves in the middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.segments import Segment

LEEWAY = 1.5  # target durations by which segments may come late: RFC 8216 section 6.2.1

Key = tuple[int, str]
"""A segment's Media Sequence Number, as it would be had none been miscounted, and its URL."""


@dataclass(frozen=True)
class Step:
    """From one version of a media playlist to the next."""

    old: MediaPlaylist
    new: MediaPlaylist

    @cached_property
    def gone(self) -> int | None:
        """How many segments left at the head; None where the versions do not continue each other."""
        told = self.new.sequence - self.old.sequence
        if told >= 0 and self._fits(told):
            return told
        left = overlap([one.url for one in self.old.segments], [one.url for one in self.new.segments])
        return len(self.old.segments) - left if left else None

    @property
    def moved(self) -> int:
        """By how much EXT-X-MEDIA-SEQUENCE grew beyond what left."""
        return 0 if self.gone is None else self.new.sequence - self.old.sequence - self.gone

    @property
    def is_torn(self) -> bool:
        """Both list something, and what they list cannot be laid side by side: something moved in the middle."""
        return self.gone is None and bool(self.old.segments) and self._has_something_in_common

    @property
    def common(self) -> tuple[tuple[Segment, Segment], ...]:
        """The segments that both list, as each lists them."""
        if self.gone is None:
            return ()
        return tuple(zip(self.old.segments[self.gone :], self.new.segments, strict=False))

    @property
    def has_lost(self) -> bool:
        """A segment that was listed is not any more."""
        if self.gone is not None:
            return self.gone > 0 and bool(self.old.segments)
        return not self._there.issuperset(segment.url for segment in self.old.segments)

    @cached_property
    def _there(self) -> frozenset[str]:
        return frozenset(segment.url for segment in self.new.segments)

    @property
    def _has_something_in_common(self) -> bool:
        return any(segment.url in self._there for segment in self.old.segments)

    def _fits(self, place: int) -> bool:
        """What is left of the old version from a place on is what the new one begins with."""
        if place >= len(self.old.segments):  # nothing can contradict the numbers but the time that went by
            return not (self._is_hasty(place) and self._has_something_in_common)
        if not self.new.segments or self.old.segments[place].url != self.new.segments[0].url:
            return False
        left = [segment.url for segment in self.old.segments[place:]]
        return left == [segment.url for segment in self.new.segments[: len(left)]]

    def _is_hasty(self, place: int) -> bool:
        """More has come than time has passed for: then it is not a loop that shows the same again."""
        come = place + len(self.new.segments) - len(self.old.segments)
        shortest = min((segment.duration for segment in self.new.segments), default=0.0)
        passed = self.new.fetch.at - self.old.fetch.asked
        return come * shortest > passed + LEEWAY * (self.old.target or 0)


def overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """How many of the last of one are the first of the other: the most that are.

    No place is looked at twice, however often one thing stands in both (Knuth, Morris and Pratt).
    """
    fallbacks: list[int] = []  # for each beginning of ``after``: how much of its own beginning it ends with
    for one in after:
        fallbacks.append(_reach(after, fallbacks, fallbacks[-1], one) if fallbacks else 0)
    count = 0
    for one in before:
        count = _reach(after, fallbacks, count, one) if after else 0
    return count


def _reach(after: Sequence[str], fallbacks: Sequence[int], count: int, one: str) -> int:
    """How long a beginning of ``after`` is seen, when so much of it was seen before this one."""
    while count and (count == len(after) or after[count] != one):
        count = fallbacks[count - 1]
    return count + (after[count] == one)


def trace(versions: Sequence[MediaPlaylist]) -> tuple[dict[Key, Segment], ...]:
    """Give each version's segments by what they are known by throughout all versions."""
    found, off = [], 0
    for index, version in enumerate(versions):
        off += Step(versions[index - 1], version).moved if index else 0
        found.append({(segment.number - off, segment.url): segment for segment in version.segments})
    return tuple(found)
