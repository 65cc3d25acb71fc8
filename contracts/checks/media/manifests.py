"""A DASH manifest (ISO/IEC 23009-1) as it was at one moment, read for judging: nothing is repaired, nothing raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from offair.contracts.checks.media.addressing import Addressing, Slot, Span, fill
from offair.contracts.checks.media.documents import BETWEEN, Element, UnfitError, parse
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.segments import ranged
from offair.contracts.checks.media.tags import decimal, moment

LENGTH = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?", re.ASCII
)
SECONDS = (31_536_000, 2_592_000, 86_400, 3600, 60, 1)
HREF = f"http://www.w3.org/1999/xlink{BETWEEN}href"
NOTHING = "urn:mpeg:dash:resolve-to-zero:2013"  # a reference that stands for no element at all: section 5.5.3
MP4_OR_TS = re.compile(r"(?:video|audio|application)/(?:mp4|mp2t|iso\.segment)|(?:video|audio)/vnd\.dece\.mp4")
BYTES = re.compile(r"(\d{1,20})-(\d{1,20})")


@dataclass(frozen=True)
class Representation:
    """One representation in one period of one version of the manifest, with what it inherits.

    ``copy`` tells those apart that have one id in their period: functionally identical ones may (section 5.3.5.2).
    """

    manifest: "Manifest"
    period: "Period"
    group: int
    adaptation: Element
    element: Element
    copy: int = 0

    @property
    def id(self) -> str:
        """@id."""
        return self.element.get("id", "")

    @property
    def key(self) -> tuple[str, str, int]:
        """What names it in every version."""
        return self.period.id, self.id, self.copy

    def attribute(self, name: str) -> str | None:
        """An attribute of it, or of its adaptation set (section 5.3.7)."""
        return self.element.get(name, self.adaptation.get(name))

    @property
    def media_type(self) -> str:
        """@mimeType without parameters, in lower case; empty where it is not told."""
        return (self.attribute("mimeType") or "").partition(";")[0].strip().lower()

    @property
    def is_mp4_or_ts(self) -> bool:
        """Its segments are of a format of this standard, as far as its media type tells (section 5.3.7.2)."""
        return MP4_OR_TS.fullmatch(self.media_type) is not None

    @property
    def is_sound_or_picture(self) -> bool:
        """It is told to be audio or video, and not text, an image, or data about another Representation."""
        content = self.adaptation.get("contentType") or self.media_type.partition("/")[0]
        return content in {"audio", "video"} and self.element.get("associationId") is None

    @cached_property
    def addressing(self) -> Addressing:
        """How its segments are named and placed in time."""
        return Addressing((self.element, self.adaptation, self.period.element))

    @property
    def has_media(self) -> bool:
        """Something tells where its media are."""
        return self.addressing.kind is not None or any(
            one.find("BaseURL") is not None for one in self._levels
        )  # fmt: skip

    @property
    def timescale(self) -> int:
        """Ticks a second."""
        return self.addressing.timescale

    @property
    def has_timeline(self) -> bool:
        """Its segments are listed in a SegmentTimeline."""
        return self.addressing.timing == "timeline"

    @cached_property
    def depth(self) -> float | None:
        """The time shift buffer in seconds: of its BaseURL, or of the whole manifest (section 5.6.2)."""
        bases = (base for level in self._levels for base in level.findall("BaseURL")[:1])
        stated = (length(one.get("timeShiftBufferDepth")) for one in bases)
        return next((one for one in stated if one is not None), self.manifest.depth)

    @cached_property
    def lead(self) -> float:
        """Seconds by which segments may be there before their time: @availabilityTimeOffset, of all levels together."""
        stated = [max((_lead(one) for one in level.findall("BaseURL")), default=0.0) for level in self._levels]
        return sum(stated) + _lead_of(self.addressing.attribute("availabilityTimeOffset"))

    @property
    def _levels(self) -> tuple[Element, ...]:
        """What it is within, the nearest first."""
        return self.element, self.adaptation, self.period.element, self.manifest.root

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The listed segments; where only @duration tells, those that the clock had made available."""
        return self.addressing.slots(self._span)

    @property
    def _span(self) -> Span:
        start, end = self.period.start, self.period.end
        if not self.manifest.is_dynamic:
            return Span(None if start is None or end is None else end - start, is_over=True)
        if start is None or self.manifest.available_from is None:
            return Span(None, is_over=False, depth=self.depth)
        now = self.manifest.fetch.asked - self.manifest.available_from
        is_over = end is not None and end <= now
        return Span((end if end is not None and is_over else now) - start, is_over=is_over, depth=self.depth)

    @cached_property
    def base(self) -> str:
        """What its URLs are relative to."""
        return self.manifest.base(self.period.element, self.adaptation, self.element)

    @cached_property
    def _values(self) -> dict[str, str]:
        return {"RepresentationID": self.id, "Bandwidth": self.attribute("bandwidth") or ""}

    @cached_property
    def initialization(self) -> str | None:
        """The URL of its initialization segment; a byte range is its fragment."""
        pattern = self.addressing.attribute("initialization")
        if pattern is not None:
            return join(self.base, fill(pattern, Slot(0, 0, 0), self._values))
        element = self.addressing.child("Initialization")
        return None if element is None else self._part(element.get("sourceURL", ""), element.get("range"))

    def url(self, slot: Slot) -> str:
        """The URL of a segment."""
        if self.addressing.kind == "SegmentList":
            element = self.addressing.urls[self._order[slot]]
            return self._part(element.get("media", ""), element.get("mediaRange"))
        return join(self.base, fill(self.addressing.attribute("media") or "", slot, self._values))

    @cached_property
    def _order(self) -> dict[Slot, int]:
        """The places of its segments in its SegmentList."""
        return {slot: place for place, slot in enumerate(self.slots)}

    def _part(self, reference: str, span: str | None) -> str:
        found = BYTES.fullmatch(span.strip()) if span else None
        url = join(self.base, reference)
        return url if found is None else ranged(url, int(found[1]), int(found[2]) - int(found[1]) + 1)

    def seconds(self, tick: int) -> float | None:
        """A tick as seconds on the manifest's timeline; None where its period's start is not known."""
        start = self.period.start
        return None if start is None else start + (tick - self.addressing.offset) / self.timescale


@dataclass(frozen=True)
class Period:
    """A period. ``start`` is None where nothing tells it, ``end`` too, and while it is open."""

    element: Element
    number: int
    start: float | None
    end: float | None

    @property
    def id(self) -> str:
        """@id, or its place where it has none."""
        return self.element.get("id", f"({self.number})")

    @property
    def is_remote(self) -> bool:
        """What stands there is only a reference to the period (section 5.5)."""
        return self.element.get(HREF) is not None


@dataclass(frozen=True)
class Manifest:
    """One answer that should be a manifest."""

    fetch: Fetch

    @cached_property
    def _parsed(self) -> tuple[Element, str | None]:
        try:
            root = parse(self.fetch.body)
        except UnfitError as error:
            return Element("MPD"), str(error)
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
        """Its periods, their starts resolved as section 5.3.2.1 has it; a reference to nothing is none."""
        elements = [one for one in child(self.root, "Period") if one.get(HREF) != NOTHING]
        starts: list[float | None] = []
        for index, element in enumerate(elements):
            starts.append(self._start(element, elements[index - 1] if index else None, starts[-1] if index else None))
        total = length(self.root.get("mediaPresentationDuration"))
        found: list[Period] = []
        for index, element in enumerate(elements):
            start, own = starts[index], length(element.get("duration"))
            after = starts[index + 1] if index + 1 < len(starts) else total
            end = after if own is None or start is None else start + own
            found.append(Period(element, index, start, end))
        return tuple(found)

    def _start(self, element: Element, before: Element | None, began: float | None) -> float | None:
        """Where a period starts; one that nothing places is remote, or available early."""
        stated = length(element.get("start"))
        if stated is not None:
            return stated
        if before is None:
            return None if self.is_dynamic else 0.0
        lasts = None if before.get(HREF) is not None else length(before.get("duration"))
        return None if began is None or lasts is None else began + lasts

    @cached_property
    def representations(self) -> tuple[Representation, ...]:
        """All representations of all periods."""
        found: list[Representation] = []
        for period in self.periods:
            known: dict[str, int] = {}
            for group, adaptation in enumerate(child(period.element, "AdaptationSet")):
                for element in child(adaptation, "Representation"):
                    name = element.get("id", "")
                    copy = known[name] = known.get(name, -1) + 1
                    found.append(Representation(self, period, group, adaptation, element, copy))
        return tuple(found)

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
        """The wall-clock time that a tick of a representation stands for; None where that is not known."""
        seconds = representation.seconds(tick)
        return None if self.available_from is None or seconds is None else self.available_from + seconds

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
    """Read an xs:duration as seconds, which may be below zero; None if it is none."""
    found = LENGTH.fullmatch(text.strip()) if text else None
    if found is None or not any(found.groups()[1:]):
        return None
    numbers = (decimal(number) or 0.0 if number else 0.0 for number in found.groups()[1:])
    total = sum(number * unit for number, unit in zip(numbers, SECONDS, strict=True))
    return -total if found[1] else total


def _lead(base: Element) -> float:
    return _lead_of(base.get("availabilityTimeOffset"))


def _lead_of(text: str | None) -> float:
    """An @availabilityTimeOffset, which may be INF or below zero (an xs:double)."""
    stated = (text or "").strip()
    if stated == "INF":
        return float("inf")
    number = decimal(stated.removeprefix("-").removeprefix("+"))
    return 0.0 if number is None else -number if stated.startswith("-") else number
