"""The form of a DASH manifest: ISO/IEC 23009-1 section 5.3 and its schema (annex B), DASH-IF timing model."""

import re
from collections.abc import Iterator

from offair.contracts.checks.media.documents import Element
from offair.contracts.checks.media.manifests import HREF, Manifest, Representation, child, length
from offair.contracts.checks.media.rule import Finding, rule
from offair.contracts.checks.media.tags import moment
from offair.contracts.checks.media.timeline import Timeline

LENGTHS = {
    "minBufferTime", "mediaPresentationDuration", "minimumUpdatePeriod", "timeShiftBufferDepth", "maxSegmentDuration",
    "suggestedPresentationDelay", "maxSubsegmentDuration",
}  # fmt: skip
MOMENTS = {"availabilityStartTime", "availabilityEndTime", "publishTime"}
COUNTS = {
    "timescale", "startNumber", "presentationTimeOffset", "bandwidth", "width", "height", "d", "t", "group",
}  # fmt: skip
COUNTED = {"S", "SegmentTemplate", "SegmentList", "SegmentBase", "Representation"}
COUNT = re.compile(r"[0-9]{1,20}")
REPEATS = re.compile(r"[-+]?[0-9]{1,20}")
RATE = re.compile(r"[0-9]+(/[1-9][0-9]*)?")
DATE = re.compile(  # an xs:dateTime, which knows no leap second
    r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
LONGER = 0.5  # seconds of rounding: MPD@maxSegmentDuration is often written in whole ones


@rule("dash/attribute-forms", "ISO/IEC 23009-1 annex B (schema)")
def attribute_forms(timeline: Timeline) -> Iterator[Finding]:
    """Durations, dates and numbers have the form that the schema gives them."""
    for manifest in _readable(timeline):
        for element in manifest.root.iter():
            for name, value in element.attrib.items():
                if not _fits(element.tag, name, value):
                    yield Finding(manifest.fetch, f"has a {element.tag}@{name} that is none", value)


def _fits(tag: str, name: str, value: str) -> bool:
    if tag == "Period" and name == "start":
        return length(value) is not None
    if (tag == "MPD" and name in LENGTHS) or (tag == "Period" and name == "duration"):
        return (length(value) or 0.0) >= 0 and length(value) is not None
    if tag == "MPD" and name in MOMENTS:
        return DATE.fullmatch(value.strip()) is not None and moment(value) is not None
    if tag in COUNTED and name in COUNTS:
        return COUNT.fullmatch(value.strip()) is not None
    if tag in {"AdaptationSet", "Representation"} and name == "frameRate":
        return RATE.fullmatch(value.strip()) is not None
    return tag != "S" or name != "r" or REPEATS.fullmatch(value.strip()) is not None


@rule("dash/ids-unique", "ISO/IEC 23009-1 section 5.3.5.2")
def ids_unique(timeline: Timeline) -> Iterator[Finding]:
    """No two Representations of an AdaptationSet have one id, unless they are functionally identical."""
    for one, other in _namesakes(timeline):
        if one.group == other.group:
            yield Finding(one.manifest.fetch, f"has two Representations of one id in Period {one.period.id}", one.id)


@rule("dash/ids-apart", "ISO/IEC 23009-1 section 5.3.5.2 (must; some examples of its own have other Representations)",
      strength="should")  # fmt: skip
def ids_apart(timeline: Timeline) -> Iterator[Finding]:
    """No two Representations of a Period have one id, whatever their sets, unless they are functionally identical."""
    for one, other in _namesakes(timeline):
        if one.group != other.group:
            yield Finding(one.manifest.fetch, f"has two Representations of one id in Period {one.period.id}", one.id)


def _namesakes(timeline: Timeline) -> Iterator[tuple[Representation, Representation]]:
    """The Representations of a Period that have the id of an earlier one, and are something else."""
    for manifest in timeline.manifests:
        known: dict[tuple[int, str], list[Representation]] = {}
        for one in manifest.representations:
            others = known.setdefault((one.period.number, one.id), [])
            if one.id and any(_identity(other) != _identity(one) for other in others):
                yield next(other for other in others if _identity(other) != _identity(one)), one
            others.append(one)


def _identity(one: Representation) -> tuple[object, ...]:
    """What a player would fetch, and what it is told to be; sets that differ in their descriptors may share that."""
    info = one.addressing
    urls = tuple((url.get("media"), url.get("mediaRange")) for url in info.urls)
    what = tuple(one.attribute(name) for name in ("bandwidth", "codecs", "mimeType", "width", "height", "frameRate"))
    return one.base, one.initialization, info.attribute("media"), urls, what, one.has_media


@rule("dash/set-ids", "DASH-IF timing model, MPD updates", strength="should")
def set_ids(timeline: Timeline) -> Iterator[Finding]:
    """In a dynamic manifest every AdaptationSet has an id."""
    for manifest in _readable(timeline):
        sets = [one for period in manifest.periods for one in child(period.element, "AdaptationSet")]
        if manifest.is_dynamic and any(one.get("id") is None and one.get(HREF) is None for one in sets):
            yield Finding(manifest.fetch, "has an AdaptationSet without an id")


@rule("dash/one-addressing", "ISO/IEC 23009-1 sections 5.3.9.2.1 and 5.3.9.4.4")
def one_addressing(timeline: Timeline) -> Iterator[Finding]:
    """A template has @duration or a SegmentTimeline, and $Number$ or $Time$, not both."""
    for manifest in _readable(timeline):
        for template in manifest.root.iter("SegmentTemplate"):
            media = template.get("media", "")
            has_timeline = next(child(template, "SegmentTimeline"), None) is not None
            both = template.get("duration") is not None and has_timeline
            if both or ("$Number" in media and "$Time" in media):
                yield Finding(manifest.fetch, "has a SegmentTemplate that addresses in two ways", media)


@rule("dash/max-segment", "ISO/IEC 23009-1 section 5.3.1.2")
def max_segment(timeline: Timeline) -> Iterator[Finding]:
    """No segment lasts longer than MPD@maxSegmentDuration."""
    for manifest in _readable(timeline):
        most = length(manifest.root.get("maxSegmentDuration"))
        for one in manifest.representations if most is not None else ():
            longest = max((slot.duration for slot in one.slots), default=0) / one.timescale
            if most is not None and longest > most + LONGER:
                yield Finding(manifest.fetch, f"{one.id} has a segment above maxSegmentDuration", longest, most)


@rule("dash/delay", "DASH-IF timing model, presentation delay")
def delay(timeline: Timeline) -> Iterator[Finding]:
    """MPD@suggestedPresentationDelay leaves something of the time shift buffer."""
    for manifest in _readable(timeline):
        stated = length(manifest.root.get("suggestedPresentationDelay"))
        if manifest.is_dynamic and stated is not None and manifest.depth is not None and stated >= manifest.depth:
            yield Finding(manifest.fetch, "has no time shift buffer beyond its delay", stated, manifest.depth)


@rule("dash/first-period", "DASH-IF timing model, period timing", strength="should")
def first_period(timeline: Timeline) -> Iterator[Finding]:
    """A static manifest begins at zero, and no Period lasts for nothing."""
    for manifest in _readable(timeline):
        if not manifest.is_dynamic and manifest.periods and manifest.periods[0].start not in {None, 0.0}:
            yield Finding(manifest.fetch, "is static and does not begin at zero", manifest.periods[0].start, 0)
        ends = [(one.start, one.end) for one in manifest.periods]
        if any(start is not None and end is not None and end <= start for start, end in ends):
            yield Finding(manifest.fetch, "has a Period without duration")


@rule("dash/essential", "ISO/IEC 23009-1 section 5.8.4.8", strength="should")
def essential(timeline: Timeline) -> Iterator[Finding]:
    """No Period is wholly behind EssentialProperty descriptors of unknown schemes, which players have to leave out."""
    for manifest in _readable(timeline):
        for period in manifest.periods:
            sets = list(child(period.element, "AdaptationSet"))
            if sets and all(_is_special(one) for one in sets):
                yield Finding(manifest.fetch, f"has nothing in Period {period.id} that every player may play")


def _is_special(adaptation: Element) -> bool:
    parts = [adaptation, *child(adaptation, "Representation")]
    marked = [any(not _is_common(one) for one in child(part, "EssentialProperty")) for part in parts]
    return marked[0] or (len(marked) > 1 and all(marked[1:]))


def _is_common(descriptor: Element) -> bool:
    """Its scheme is one of MPEG's own, as those for colours, URL parameters and preselections are."""
    return descriptor.get("schemeIdUri", "").strip().lower().startswith("urn:mpeg:")


def _readable(timeline: Timeline) -> Iterator[Manifest]:
    return (manifest for manifest in timeline.manifests if manifest.flaw is None)
