"""How a live playlist changes: RFC 8216 sections 6.2.1 and 6.2.2."""

from collections.abc import Iterator
from itertools import pairwise

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rule import CLOSE, Finding, rule, short
from offair.contracts.checks.media.timeline import Rendition, Timeline

PATIENCE = 1.5  # target durations until there is a new segment
WINDOW = 3  # target durations that a live playlist is long
DRIFT = 0.1  # seconds that a date may differ from what the durations before it say


@rule("hls/target-constant", "RFC 8216 section 6.2.1")
def target_constant(timeline: Timeline) -> Iterator[Finding]:
    """The target duration never changes."""
    for old, new in _pairs(timeline):
        if old.target is not None and new.target is not None and old.target != new.target:
            yield Finding(new.fetch, "has another target duration than before", new.target, old.target)


@rule("hls/sequence-forward", "RFC 8216 section 6.2.2")
def sequence_forward(timeline: Timeline) -> Iterator[Finding]:
    """The media sequence number never decreases."""
    for old, new in _pairs(timeline):
        if new.sequence < old.sequence:
            yield Finding(new.fetch, "has a lower EXT-X-MEDIA-SEQUENCE than before", new.sequence, old.sequence)


@rule("hls/sequence-counts", "RFC 8216 section 6.2.2")
def sequence_counts(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-MEDIA-SEQUENCE grows by one for each segment that left, so that a segment keeps its number."""
    for old, new in _pairs(timeline):
        for url, segment in new.by_url.items():
            before = old.by_url.get(url)
            if before and before.number != segment.number and new.sequence >= old.sequence:
                message = f"{short(segment.url)} had the number {before.number} and has {segment.number}"
                yield Finding(new.fetch, message, segment.number, before.number)
                break


@rule("hls/slides", "RFC 8216 sections 6.2.1 and 6.2.2")
def slides(timeline: Timeline) -> Iterator[Finding]:
    """Segments are removed from the head and appended at the tail, and nothing else moves."""
    for old, new in _pairs(timeline):
        before, after = list(old.by_url), list(new.by_url)
        common = [url for url in before if url in new.by_url]
        if common and (common != before[len(before) - len(common) :] or common != after[: len(common)]):
            yield Finding(
                new.fetch, "has a segment removed, inserted or moved in the middle", [short(url) for url in after]
            )


@rule("hls/segment-unchanged", "RFC 8216 section 6.2.1")
def segment_unchanged(timeline: Timeline) -> Iterator[Finding]:
    """What a playlist says of a segment never changes while it is listed."""
    for old, new in _pairs(timeline):
        for url, segment in new.by_url.items():
            before = old.by_url.get(url)
            if before is None:
                continue
            for what in ("duration", "stated", "map_url", "starts_discontinuity", "is_gap"):
                was, now = getattr(before, what), getattr(segment, what)
                if was != now:
                    yield Finding(new.fetch, f"says something else of {short(segment.url)} ({what})", now, was)


@rule("hls/discontinuity-sequence", "RFC 8216 sections 4.3.3.3 and 6.2.2")
def discontinuity_sequence(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-DISCONTINUITY-SEQUENCE counts the discontinuities that left, so that a segment keeps its number."""
    for old, new in _pairs(timeline):
        for url, segment in new.by_url.items():
            before = old.by_url.get(url)
            is_retagged = before is None or before.starts_discontinuity != segment.starts_discontinuity
            if before and not is_retagged and before.discontinuity != segment.discontinuity:
                message = f"{short(segment.url)} had the discontinuity number {before.discontinuity}"
                yield Finding(new.fetch, message, segment.discontinuity, before.discontinuity)
                break


@rule("hls/window", "RFC 8216 section 6.2.2")
def window(timeline: Timeline) -> Iterator[Finding]:
    """No segment is removed from a live playlist that is shorter than three target durations without it."""
    for old, new in _pairs(timeline):
        has_lost = any(url not in new.by_url for url in old.by_url)
        if has_lost and not new.is_over and new.target and new.duration < WINDOW * new.target - CLOSE:
            message = "is shorter than three target durations after a segment was removed"
            yield Finding(new.fetch, message, round(new.duration, 3), WINDOW * new.target)


@rule("hls/type-kept", "RFC 8216 sections 4.3.3.5, 6.2.1 and 6.2.2")
def type_kept(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with EXT-X-PLAYLIST-TYPE loses no segment, and one of type VOD does not change at all."""
    for old, new in _pairs(timeline):
        kind = old.value("EXT-X-PLAYLIST-TYPE")
        if kind in {"EVENT", "VOD"} and any(url not in new.by_url for url in old.by_url):
            yield Finding(new.fetch, f"lost a segment although it is of type {kind}", new.sequence, old.sequence)
        elif kind == "VOD" and old.fetch.body != new.fetch.body:
            yield Finding(new.fetch, "changed although it is of type VOD")


@rule("hls/endlist-final", "RFC 8216 sections 4.3.3.4 and 6.2.1")
def endlist_final(timeline: Timeline) -> Iterator[Finding]:
    """After EXT-X-ENDLIST nothing changes any more."""
    for old, new in _pairs(timeline):
        if old.is_over and old.fetch.body != new.fetch.body:
            yield Finding(new.fetch, "changed after EXT-X-ENDLIST")


@rule("hls/refreshed", "RFC 8216 section 6.2.1")
def refreshed(timeline: Timeline) -> Iterator[Finding]:
    """A new segment is listed within 1.5 target durations of the last one."""
    for one in timeline.renditions:
        known: set[str] = set()
        since = 0.0
        for version in one.versions:
            if version.is_over or not known.issuperset(version.by_url):
                known.update(version.by_url)
                since = version.fetch.at
            elif version.target and not version.is_over and version.fetch.asked - since > PATIENCE * version.target:
                waited = round(version.fetch.asked - since, 2)
                yield Finding(version.fetch, "has no new segment for too long", waited, PATIENCE * version.target)


@rule("hls/date-forward", "RFC 8216 sections 4.3.2.6 and 6.2.1")
def date_forward(timeline: Timeline) -> Iterator[Finding]:
    """EXT-X-PROGRAM-DATE-TIME goes forward from segment to segment."""
    for version, walls in _dates(timeline):
        for (number, wall, _, _), (_, after, _, _) in pairwise(walls):
            if after <= wall:
                yield Finding(version.fetch, f"the date goes back after segment {number}", after - wall)


@rule("hls/date-consistent", "RFC 8216 sections 4.3.2.6 and 6.2.1", strength="should")
def date_consistent(timeline: Timeline) -> Iterator[Finding]:
    """Between discontinuities, dates are as far apart as the durations between them say."""
    for version, walls in _dates(timeline):
        for (number, wall, due, era), (_, after, due_after, era_after) in pairwise(walls):
            off = after - wall - (due_after - due)
            if era == era_after and after > wall and abs(off) > DRIFT:
                yield Finding(
                    version.fetch, f"the date after segment {number} is {off:+.3f} s off its duration", off, 0
                )


@rule("hls/segment-answers", "RFC 8216 section 6.2.1")
def segment_answers(timeline: Timeline) -> Iterator[Finding]:
    """A listed segment can be fetched."""
    for one in timeline.renditions:
        for url, (first, last, longest) in _listings(one).items():
            segment = first.by_url[url]
            # what the newest version lists is listed for ever if that is the last one, else to be had a while longer
            more = 0.0 if last is not one.last else float("inf") if last.is_over else segment.duration + longest
            urls = [url, segment.map_url or ""] if not segment.is_gap else []
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
        versions = {id(new): old.fetch.asked for old, new in one.pairs}
        for url, (first, last, longest) in _listings(one).items():
            if last is one.last:
                continue  # it is listed, for all that is known
            appeared = versions.get(id(first))
            for fetch in timeline.of(url):
                if not fetch.is_good and fetch.asked > last.fetch.asked:
                    since = None if appeared is None else fetch.at - appeared
                    yield fetch, first.by_url[url].duration + longest, since, fetch.at - last.fetch.asked


def _pairs(timeline: Timeline) -> Iterator[tuple[MediaPlaylist, MediaPlaylist]]:
    return (pair for one in timeline.renditions for pair in one.pairs)


def _dates(timeline: Timeline) -> Iterator[tuple[MediaPlaylist, list[tuple[int, float, float, int]]]]:
    """Each version with its stated dates: number, date, seconds of media before it, discontinuity number."""
    for version in (version for one in timeline.renditions for version in one.versions):
        due, walls = 0.0, []
        for segment in version.segments:
            if segment.stated is not None:
                walls.append((segment.number, segment.stated, due, segment.discontinuity))
            due += segment.duration
        yield version, walls


def _listings(one: Rendition) -> dict[str, tuple[MediaPlaylist, MediaPlaylist, float]]:
    """For each segment the first and the last version that list it, and the longest of those that do, in seconds."""
    found: dict[str, tuple[MediaPlaylist, MediaPlaylist, float]] = {}
    for version in one.versions:
        for url in version.by_url:
            first, _, longest = found.get(url, (version, version, 0.0))
            found[url] = (first, version, max(longest, version.duration))
    return found
