"""A DASH manifest (ISO/IEC 23009-1) as it was at one moment, read for judging: nothing is repaired, nothing raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.tags import decimal, integer, moment

LENGTH = re.compile(r"-?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?")
SECONDS = (31_536_000, 2_592_000, 86_400, 3600, 60, 1)
IDENTIFIER = re.compile(r"\$(RepresentationID|Number|Time|Bandwidth)?(%0(\d{1,2})d)?\$")
MOST = 20_000  # slots of one timeline that are read; more is no live window
ENTITIES = re.compile(r"<!(DOCTYPE|ENTITY)")

Element = ET.Element


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


@dataclass(frozen=True)
class Representation:
    """One representation in one period of one version of the manifest, with what it inherits."""

    manifest: "Manifest"
    period: "Period"
    group: int
    adaptation: Element
    element: Element

    @property
    def id(self) -> str:
        """@id."""
        return self.element.get("id", "")

    @property
    def key(self) -> tuple[str, str]:
        """What names it in every version."""
        return self.period.id, self.id

    def attribute(self, name: str) -> str | None:
        """An attribute of it, or of its adaptation set (section 5.3.7)."""
        return self.element.get(name, self.adaptation.get(name))

    @cached_property
    def templates(self) -> tuple[Element, ...]:
        """Its SegmentTemplates, the nearest first (section 5.3.9.1)."""
        owners = (self.element, self.adaptation, self.period.element)
        return tuple(one for owner in owners for one in child(owner, "SegmentTemplate"))

    def template(self, name: str) -> str | None:
        """An attribute of its SegmentTemplate, inherited if need be."""
        return next((one.get(name) for one in self.templates if one.get(name) is not None), None)

    @property
    def timescale(self) -> int:
        """Ticks a second."""
        return integer(self.template("timescale")) or 1

    @property
    def offset(self) -> int:
        """@presentationTimeOffset: the tick that is the period's start."""
        return integer(self.template("presentationTimeOffset")) or 0

    @property
    def start_number(self) -> int:
        """@startNumber, or what its absence means."""
        number = integer(self.template("startNumber"))
        return 1 if number is None else number

    @property
    def has_timeline(self) -> bool:
        """Its segments are listed in a SegmentTimeline."""
        return any(True for one in self.templates for _ in child(one, "SegmentTimeline"))

    @cached_property
    def entries(self) -> tuple[tuple[int | None, int, int], ...]:
        """The S elements: @t, @d and @r."""
        timeline = next(chain.from_iterable(child(one, "SegmentTimeline") for one in self.templates), None)
        if timeline is None:
            return ()
        return tuple(
            (
                integer(one.get("t")),
                integer(one.get("d")) or 0,
                -1 if one.get("r") == "-1" else integer(one.get("r")) or 0,
            )
            for one in child(timeline, "S")
        )

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The listed segments; where only @duration tells, those that the clock had made available."""
        return tuple(self._listed() if self.has_timeline else self._counted())

    def _listed(self) -> Iterator[Slot]:
        now, number = 0, self.start_number
        for index, (time, duration, repeats) in enumerate(self.entries):
            now = now if time is None else time
            if duration <= 0 or number - self.start_number > MOST:
                return
            count = repeats + 1
            if repeats < 0:
                following = self.entries[index + 1][0] if index + 1 < len(self.entries) else None
                until = following if following is not None else self._edge()
                count = max(1, (until - now) // duration)
            for _ in range(min(count, MOST)):
                yield Slot(number, now, duration)
                now, number = now + duration, number + 1

    def _counted(self) -> Iterator[Slot]:
        duration = integer(self.template("duration")) or 0
        if duration <= 0:
            return
        last = (self._edge() - self.offset) // duration
        depth = self.manifest.depth
        first = max(0, last - int(depth * self.timescale / duration)) if depth is not None else 0
        for index in range(max(first, last - MOST), last):
            yield Slot(self.start_number + index, self.offset + index * duration, duration)

    def _edge(self) -> int:
        """The tick that is now, or where the period ends if it is over."""
        ends = self.period.end
        if self.manifest.is_dynamic:
            now = self.manifest.fetch.asked - (self.manifest.available_from or 0.0)
            ends = now if ends is None else min(now, ends)
        return self.offset + int(((ends or 0.0) - self.period.start) * self.timescale)

    @property
    def base(self) -> str:
        """What its URLs are relative to."""
        return self.manifest.base(self.period.element, self.adaptation, self.element)

    @cached_property
    def initialization(self) -> str | None:
        """The URL of its initialization segment."""
        pattern = self.template("initialization")
        return None if pattern is None else join(self.base, self._fill(pattern, Slot(0, 0, 0)))

    def url(self, slot: Slot) -> str:
        """The URL of a segment."""
        return join(self.base, self._fill(self.template("media") or "", slot))

    def _fill(self, pattern: str, slot: Slot) -> str:
        """Put values in for the identifiers of section 5.3.9.4.4."""
        values = {"RepresentationID": self.id, "Bandwidth": self.attribute("bandwidth") or ""}
        values |= {"Number": str(slot.number), "Time": str(slot.time)}
        return IDENTIFIER.sub(lambda m: values[m[1]].zfill(int(m[3] or 0)) if m[1] else "$", pattern)

    def seconds(self, tick: int) -> float:
        """A tick as seconds on the manifest's timeline."""
        return self.period.start + (tick - self.offset) / self.timescale


@dataclass(frozen=True)
class Period:
    """A period, its start resolved; ``end`` is None while it is open."""

    element: Element
    number: int
    start: float
    end: float | None

    @property
    def id(self) -> str:
        """@id, or its place where it has none."""
        return self.element.get("id", f"({self.number})")


@dataclass(frozen=True)
class Manifest:
    """One answer that should be a manifest."""

    fetch: Fetch

    @cached_property
    def _parsed(self) -> tuple[Element, str | None]:
        try:
            if ENTITIES.search(self.fetch.text):
                return Element("MPD"), "has a document type declaration, which no manifest needs"
            root = ET.fromstring(self.fetch.body)  # noqa: S314 - no declaration, so no entity that could grow
        except (ET.ParseError, ValueError, LookupError) as error:
            return Element("MPD"), f"is no XML: {error}"
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root, None if root.tag == "MPD" else f"has {root.tag} where MPD belongs"

    @property
    def root(self) -> Element:
        """The MPD element; an empty one if the body is none."""
        return self._parsed[0]

    @property
    def flaw(self) -> str | None:
        """Why the body is no manifest."""
        return self._parsed[1]

    @property
    def is_dynamic(self) -> bool:
        """It goes on."""
        return self.root.get("type") == "dynamic"

    @cached_property
    def available_from(self) -> float | None:
        """@availabilityStartTime, seconds since the epoch."""
        return moment(self.root.get("availabilityStartTime"))

    @cached_property
    def published(self) -> float | None:
        """@publishTime, seconds since the epoch."""
        return moment(self.root.get("publishTime"))

    @cached_property
    def depth(self) -> float | None:
        """@timeShiftBufferDepth in seconds."""
        return length(self.root.get("timeShiftBufferDepth"))

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Its periods, their starts resolved as section 5.3.2.1 has it."""
        elements = list(child(self.root, "Period"))
        starts: list[float] = []
        for index, element in enumerate(elements):
            stated = length(element.get("start"))
            before = length(elements[index - 1].get("duration")) if index else 0.0
            starts.append(stated if stated is not None else (starts[-1] if index else 0.0) + (before or 0.0))
        total = length(self.root.get("mediaPresentationDuration"))
        found: list[Period] = []
        for index, element in enumerate(elements):
            own = length(element.get("duration"))
            after = starts[index + 1] if index + 1 < len(starts) else total
            found.append(Period(element, index, starts[index], after if own is None else starts[index] + own))
        return tuple(found)

    @cached_property
    def representations(self) -> tuple[Representation, ...]:
        """All representations of all periods."""
        return tuple(
            Representation(self, period, group, adaptation, element)
            for period in self.periods
            for group, adaptation in enumerate(child(period.element, "AdaptationSet"))
            for element in child(adaptation, "Representation")
        )

    @cached_property
    def clocks(self) -> tuple[tuple[str, str], ...]:
        """The UTCTiming elements: scheme and value."""
        return tuple((one.get("schemeIdUri", ""), one.get("value", "")) for one in child(self.root, "UTCTiming"))

    @property
    def clock_urls(self) -> tuple[str, ...]:
        """Where an HTTP clock can be asked."""
        return tuple(join(self.fetch.base, value.split()[0]) for scheme, value in self.clocks
                     if ":http-" in scheme and value.split())  # fmt: skip

    def available_at(self, representation: Representation, tick: int) -> float | None:
        """The wall-clock time that a tick of a representation stands for (section 5.3.9.5.3)."""
        return None if self.available_from is None else self.available_from + representation.seconds(tick)

    def base(self, *owners: Element) -> str:
        """The URL that references within the innermost of the owners are relative to (section 5.6)."""
        url = self.fetch.base
        for owner in (self.root, *owners):
            first = next(child(owner, "BaseURL"), None)
            url = join(url, (first.text or "").strip()) if first is not None else url
        return url


def child(element: Element, name: str) -> Iterator[Element]:
    """The children of a name."""
    return (one for one in element if one.tag == name)


def join(base: str, reference: str) -> str:
    """Resolve a reference; what is no URL stays as it is."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def length(text: str | None) -> float | None:
    """Read an xs:duration as seconds; None if it is none."""
    found = LENGTH.fullmatch(text.strip()) if text else None
    if found is None or not any(found.groups()):
        return None
    numbers = (decimal(number) or 0.0 if number else 0.0 for number in found.groups())
    return sum(number * unit for number, unit in zip(numbers, SECONDS, strict=True))
