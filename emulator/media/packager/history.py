"""The segments of one rendition that are on disk: which are listed, which are only kept, which may go. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

WINDOW_SLACK = 3  # segments that outlive the DASH window, for a player whose manifest is that old
PARTS_LISTED = 3  # targets from the end for which parts are listed (8216bis, 4.4.4.9), and as long again fetchable


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A segment (or a part) on disk. ``start`` and ``length`` in ticks; ``wall`` is when it began, since the epoch.

    ``opening`` counts the runs of the encoder that became playable; ``name`` is the file's name in its folder.
    ``parts`` are those of a segment that are still on disk.
    """

    name: str
    opening: int
    start: int
    length: int
    timescale: int
    wall: float
    size: int
    is_independent: bool
    init: str | None = None
    parts: "Sequence[Kept]" = ()

    @property
    def seconds(self) -> Fraction:
        """Its exact duration."""
        return Fraction(self.length, self.timescale)

    @property
    def wall_end(self) -> float:
        """When it ended."""
        return self.wall + self.length / self.timescale


class History:
    """Numbers segments from 0 and slides two windows over them: HLS by count and length, DASH by wall clock.

    A segment that left its playlist stays for ``preserved`` segments more and, as RFC 8216 (6.2.2) asks, for its own
    duration and that of the longest playlist that listed it; for DASH it stays for ``window`` seconds and some.
    """

    def __init__(self, *, least_listed: int, preserved: int, window: float | None, segment: float) -> None:
        self._least = least_listed
        self._preserved = preserved
        self._window = window
        self._slack = WINDOW_SLACK * segment
        self._short = Fraction(segment) / 2
        self._kept: list[Kept] = []
        self._begins: list[Fraction] = []  # of each, counted in seconds of all that was ever added
        self._first = 0  # the number of the first that is kept
        self._listed_from = 0
        self._longest_playlist = Fraction(0)
        self._bits = 0
        self._seconds = Fraction(0)
        self._open: list[Kept] = []
        self._peak = 0
        self._parts_from = 0
        self.parts_count = 0
        self.longest = Fraction(0)
        self.longest_part = Fraction(0)
        self.last_out: Kept | None = None

    @property
    def count(self) -> int:
        """How many segments there have been: the number of the next one."""
        return self._first + len(self._kept)

    @property
    def oldest_opening(self) -> int:
        """The first run of the encoder that a segment is left of."""
        return next((segment.opening for segment in (*self._kept[:1], *self._open[:1])), 0)

    @property
    def average(self) -> int:
        """The mean rate of all segments (of the first one's parts, before it is whole), in bit/s."""
        return round(self._bits / self._seconds) if self._seconds else _rate(self._open)

    @property
    def peak(self) -> int:
        """The highest rate of a segment, in bit/s, or of several where one is too short to tell (RFC 8216, 4.1).

        While these are too short together, it is their mean.
        """
        return self._peak or self.average

    @property
    def open_parts(self) -> Sequence[Kept]:
        """The parts of the segment that is not whole yet."""
        return tuple(self._open)

    def add_part(self, part: Kept) -> None:
        """Append a part of the segment that is added next."""
        self._open.append(part)
        self.parts_count += 1
        self.longest_part = max(self.longest_part, part.seconds)

    def add(self, segment: Kept) -> None:
        """Append a segment, with the parts that came before it."""
        self._kept.append(replace(segment, parts=tuple(self._open)))
        self._open = []
        self._begins.append(self._seconds)
        self.longest = max(self.longest, segment.seconds)
        self._bits += 8 * segment.size
        self._seconds += segment.seconds
        newest_first = ((one.size, one.seconds) for one in reversed(self._kept))
        self._peak = max(self._peak, round(peak_at_end(newest_first, self._short)))

    def slide(self, target: int) -> None:
        """Let go of the segments that the playlist needs no more: it stays three targets long, or longer."""
        while self.count - self._listed_from > self._least:
            rest = self._seconds_from(self._listed_from + 1)
            if rest < 3 * target:
                break
            self.last_out = self._at(self._listed_from)
            self._listed_from += 1
        self._longest_playlist = max(self._longest_playlist, self._seconds_from(self._listed_from))

    @property
    def listed_from(self) -> int:
        """The number of the first segment in the playlist."""
        return self._listed_from

    @property
    def listed(self) -> list[Kept]:
        """The segments in the playlist."""
        return self._kept[self._listed_from - self._first :]

    def renew_parts(self) -> None:
        """List no part but the newest, once its segment is whole: those before are too short for what is told now."""
        self._parts_from = self.count + (len(self._open) > 1)

    def begins_parts(self, target: int) -> int:
        """Give the number of the first segment whose parts are listed: none is further from the end than that."""
        number = self.count
        ahead = sum((part.seconds for part in self._open), Fraction(0))
        while (
            number > max(self._listed_from, self._parts_from)
            and self._seconds_from(number - 1) + ahead <= PARTS_LISTED * target
        ):
            number -= 1
        return number

    @property
    def has_window(self) -> bool:
        """There is a segment in the DASH window."""
        return self._window is not None and bool(self._kept)

    @property
    def depth(self) -> float:
        """How many seconds the DASH window is long; 0 where there is none."""
        return self._window or 0.0

    def deepen(self, least: float) -> None:
        """Let the DASH window, if there is one, be so many seconds long from now on, or as long as it is."""
        if self._window is not None:
            self._window = max(self._window, least)

    @property
    def window(self) -> list[tuple[int, Kept]]:
        """The segments in the DASH window, with their numbers."""
        if self._window is None or not self._kept:
            return []
        edge = self._kept[-1].wall_end - self._window
        return [
            (number, segment)
            for number, segment in enumerate(self._kept, self._first)
            if segment.wall_end > edge + 0.001
        ]

    def expire(self, target: int) -> list[Kept]:
        """Forget the segments and parts that no player can still ask for, and give them to be deleted."""
        gone: list[Kept] = list(self._expire_parts(target))
        while self._kept and self._may_go(self._kept[0]):
            segment = self._kept.pop(0)
            gone += (segment, *segment.parts)
            del self._begins[0]
            self._first += 1
        return gone

    def _expire_parts(self, target: int) -> Iterator[Kept]:
        if not self.parts_count:
            return
        for index in range(len(self._kept) - 1, -1, -1):
            segment = self._kept[index]
            if self._seconds_from(self._first + index + 1) <= (2 * PARTS_LISTED + 1) * target:
                continue
            if not segment.parts:
                return
            yield from segment.parts
            self._kept[index] = replace(segment, parts=())

    def _may_go(self, segment: Kept) -> bool:
        if self._first >= self._listed_from - self._preserved:
            return False
        since = self._seconds_from(self._first + 1)
        if since < segment.seconds + 2 * self._longest_playlist:
            return False
        return self._window is None or segment.wall_end < self._kept[-1].wall_end - self._window - self._slack

    def _at(self, number: int) -> Kept:
        return self._kept[number - self._first]

    def _seconds_from(self, number: int) -> Fraction:
        index = number - self._first
        return self._seconds - self._begins[index] if index < len(self._begins) else Fraction(0)


def peak_at_end(newest_first: Iterable[tuple[int, Fraction]], least: Fraction) -> Fraction:
    """Find the highest rate, in bit/s, of the last segments together, where these last ``least`` seconds or longer.

    Segments are given by their bytes and seconds. What has two such runs in it is never above the better of them.
    """
    peak, size, lasts = Fraction(0), 0, Fraction(0)
    for more, longer in newest_first:
        if lasts >= (least if longer >= least else 3 * least):
            break
        size, lasts = size + more, lasts + longer
        if lasts >= least and lasts:
            peak = max(peak, 8 * size / lasts)
    return peak


def _rate(parts: Sequence[Kept]) -> int:
    seconds = sum((part.seconds for part in parts), Fraction(0))
    return round(8 * sum(part.size for part in parts) / seconds) if seconds else 0
