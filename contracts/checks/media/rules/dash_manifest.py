"""What a DASH manifest says, and how it changes: ISO/IEC 23009-1 sections 5.3.1 to 5.3.7 and 5.4, DASH-IF IOP."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from offair.contracts.checks.media.manifests import Manifest, Representation, length
from offair.contracts.checks.media.rule import CLOSE, Finding, rule
from offair.contracts.checks.media.tags import integer, moment
from offair.contracts.checks.media.timeline import Timeline

OFF = 2.0  # seconds that a clock for players may be wrong
TOUCH = 0.1  # seconds that periods may lie apart


@rule("dash/media-type", "ISO/IEC 23009-1 annex C.1", strength="should")
def media_type(timeline: Timeline) -> Iterator[Finding]:
    """A manifest's Content-Type is application/dash+xml."""
    for manifest in timeline.manifests:
        if manifest.fetch.media_type != "application/dash+xml":
            yield Finding(
                manifest.fetch, "has no manifest's Content-Type", manifest.fetch.media_type, "application/dash+xml"
            )


@rule("dash/readable", "ISO/IEC 23009-1 section 5.2.2")
def readable(timeline: Timeline) -> Iterator[Finding]:
    """A manifest is well-formed XML with an MPD."""
    for manifest in timeline.manifests:
        if manifest.flaw is not None:
            yield Finding(manifest.fetch, manifest.flaw)


@rule("dash/profiles", "ISO/IEC 23009-1 section 5.3.1.2")
def profiles(timeline: Timeline) -> Iterator[Finding]:
    """MPD@profiles is there."""
    return _lacking(_readable(timeline), "profiles")


@rule("dash/min-buffer", "ISO/IEC 23009-1 section 5.3.1.2")
def min_buffer(timeline: Timeline) -> Iterator[Finding]:
    """MPD@minBufferTime is there."""
    return _lacking(_readable(timeline), "minBufferTime")


@rule("dash/availability-start", "ISO/IEC 23009-1 section 5.3.1.2")
def availability_start(timeline: Timeline) -> Iterator[Finding]:
    """A dynamic manifest whose segments come with time has MPD@availabilityStartTime."""
    return _lacking(_timed(timeline), "availabilityStartTime")


@rule("dash/availability-start-constant", "ISO/IEC 23009-1 section 5.4; DASH-IF timing model, MPD updates")
def availability_start_constant(timeline: Timeline) -> Iterator[Finding]:
    """MPD@availabilityStartTime never changes."""
    for old, new in _pairs(timeline):
        if None not in {old.available_from, new.available_from} and old.available_from != new.available_from:
            yield Finding(
                new.fetch, "has another availabilityStartTime than before", new.available_from, old.available_from
            )


@rule("dash/publish-time", "ISO/IEC 23009-1 section 5.3.1.2")
def publish_time(timeline: Timeline) -> Iterator[Finding]:
    """A dynamic manifest whose segments come with time has MPD@publishTime."""
    return _lacking(_timed(timeline), "publishTime")


@rule("dash/publish-time-forward", "ISO/IEC 23009-1 section 5.3.1.2")
def publish_time_forward(timeline: Timeline) -> Iterator[Finding]:
    """MPD@publishTime never decreases."""
    for old, new in _pairs(timeline):
        if old.published is not None and new.published is not None and new.published < old.published:
            yield Finding(new.fetch, "has an earlier publishTime than before", new.published, old.published)


@rule("dash/publish-time-new", "ISO/IEC 23009-1 sections 5.3.1.2 and 5.4")
def publish_time_new(timeline: Timeline) -> Iterator[Finding]:
    """A manifest that changed has another MPD@publishTime."""
    for old, new in _pairs(timeline):
        if old.published is not None and old.published == new.published and old.fetch.body != new.fetch.body:
            yield Finding(new.fetch, "changed, and its publishTime did not", new.root.get("publishTime"))


@rule("dash/update-period", "ISO/IEC 23009-1 section 5.3.1.2; DASH-IF timing model, MPD snapshot validity")
def update_period(timeline: Timeline) -> Iterator[Finding]:
    """A manifest without MPD@minimumUpdatePeriod, which would say that it may change, does not change."""
    for old, new in _pairs(timeline):
        if old.root.get("minimumUpdatePeriod") is None and old.fetch.body != new.fetch.body:
            yield Finding(new.fetch, "changed, and had no minimumUpdatePeriod")


@rule("dash/clock", "DASH-IF timing model, clock synchronization; ISO/IEC 23009-1 section 5.8.4.11", strength="should")
def clock(timeline: Timeline) -> Iterator[Finding]:
    """A dynamic manifest has a UTCTiming."""
    for manifest in _dynamic(timeline):
        if not manifest.clocks:
            yield Finding(manifest.fetch, "has no UTCTiming")


@rule("dash/clock-true", "ISO/IEC 23009-1 section 5.8.4.11")
def clock_true(timeline: Timeline) -> Iterator[Finding]:
    """The clocks of UTCTiming answer, and tell the time."""
    urls = {url: None for manifest in timeline.manifests for url in manifest.clock_urls}
    for fetch in (fetch for url in urls for fetch in timeline.of(url)):
        told = moment(fetch.text.strip()) if fetch.is_good else None
        if told is None:
            yield Finding(fetch, "is a clock that tells no time", fetch.text[:40] if fetch.is_good else fetch.status)
        elif not fetch.asked - OFF <= told <= fetch.at + OFF:
            yield Finding(fetch, "is a clock that is wrong", told, fetch.at)


@rule("dash/period-ids", "ISO/IEC 23009-1 section 5.3.2.2")
def period_ids(timeline: Timeline) -> Iterator[Finding]:
    """In a dynamic manifest whose segments come with time every Period has an id, and no two the same."""
    for manifest in _timed(timeline):
        ids = [period.element.get("id") for period in manifest.periods if not period.is_remote]
        if None in ids or len(set(ids)) < len(ids):
            yield Finding(manifest.fetch, "has a Period without an id of its own", ids)


@rule("dash/untimed", "ISO/IEC 23009-1 sections 5.3.1.2 and 5.3.2.2 (must; an example of its own leaves them out)",
      strength="should")  # fmt: skip
def untimed(timeline: Timeline) -> Iterator[Finding]:
    """A dynamic manifest of whole files has availabilityStartTime, publishTime and Period ids all the same."""
    timed = {id(manifest) for manifest in _timed(timeline)}
    for manifest in (manifest for manifest in _dynamic(timeline) if id(manifest) not in timed):
        lacks = [name for name in ("availabilityStartTime", "publishTime") if manifest.root.get(name) is None]
        lacks += ["Period@id" for one in manifest.periods if not one.is_remote and one.element.get("id") is None][:1]
        if lacks:
            yield Finding(manifest.fetch, f"is dynamic and has no {', '.join(lacks)}")


@rule("dash/period-order", "ISO/IEC 23009-1 section 5.3.2.1")
def period_order(timeline: Timeline) -> Iterator[Finding]:
    """Periods begin one after the other, and one that has a duration ends where the next begins."""
    for manifest in timeline.manifests:
        for one, following in pairwise(manifest.periods):
            stated = length(one.element.get("duration"))
            if one.start is None or following.start is None:
                continue
            if following.start <= one.start:
                yield Finding(
                    manifest.fetch, f"Period {following.id} begins before the one before it", following.start, one.start
                )
            elif stated is not None and abs(one.start + stated - following.start) > TOUCH:
                message = f"Period {following.id} does not begin where the one before it ends"
                yield Finding(manifest.fetch, message, following.start, one.start + stated)


@rule("dash/period-stable", "ISO/IEC 23009-1 section 5.4")
def period_stable(timeline: Timeline) -> Iterator[Finding]:
    """A Period keeps its start, and none appears before one that was there."""
    for old, new in _pairs(timeline):
        before = {period.id: period.start for period in old.periods}
        for period in new.periods:
            was = before.get(period.id)
            if was is not None and period.start is not None and abs(was - period.start) > CLOSE:
                message = f"Period {period.id} begins at another time than before"
                yield Finding(new.fetch, message, period.start, was)
        ids = [period.id for period in new.periods]
        known = [at for at, name in enumerate(ids) if name in before]
        if known and known != list(range(len(known))):
            yield Finding(new.fetch, "has a new Period before an old one", ids)


@rule("dash/sets-stable", "ISO/IEC 23009-1 section 5.4; DASH-IF timing model, MPD updates")
def sets_stable(timeline: Timeline) -> Iterator[Finding]:
    """The adaptation sets and representations of a Period stay what they are."""
    for old, new in _pairs(timeline):
        before, after = _sets(old), _sets(new)
        for period in before.keys() & after.keys():
            if before[period] != after[period]:
                changed = sorted(map(str, before[period] ^ after[period]))
                yield Finding(new.fetch, f"has other representations in Period {period} than before", changed)


@rule("dash/bandwidth", "ISO/IEC 23009-1 section 5.3.5.2")
def bandwidth(timeline: Timeline) -> Iterator[Finding]:
    """Every Representation has an id and a bandwidth."""
    for manifest in timeline.manifests:
        for one in manifest.representations:
            if integer(one.element.get("bandwidth")) is None or not one.id:
                yield Finding(manifest.fetch, f"the Representation {one.id} has no bandwidth or no id")


@rule("dash/codecs", "ISO/IEC 23009-1 section 5.3.7.2")
def codecs(timeline: Timeline) -> Iterator[Finding]:
    """Every Representation of audio or video in MP4 or MPEG-TS has codecs."""
    return _unsaid(timeline, "codecs", lambda one: one.is_sound_or_picture and one.is_mp4_or_ts and one.has_media)


@rule("dash/mime", "ISO/IEC 23009-1 section 5.3.7.2")
def mime(timeline: Timeline) -> Iterator[Finding]:
    """Every Representation has a mimeType, but for data about another one."""
    return _unsaid(timeline, "mimeType", lambda one: one.element.get("associationId") is None)


@rule("dash/static-duration", "ISO/IEC 23009-1 section 5.3.1.2")
def static_duration(timeline: Timeline) -> Iterator[Finding]:
    """A static manifest has MPD@mediaPresentationDuration, or a duration in its last Period."""
    for manifest in _readable(timeline):
        total, last = manifest.root.get("mediaPresentationDuration"), manifest.periods[-1:]
        is_told = total is not None or any(one.is_remote or one.element.get("duration") is not None for one in last)
        if not manifest.is_dynamic and not is_told:
            yield Finding(manifest.fetch, "is static and does not say how long it is")


@rule("dash/static-final", "ISO/IEC 23009-1 sections 5.3.1.2 and 5.4")
def static_final(timeline: Timeline) -> Iterator[Finding]:
    """A manifest that became static does not change any more."""
    for old, new in pairwise(_readable(timeline)):
        if not old.is_dynamic and old.fetch.body != new.fetch.body:
            yield Finding(new.fetch, "changed after it had become static")


def _readable(timeline: Timeline) -> Iterator[Manifest]:
    return (manifest for manifest in timeline.manifests if manifest.flaw is None)


def _dynamic(timeline: Timeline) -> Iterator[Manifest]:
    return (manifest for manifest in _readable(timeline) if manifest.is_dynamic)


def _timed(timeline: Timeline) -> Iterator[Manifest]:
    """The dynamic manifests with segments that can be had from some time on, and not whole files alone."""
    for manifest in _dynamic(timeline):
        if any(one.addressing.kind in {"SegmentTemplate", "SegmentList"} for one in manifest.representations):
            yield manifest


def _pairs(timeline: Timeline) -> Iterator[tuple[Manifest, Manifest]]:
    return pairwise(_dynamic(timeline))


def _lacking(manifests: Iterator[Manifest], name: str) -> Iterator[Finding]:
    for manifest in manifests:
        if manifest.root.get(name) is None:
            yield Finding(manifest.fetch, f"has no MPD@{name}")


def _unsaid(timeline: Timeline, name: str, is_owed: Callable[[Representation], bool]) -> Iterator[Finding]:
    for manifest in timeline.manifests:
        for one in manifest.representations:
            if not one.attribute(name) and is_owed(one):
                yield Finding(manifest.fetch, f"the Representation {one.id} has no {name}")


def _sets(manifest: Manifest) -> dict[str, set[tuple[str, str, str | None]]]:
    found: dict[str, set[tuple[str, str, str | None]]] = {period.id: set() for period in manifest.periods}
    for one in manifest.representations:
        group = one.adaptation.get("id", str(one.group))
        found[one.period.id].add((group, one.id, one.attribute("codecs")))
    return found
