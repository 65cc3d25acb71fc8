"""DASH segments in time: ISO/IEC 23009-1 sections 5.3.9.5 and 5.3.9.6, DASH-IF timing model."""

from collections.abc import Iterator
from itertools import pairwise

from offair.contracts.checks.media.addressing import Slot, cut_short
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.manifests import Manifest, Representation
from offair.contracts.checks.media.rule import SLACK, Finding, rule
from offair.contracts.checks.media.tags import integer
from offair.contracts.checks.media.timeline import Timeline

TRUE = {"true", "1"}  # an xs:boolean
GAP = 0.01  # seconds of rounding between one S and the next
LOOKS = 2  # at a manifest, after which it is known that it is meant to go on
LATE = 1.5  # longest segment durations until there is a new segment


@rule("dash/contiguous", "DASH-IF timing model, referencing media segments", strength="should")
def contiguous(timeline: Timeline) -> Iterator[Finding]:
    """A SegmentTimeline has no gap, for which ISO/IEC 23009-1 has a meaning, and many players none."""
    for one, slot, following, off in _seams(timeline):
        if off > GAP:
            message = f"{one.id}: segment {following.number} begins {off:+.3f} s from where the last one ends"
            yield Finding(one.manifest.fetch, message, following.time, slot.end)


@rule("dash/overlap", "ISO/IEC 23009-1 section 5.3.9.6.2")
def overlap(timeline: Timeline) -> Iterator[Finding]:
    """No segment of a SegmentTimeline begins before the one before it ends."""
    for one, slot, following, off in _seams(timeline):
        if off < -GAP:
            message = f"{one.id}: segment {following.number} begins {off:+.3f} s from where the last one ends"
            yield Finding(one.manifest.fetch, message, following.time, slot.end)


@rule("dash/repeats", "ISO/IEC 23009-1 section 5.3.9.6.2", strength="should")
def repeats(timeline: Timeline) -> Iterator[Finding]:
    """No S repeats beyond the time of the next one, even where that begins on one of its own boundaries."""
    for one in _versions(timeline):
        for entry, following in pairwise(one.addressing.entries):
            time, after = integer(entry.get("t")), integer(following.get("t"))
            duration, count = integer(entry.get("d")) or 0, (integer(entry.get("r")) or 0) + 1
            if time is not None and after is not None and duration and cut_short(time, duration, count, after):
                message = f"{one.id}: the S at {time} repeats beyond the next one"
                yield Finding(one.manifest.fetch, message, count - 1, (after - time) // duration - 1)


def _seams(timeline: Timeline) -> Iterator[tuple[Representation, Slot, Slot, float]]:
    """Each listed segment with the next, and how many seconds lie between them."""
    for one in _versions(timeline):
        for slot, following in pairwise(one.slots) if one.has_timeline else ():
            yield one, slot, following, (following.time - slot.end) / one.timescale


@rule("dash/slides", "ISO/IEC 23009-1 section 5.4")
def slides(timeline: Timeline) -> Iterator[Finding]:
    """A SegmentTimeline loses entries at its head and gains them at its tail, and nothing else changes."""
    for old, new in _pairs(timeline):
        before, after = [(slot.time, slot.duration) for slot in old.slots], [(s.time, s.duration) for s in new.slots]
        if not before or not after or after[0][0] > before[-1][0]:
            continue
        rest = [entry for entry in before if entry[0] >= after[0][0]]
        if after[0][0] < before[0][0] or rest != after[: len(rest)]:
            yield Finding(
                new.manifest.fetch, f"{new.id}: entries changed that were listed before", after[:3], before[:3]
            )


@rule("dash/numbers", "ISO/IEC 23009-1 sections 5.3.9.5.3 and 5.3.9.6")
def numbers(timeline: Timeline) -> Iterator[Finding]:
    """@startNumber grows by one for each entry that left, so that a segment keeps its number."""
    for old, new in _pairs(timeline):
        if "$Number" not in (new.addressing.attribute("media") or ""):
            continue
        known = {slot.time: slot.number for slot in old.slots}
        for slot in new.slots:
            if known.get(slot.time, slot.number) != slot.number:
                message = f"{new.id}: the segment at {slot.time} had the number {known[slot.time]}"
                yield Finding(new.manifest.fetch, message, slot.number, known[slot.time])
                break


@rule("dash/not-ahead", "ISO/IEC 23009-1 section 5.3.9.5.3", strength="should")
def not_ahead(timeline: Timeline) -> Iterator[Finding]:
    """No segment is listed before its availability start time."""
    for one, slot, moment in _edges(timeline):
        ahead = moment - one.lead - one.manifest.fetch.at
        if ahead > SLACK:
            yield Finding(one.manifest.fetch, f"{one.id}: segment {slot.number} is listed too soon", round(ahead, 3), 0)


@rule("dash/not-behind", "ISO/IEC 23009-1 section 5.4; DASH-IF timing model, necessary segment references")
def not_behind(timeline: Timeline) -> Iterator[Finding]:
    """Every segment whose availability start time is past is listed.

    A single look may be at a manifest that was kept, or at a broadcast that had to be interrupted: it is not judged.
    """
    if len(timeline.manifests) < LOOKS:
        return
    newest = {(id(m), r.id): m.periods[-1] for m in timeline.manifests for r in m.representations}
    for one, slot, moment in _edges(timeline):
        if newest[id(one.manifest), one.id] is not one.period or one.period.end is not None:
            continue
        longest = max(slot.duration for slot in one.slots) / one.timescale
        behind = one.manifest.fetch.asked - moment
        if behind > LATE * longest + SLACK:
            yield Finding(one.manifest.fetch, f"{one.id}: no segment follows {slot.number}", round(behind, 3), longest)


@rule(
    "dash/window", "ISO/IEC 23009-1 sections 5.3.1.2 and 5.3.9.5.3; DASH-IF timing model, necessary segment references"
)
def window(timeline: Timeline) -> Iterator[Finding]:
    """No segment is removed from the manifest while it is within MPD@timeShiftBufferDepth."""
    for old, new in _live(timeline):
        listed = {(one.key, slot.time) for one in new.representations for slot in one.slots}
        for one in old.representations:
            for slot in one.slots:
                begins, depth = new.available_at(one, slot.time), one.depth
                if begins is None or depth is None or new.depth is None or (one.key, slot.time) in listed:
                    continue
                if begins > new.fetch.at - min(depth, new.depth) + SLACK:
                    message = f"{one.id}: segment {slot.number} left while it was in the time shift buffer"
                    yield Finding(new.fetch, message, round(new.fetch.at - begins, 3), min(depth, new.depth))


@rule("dash/expired", "DASH-IF timing model, removing content from the MPD", strength="should")
def expired(timeline: Timeline) -> Iterator[Finding]:
    """Segments that have left the time shift buffer leave the manifest too."""
    for one in _versions(timeline):
        depth, slots = one.depth, one.slots
        if depth is None or not slots or not one.has_timeline or not one.manifest.is_dynamic:
            continue
        longest = max(slot.duration for slot in slots)
        old = (slots[-1].end - slots[0].end) / one.timescale - depth
        if old > LATE * longest / one.timescale + SLACK:
            yield Finding(
                one.manifest.fetch, f"{one.id} lists what has left the time shift buffer", round(old, 3), depth
            )


@rule("dash/adding", "DASH-IF timing model, adding content to the MPD")
def adding(timeline: Timeline) -> Iterator[Finding]:
    """Segments are only added to the last Period."""
    for old, new in _live(timeline):
        last = {one.key: one.slots[-1].time for one in old.representations if one.slots and one.has_timeline}
        final = {period.id for period in (*old.periods[-1:], *new.periods[-1:])}
        for one in new.representations:
            if one.key in last and one.period.id not in final and one.slots and one.slots[-1].time > last[one.key]:
                yield Finding(
                    new.fetch, f"{one.id}: a segment was added to Period {one.period.id}, which is not the last"
                )


@rule("dash/segment-answers", "ISO/IEC 23009-1 section 5.3.9.5.3")
def segment_answers(timeline: Timeline) -> Iterator[Finding]:
    """A segment can be fetched from when it is listed until its availability end time."""
    inits = {one.initialization: one for one in _versions(timeline) if one.initialization}
    last = {one.initialization: one for one in _versions(timeline) if one.initialization}
    for url, one, slot in timeline.places:
        for fetch in timeline.of(url):
            if not fetch.is_good and _is_available(one, slot, fetch):
                yield Finding(fetch, "is listed and cannot be fetched", fetch.status, 200)
    for url, one in inits.items():
        for fetch in timeline.of(url):
            if not fetch.is_good and fetch.asked <= last[url].manifest.fetch.asked:
                yield Finding(fetch, f"is the initialization of {one.id} and cannot be fetched", fetch.status, 200)


@rule("dash/aligned", "ISO/IEC 23009-1 section 5.3.3.2")
def aligned(timeline: Timeline) -> Iterator[Finding]:
    """Where @segmentAlignment says so, the representations of a set have the same segment boundaries."""
    for manifest in timeline.manifests:
        groups: dict[tuple[str, int], list[Representation]] = {}
        for one in manifest.representations:
            if one.adaptation.get("segmentAlignment", "").strip() in TRUE:
                groups.setdefault((one.period.id, one.group), []).append(one)
        for first, *others in groups.values():
            for other in others:
                if not _matches(first, other):
                    message = f"{other.id} has other segment boundaries than {first.id}"
                    yield Finding(manifest.fetch, message, _starts(other)[:3], _starts(first)[:3])


def _versions(timeline: Timeline) -> Iterator[Representation]:
    return (one for versions in timeline.representations.values() for one in versions)


def _live(timeline: Timeline) -> Iterator[tuple[Manifest, Manifest]]:
    return pairwise(manifest for manifest in timeline.manifests if manifest.is_dynamic)


def _pairs(timeline: Timeline) -> Iterator[tuple[Representation, Representation]]:
    """Each representation of a dynamic manifest with its next version."""
    for versions in timeline.representations.values():
        yield from pairwise(one for one in versions if one.manifest.is_dynamic)


def _edges(timeline: Timeline) -> Iterator[tuple[Representation, Slot, float]]:
    """The newest segment of each representation, and its availability start time."""
    for one in _versions(timeline):
        if one.manifest.is_dynamic and one.slots and one.has_timeline:
            moment = one.manifest.available_at(one, one.slots[-1].end)
            if moment is not None:
                yield one, one.slots[-1], moment


def _is_available(one: Representation, slot: Slot, fetch: Fetch) -> bool:
    if fetch.asked < one.manifest.fetch.at:
        return False
    moment = one.manifest.available_at(one, slot.end)
    if not one.manifest.is_dynamic:
        return True
    if moment is None:  # it is not known when the segment can be had
        return False
    until = float("inf") if one.depth is None else moment + one.depth + slot.duration / one.timescale
    return moment - one.lead + SLACK <= fetch.asked and fetch.at <= until - SLACK


def _starts(one: Representation) -> list[float]:
    return [round((slot.time - one.addressing.offset) / one.timescale, 3) for slot in one.slots]


def _matches(first: Representation, other: Representation) -> bool:
    """What both list begins and ends together; one may have a segment at its head or tail that the other lacks."""
    mine, theirs = _starts(first), _starts(other)
    if not mine or not theirs:
        return True
    low, high = max(mine[0], theirs[0]), min(mine[-1], theirs[-1])
    mine = [start for start in mine if low - GAP <= start <= high + GAP]
    theirs = [start for start in theirs if low - GAP <= start <= high + GAP]
    return len(mine) == len(theirs) and all(abs(a - b) <= GAP for a, b in zip(mine, theirs, strict=True))
