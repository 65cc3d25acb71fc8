"""How a DASH Representation's segments are named and placed in time: ISO/IEC 23009-1 sections 5.3.9.2 to 5.3.9.6."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from offair.contracts.checks.media.documents import Element
from offair.contracts.checks.media.tags import integer

IDENTIFIER = re.compile(r"\$(RepresentationID|Number|Time|Bandwidth)?(%0(\d{1,2})d)?\$")
SEQUENCES = re.compile(r"\$SubNumber(%0\d{1,2}d)?\$")  # of segments of segments, whose names are not made here
MOST = 20_000  # slots of one timeline that are read; more is no live window
NEWEST = 2000  # of those that only the clock counts, and that nobody lists
CRUMB = 0.05  # seconds at the end of a Period that are rounding, and no segment
KINDS = ("SegmentTemplate", "SegmentList", "SegmentBase")


@dataclass(frozen=True, slots=True)
class Slot:
    """A media segment's place: its number, and its time and duration in ticks."""

    number: int
    time: int
    duration: int

    @property
    def end(self) -> int:
        """The tick after its last."""
        return self.time + self.duration


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a Period that segments can be listed of, in seconds from its start; None is not known.

    ``until`` is now, or the end of what is over (``is_over``), when a last segment may be shorter than the others.
    """

    until: float | None
    is_over: bool
    depth: float | None = None


@dataclass(frozen=True)
class Addressing:
    """The segment information of a Representation, with what it inherits; ``owners`` are the nearest first."""

    owners: tuple[Element, ...]

    @cached_property
    def kind(self) -> str | None:
        """The name of the segment information that counts: the nearest; None if there is none anywhere."""
        return next((one.tag for owner in self.owners for one in owner if one.tag in KINDS), None)

    @cached_property
    def infos(self) -> tuple[Element, ...]:
        """The elements of that kind, which inherit from one another (section 5.3.9.1)."""
        return tuple(one for owner in self.owners for one in owner if one.tag == self.kind)

    def attribute(self, name: str) -> str | None:
        """An attribute of the nearest that has it."""
        return next((one.get(name) for one in self.infos if one.get(name) is not None), None)

    def child(self, name: str) -> Element | None:
        """A child of the nearest that has one of the name."""
        return next((found for one in self.infos if (found := one.find(name)) is not None), None)

    @cached_property
    def timescale(self) -> int:
        """Ticks a second."""
        return integer(self.attribute("timescale")) or 1

    @cached_property
    def offset(self) -> int:
        """@presentationTimeOffset: the tick that is the period's start."""
        return integer(self.attribute("presentationTimeOffset")) or 0

    @cached_property
    def start_number(self) -> int:
        """@startNumber, or what its absence means."""
        number = integer(self.attribute("startNumber"))
        return 1 if number is None else number

    @cached_property
    def timing(self) -> Literal["timeline", "duration", None]:
        """What tells when segments are: the nearest SegmentTimeline or @duration."""
        for one in self.infos:
            if one.find("SegmentTimeline") is not None:
                return "timeline"
            if one.get("duration") is not None:
                return "duration"
        return None

    @cached_property
    def entries(self) -> tuple[Mapping[str, str], ...]:
        """The attributes of the S elements."""
        timeline = self.child("SegmentTimeline") if self.timing == "timeline" else None
        return () if timeline is None else tuple(one.attrib for one in timeline if one.tag == "S")

    @cached_property
    def urls(self) -> tuple[Element, ...]:
        """The SegmentURL elements of a SegmentList."""
        lists = (tuple(one.findall("SegmentURL")) for one in self.infos)
        return next((found for found in lists if found), ())

    def slots(self, span: Span) -> tuple[Slot, ...]:
        """The listed segments; where only @duration tells, those that the clock had made available."""
        has_sequences = any(integer(one.get("k", "1")) != 1 for one in self.entries)
        if has_sequences or SEQUENCES.search(self.attribute("media") or ""):
            return ()
        match self.kind, self.timing:
            case "SegmentTemplate", "timeline":
                return tuple(self._listed(span))
            case "SegmentTemplate", "duration":
                return self._numbered(tuple(self._counted(span)))
            case "SegmentList", "timeline" if span.is_over:
                return tuple(self._listed(span))[: len(self.urls)]
            case "SegmentList", "duration" if span.is_over:
                return tuple(self._counted(span))[: len(self.urls)]
        return ()

    def _edge(self, span: Span) -> int | None:
        """The tick up to which there can be segments."""
        return None if span.until is None else self.offset + int(span.until * self.timescale)

    def _count(self, ticks: int, duration: int, *, is_over: bool) -> int:
        """How many segments a stretch has: what is over may end with a shorter one."""
        return -((int(CRUMB * self.timescale) - ticks) // duration) if is_over else ticks // duration

    def _listed(self, span: Span) -> Iterator[Slot]:
        now, number, first = 0, self.start_number, self.start_number
        edge = self._edge(span)
        for index, entry in enumerate(self.entries):
            time, named = integer(entry.get("t")), integer(entry.get("n"))
            now, number = now if time is None else time, number if named is None else named
            duration = integer(entry.get("d")) or 0
            if duration <= 0 or number - first > MOST:
                return
            following = integer(self.entries[index + 1].get("t")) if index + 1 < len(self.entries) else None
            repeats = -1 if entry.get("r", "").strip() == "-1" else integer(entry.get("r")) or 0
            count, end = repeats + 1, None
            if repeats < 0:
                end = following if following is not None else edge
                is_over = following is not None or span.is_over
                count = 0 if end is None else max(1, self._count(end - now, duration, is_over=is_over))
                end = end if is_over else None
            elif following is not None and cut_short(now, duration, count, following):
                count = (following - now) // duration
            for _ in range(min(count, MOST)):
                rest = duration if end is None else min(duration, max(end - now, 1))
                yield Slot(number, now, rest)
                now, number = now + duration, number + 1

    def _counted(self, span: Span) -> Iterator[Slot]:
        duration, edge = integer(self.attribute("duration")) or 0, self._edge(span)
        if duration <= 0 or edge is None:
            return
        last = self._count(edge - self.offset, duration, is_over=span.is_over)
        first = 0 if span.depth is None else max(0, last - int(span.depth * self.timescale / duration))
        for index in range(max(first, last - (MOST if span.is_over else NEWEST)), last):
            time = self.offset + index * duration
            yield Slot(self.start_number + index, time, min(duration, edge - time) if span.is_over else duration)

    def _numbered(self, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        """Leave out what is beyond @endNumber."""
        last = integer(self.attribute("endNumber"))
        return slots if last is None else tuple(slot for slot in slots if slot.number <= last)


def cut_short(time: int, duration: int, count: int, following: int) -> bool:
    """A series runs past the time of the next S, which begins on one of its own boundaries."""
    return time < following < time + count * duration and (following - time) % duration == 0


def fill(pattern: str, slot: Slot, values: Mapping[str, str]) -> str:
    """Put values in for the identifiers of section 5.3.9.4.4."""
    known = {"Number": str(slot.number), "Time": str(slot.time), **values}
    return IDENTIFIER.sub(lambda m: known[m[1]].zfill(int(m[3] or 0)) if m[1] else "$", pattern)
