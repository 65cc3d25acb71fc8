"""How a live playlist changes: RFC 8216 sections 6.2.1 and 6.2.2."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.following import Key, Step
from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rule import CLOSE, SLACK, Finding, rule, short
from offair.contracts.checks.media.segments import Segment
from offair.contracts.checks.media.timeline import Rendition, Timeline

PATIENCE = 1.5  # target durations until there is a new segment
WINDOW = 3  # target durations that a live playlist is long
DAY = 86_400  # seconds: a date that is further ahead is not told by a clock that anybody shares
DRIFT = 0.1  # seconds that a date may differ from what the durations before it say


@rule("hls/target-constant", "RFC 8216 section 6.2.1")
def target_constant(timeline: Timeline) -> Iterator[Finding]:
    """The target duration never changes."""
    for step in _steps(timeline):
        old, new = step.old, step.new
        if old.target is not None and new.target is not None and old.target != new.target:
            yield Finding(new.fetch, "has another target duration than before", new.target, old.target)


@rule("hls/sequence-forward", "RFC 8216 section 6.2.2")
def sequence_forward(timeline: Timeline) -> Iterator[Finding]:
    """The media sequence number never decreases."""
    for step in _numbered(timeline):
        if step.new.sequence < step.old.sequence:
            message = "has a lower EXT-X-MEDIA-SEQUENCE than before"
            yield Finding(step.new.fetch, message, step.new.sequence, step.old.sequence)


@rule("hls/sequence-counts", "RFC 8216 section 6.2.2")
def sequence_counts(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-MEDIA-SEQUENCE grows by one for each segment that left, so that a segment keeps its number."""
    for step in _numbered(timeline):
        if step.moved and step.new.sequence >= step.old.sequence:
            old, new = step.common[0]
            message = f"{short(new.url)} had the number {old.number} and has {new.number}"
            yield Finding(step.new.fetch, message, new.number, old.number)


@rule("hls/slides", "RFC 8216 sections 6.2.1 and 6.2.2")
def slides(timeline: Timeline) -> Iterator[Finding]:
    """Segments are removed from the head and appended at the tail, and nothing else moves."""
    for step in _numbered(timeline):
        if step.is_torn:
            urls = [short(segment.url) for segment in step.new.segments]
            yield Finding(step.new.fetch, "has a segment removed, inserted or moved in the middle", urls)


@rule("hls/segment-unchanged", "RFC 8216 section 6.2.1")
def segment_unchanged(timeline: Timeline) -> Iterator[Finding]:
    """What a playlist says of a segment never changes while it is listed."""
    for step in _steps(timeline):
        for old, new in step.common:
            for what in ("duration", "stated", "map_url", "starts_discontinuity", "is_gap"):
                was, now = getattr(old, what), getattr(new, what)
                if was != now:
                    yield Finding(step.new.fetch, f"says something else of {short(new.url)} ({what})", now, was)


@rule("hls/discontinuity-sequence", "RFC 8216 sections 4.3.3.3 and 6.2.2")
def discontinuity_sequence(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-DISCONTINUITY-SEQUENCE counts the discontinuities that left, so that a segment keeps its number."""
    for step in _steps(timeline):
        for old, new in step.common:
            if old.starts_discontinuity == new.starts_discontinuity and old.discontinuity != new.discontinuity:
                message = f"{short(new.url)} had the discontinuity number {old.discontinuity}"
                yield Finding(step.new.fetch, message, new.discontinuity, old.discontinuity)
                break


@rule("hls/window", "RFC 8216 section 6.2.2")
def window(timeline: Timeline) -> Iterator[Finding]:
    """No segment is removed from a live playlist that is shorter than three target durations without it."""
    for step in _steps(timeline):
        new = step.new
        if step.has_lost and not new.is_over and new.target and new.duration < WINDOW * new.target - CLOSE:
            message = "is shorter than three target durations after a segment was removed"
            yield Finding(new.fetch, message, round(new.duration, 3), WINDOW * new.target)


@rule("hls/type-kept", "RFC 8216 sections 4.3.3.5, 6.2.1 and 6.2.2")
def type_kept(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with EXT-X-PLAYLIST-TYPE loses no segment, and one of type VOD does not change at all."""
    for step in _steps(timeline):
        old, new = step.old, step.new
        if old.type in {"EVENT", "VOD"} and step.has_lost:
            yield Finding(new.fetch, f"lost a segment although it is of type {old.type}", new.sequence, old.sequence)
        elif old.type == "VOD" and old.fetch.body != new.fetch.body:
            yield Finding(new.fetch, "changed although it is of type VOD")


@rule("hls/endlist-final", "RFC 8216 sections 4.3.3.4 and 6.2.1")
def endlist_final(timeline: Timeline) -> Iterator[Finding]:
    """After EXT-X-ENDLIST nothing changes any more."""
    for step in _steps(timeline):
        if step.old.is_over and step.old.fetch.body != step.new.fetch.body:
            yield Finding(step.new.fetch, "changed after EXT-X-ENDLIST")


@rule("hls/refreshed", "RFC 8216 section 6.2.1")
def refreshed(timeline: Timeline) -> Iterator[Finding]:
    """A new segment is listed within 1.5 target durations of the last one."""
    for one in timeline.renditions:
        known: set[Key] = set()
        since = one.versions[0].fetch.at  # nobody saw when the first version came, nor how long nothing was listed
        for version, segments in one.listed:
            if version.is_over or not known.issuperset(segments):
                known.update(segments)
                since = version.fetch.at
            elif version.target and version.fetch.asked - since > PATIENCE * version.target:
                waited = round(version.fetch.asked - since, 2)
                yield Finding(version.fetch, "has no new segment for too long", waited, PATIENCE * version.target)


@rule("hls/date-forward", "RFC 8216 sections 4.3.2.6 and 6.2.1")
def date_forward(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-PROGRAM-DATE-TIME goes forward from segment to segment, between discontinuities."""
    for version, walls in _dates(timeline):
        for (number, wall, _, era), (_, after, _, era_after) in pairwise(walls):
            if era == era_after and after <= wall:
                yield Finding(version.fetch, f"the date goes back after segment {number}", after - wall)


@rule("hls/date-consistent", "RFC 8216 sections 4.3.2.6 and 6.2.1", strength="should")
def date_consistent(timeline: Timeline) -> Iterator[Finding]:
    """Between discontinuities, dates are as far apart as the durations between them say."""
    for version, walls in _dates(timeline):
        for (number, wall, due, era), (_, after, due_after, era_after) in pairwise(walls):
            off, slack = after - wall - (due_after.seconds - due.seconds), due_after.slack - due.slack
            if era == era_after and after > wall and abs(off) > DRIFT + slack:
                yield Finding(
                    version.fetch, f"the date after segment {number} is {off:+.3f} s off its duration", off, 0
                )


@rule("hls/date-not-ahead", "RFC 8216 section 4.3.2.6", strength="should")
def date_not_ahead(timeline: Timeline) -> Iterator[Finding]:
    """No segment of a live playlist is dated later than it was listed, by the clock of the judge or of the origin."""
    for version, walls in _dates(timeline):
        now = max(version.fetch.at, version.fetch.told or 0.0) + SLACK
        for number, wall, _, _ in walls if not version.is_over else ():
            if now < wall < now + DAY:
                yield Finding(version.fetch, f"segment {number} is dated ahead of the clock", round(wall - now, 3), 0)
                break


@rule("hls/segment-answers", "RFC 8216 section 6.2.1")
def segment_answers(timeline: Timeline) -> Iterator[Finding]:
    """A listed segment can be fetched."""
    for one in timeline.renditions:
        for segment, first, last, longest in _listings(one):
            # what the newest version lists is listed for ever if that is the last one, else to be had a while longer
            more = 0.0 if last is not one.last else float("inf") if last.is_over else segment.duration + longest
            urls = [segment.url, segment.map_url or ""] if not segment.is_gap else []
            for fetch in (fetch for one_url in urls for fetch in timeline.of(one_url)):
                if not fetch.is_good and first.fetch.at <= fetch.asked <= last.fetch.asked + more:
                    yield Finding(fetch, "is listed and cannot be fetched", fetch.status, 200)


@rule("hls/segment-kept", "RFC 8216 section 6.2.2; RFC 8216bis section 6.2.2")
def segment_kept(timeline: Timeline) -> Iterator[Finding]:
    """A segment can be fetched from when it appeared for its own duration and that of the longest playlist with it."""
    for fetch, due, since_appeared, _ in _after_removal(timeline):
        if since_appeared is not None and since_appeared < due:
            message = f"cannot be fetched {since_appeared:.1f} s after it appeared, and must be for {due:.1f} s"
            yield Finding(fetch, message, fetch.status, 200)


@rule("hls/segment-kept-after", "RFC 8216 section 6.2.2 (must; RFC 8216bis counts from the appearance)",
      strength="should")  # fmt: skip
def segment_kept_after(timeline: Timeline) -> Iterator[Finding]:
    """A removed segment can be fetched for its own duration and that of the longest playlist that listed it."""
    for fetch, due, since_appeared, since_removed in _after_removal(timeline):
        if since_removed < due and (since_appeared is None or since_appeared >= due):
            message = f"cannot be fetched {since_removed:.1f} s after it was removed, and must be for {due:.1f} s"
            yield Finding(fetch, message, fetch.status, 200)


def _after_removal(timeline: Timeline) -> Iterator[tuple[Fetch, float, float | None, float]]:
    """Each vain request for a removed segment: its Availability Duration, seconds since it appeared, and since it left.

    Both are at most that. What was listed at the beginning appeared nobody knows when.
    """
    for one in timeline.renditions:
        versions = {id(step.new): step.old.fetch.asked for step in one.steps}
        for segment, first, last, longest in _listings(one):
            if last is one.last:
                continue  # it is listed, for all that is known
            appeared = versions.get(id(first))
            for fetch in timeline.of(segment.url):
                if not fetch.is_good and fetch.asked > last.fetch.asked:
                    since = None if appeared is None else fetch.at - appeared
                    yield fetch, segment.duration + longest, since, fetch.at - last.fetch.asked


def _steps(timeline: Timeline) -> Iterator[Step]:
    return (step for one in timeline.renditions for step in one.steps)


def _numbered(timeline: Timeline) -> Iterator[Step]:
    """The steps between versions whose Media Sequence Numbers are known."""
    return (step for step in _steps(timeline) if step.old.is_numbered and step.new.is_numbered)


class _Due(NamedTuple):
    """The media before a segment: seconds, and by how many they may be off."""

    seconds: float
    slack: float


def _dates(timeline: Timeline) -> Iterator[tuple[MediaPlaylist, list[tuple[int, float, _Due, int]]]]:
    """Each version with its stated dates: number, date, media before it, discontinuity number."""
    for version in (version for one in timeline.renditions for version in one.versions):
        due, walls = _Due(0.0, 0.0), []
        for segment in version.segments:
            if segment.stated is not None:
                walls.append((segment.number, segment.stated, due, segment.discontinuity))
            due = _Due(due.seconds + segment.duration, due.slack + segment.slack)
        yield version, walls


def _listings(one: Rendition) -> Iterator[tuple[Segment, MediaPlaylist, MediaPlaylist, float]]:
    """Each segment with the first and the last version that list it, and the longest of those that do, in seconds."""
    found: dict[Key, tuple[Segment, MediaPlaylist, MediaPlaylist, float]] = {}
    for version, segments in one.listed:
        for key, segment in segments.items():
            known, first, _, longest = found.get(key, (segment, version, version, 0.0))
            found[key] = (known, first, version, max(longest, version.duration))
    return iter(found.values())
