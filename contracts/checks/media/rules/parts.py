"""Partial segments through time, and what they really are: RFC 8216bis sections 3.2, 4.4.4.9, 6.2.1 and 6.2.2."""

from collections.abc import Iterator

from offair.contracts.checks.media.facts import TrackFacts
from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rule import Finding, rule, short
from offair.contracts.checks.media.segments import Part, Segment
from offair.contracts.checks.media.timeline import Rendition, Timeline

OFF = 0.05  # seconds that a part may differ from its DURATION: two frames at 50 fps, two of AAC
PATIENCE = 2  # Part Target Durations until there is a new part; the rule says one, and encoders breathe
KEPT = 3  # target durations that a part is listed for, and can be fetched for afterwards
ROUNDING = 0.005  # seconds that durations which are added up may be off


@rule("ll/part-duration-true", "RFC 8216bis section 4.4.4.9", strength="should")
def part_duration_true(timeline: Timeline) -> Iterator[Finding]:
    """A part lasts as long as its DURATION says."""
    for part, track in _probed(timeline):
        real = track.end - track.start
        if track.frames > 1 and abs(real - part.duration) > OFF:
            yield Finding(part.url, f"lasts {real:.3f} s, and DURATION says {part.duration:.3f} s", real, part.duration)


@rule("ll/independent-true", "RFC 8216bis section 4.4.4.9")
def independent_true(timeline: Timeline) -> Iterator[Finding]:
    """A part that is said to be independent has a key frame."""
    for part, track in _probed(timeline):
        if part.is_independent and track.has_key is False:
            yield Finding(part.url, "has no key frame, and INDEPENDENT=YES says so")


@rule("ll/independent-told", "RFC 8216bis section 4.4.4.9", strength="should")
def independent_told(timeline: Timeline) -> Iterator[Finding]:
    """A part with a key frame is said to be independent."""
    for part, track in _probed(timeline):
        if track.has_key and not part.is_independent:
            yield Finding(part.url, "has a key frame, and no INDEPENDENT=YES says so")


@rule("ll/part-refreshed", "RFC 8216bis section 6.2.1")
def part_refreshed(timeline: Timeline) -> Iterator[Finding]:
    """A new part is listed within a Part Target Duration of the last one."""
    for one in timeline.renditions:
        trip = min(version.fetch.at - version.fetch.asked for version in one.versions)
        known: set[tuple[int, str]] = set()
        since = one.versions[0].fetch.at
        for version in one.versions:
            keys = {part.key for part in version.parts}
            is_new = not known.issuperset(keys)
            known |= keys
            # a blocking answer comes when the part does; another one tells that it was not there when it was asked for
            until = version.fetch.at - trip if "_HLS_msn" in version.fetch.directives else version.fetch.asked
            is_told = not is_new or "_HLS_msn" in version.fetch.directives
            if version.part_target is None or version.is_over:
                since = version.fetch.at
            elif is_told and until - since > PATIENCE * version.part_target + trip:
                yield Finding(
                    version.fetch, "has no new part for too long", round(until - since, 3), version.part_target
                )
            since = version.fetch.at if is_new else since


@rule("ll/parts-old", "RFC 8216bis sections 4.4.4.9 and 6.2.2", strength="should")
def parts_old(timeline: Timeline) -> Iterator[Finding]:
    """Parts that end more than three target durations before the playlist's end are not listed any more."""
    for _, playlist in _versions(timeline):
        for segment, after in _ages(playlist):
            if segment.parts and playlist.target and after > KEPT * playlist.target + ROUNDING:
                name = short(segment.parts[-1].url)
                yield Finding(playlist.fetch, f"lists the part {name}, which is old", round(after, 3))
                break


@rule("ll/parts-listed", "RFC 8216bis section 6.2.2", strength="should")
def parts_listed(timeline: Timeline) -> Iterator[Finding]:
    """Parts stay listed until their segment begins three target durations before the playlist's end."""
    for one in timeline.renditions:
        for step in (step for step in one.steps if not step.new.is_over):
            new, there = step.new, {part.key for part in step.new.parts}
            edge = KEPT * (new.target or 0) - (new.part_target or 0.0)
            lost = {part.number for part in step.old.parts if part.key not in there}
            for segment, after in _ages(new):
                begin = after + segment.duration
                if segment.number in lost and begin < edge:
                    yield Finding(new.fetch, f"has no longer the parts of {short(segment.url)}", begin)


@rule("ll/parts-in-order", "RFC 8216bis section 6.2.2")
def parts_in_order(timeline: Timeline) -> Iterator[Finding]:
    """Parts are removed in the order in which they are listed."""
    for one in timeline.renditions:
        for step in one.steps:
            there = {part.key for part in step.new.parts}
            kept = [part.key in there for part in step.old.parts]
            if kept != sorted(kept):
                yield Finding(step.new.fetch, "has lost a part that others are older than")


@rule("ll/part-kept", "RFC 8216bis section 6.2.2")
def part_kept(timeline: Timeline) -> Iterator[Finding]:
    """A part can be fetched for three target durations after it was removed from the playlist."""
    for one in timeline.renditions:
        last: dict[tuple[int, str], float] = {}
        for version in one.versions:
            last |= dict.fromkeys((part.key for part in version.parts if not part.is_gap), version.fetch.asked)
        for (_, url), asked in last.items():
            for fetch in timeline.of(url):
                due = KEPT * (one.target or 0)
                if not fetch.is_good and fetch.asked > asked and fetch.at - asked < due:
                    after = round(fetch.at - asked, 2)
                    yield Finding(fetch, f"cannot be fetched {after:g} s after it was removed", fetch.status, 200)


@rule("ll/hint-present", "RFC 8216bis appendix B.1 (a must of its profile)", strength="should")
def hint_present(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with parts that is not over hints at the next one."""
    for _, playlist in _versions(timeline):
        if playlist.has("EXT-X-PART") and not playlist.is_over and not playlist.hinted_parts:
            yield Finding(playlist.fetch, "has parts and no EXT-X-PRELOAD-HINT for the next one")


@rule("ll/hint-once", "RFC 8216bis section 6.2.6", strength="should")
def hint_once(timeline: Timeline) -> Iterator[Finding]:
    """There is no more than one preload hint of each TYPE."""
    for _, playlist in _versions(timeline):
        kinds = [tag.attributes.get("TYPE") for tag in playlist.all("EXT-X-PRELOAD-HINT")]
        if len(set(kinds)) < len(kinds):
            yield Finding(playlist.fetch, "has several preload hints of one type", kinds)


@rule("ll/hint-over", "RFC 8216bis section 4.4.5.3")
def hint_over(timeline: Timeline) -> Iterator[Finding]:
    """A playlist that is over has no preload hint."""
    for _, playlist in _versions(timeline):
        if playlist.is_over and playlist.has("EXT-X-PRELOAD-HINT"):
            yield Finding(playlist.fetch, "is over and hints at more")


@rule("ll/dated", "RFC 8216bis appendix B.1 (of its profile)", strength="should")
def dated(timeline: Timeline) -> Iterator[Finding]:
    """All playlists have EXT-X-PROGRAM-DATE-TIME."""
    for _, playlist in _versions(timeline):
        if playlist.segments and not playlist.has("EXT-X-PROGRAM-DATE-TIME"):
            yield Finding(playlist.fetch, "has parts and no EXT-X-PROGRAM-DATE-TIME")


@rule("ll/tags-before-parts", "RFC 8216bis section 4.4.4.9")
def tags_before_parts(timeline: Timeline) -> Iterator[Finding]:
    """A discontinuity, key, map or date of a segment stands before its first part."""
    early = {"EXT-X-DISCONTINUITY", "EXT-X-KEY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME"}
    for _, playlist in _versions(timeline):
        has_parts = False
        for tag in playlist.tags:
            if tag.name in early and has_parts:
                yield Finding(playlist.fetch, f"has {tag.name} in line {tag.line}, after a part that it applies to")
            has_parts = tag.name == "EXT-X-PART" or (has_parts and bool(tag.name))


def _versions(timeline: Timeline) -> Iterator[tuple[Rendition, MediaPlaylist]]:
    """The whole playlists of renditions that have parts."""
    return ((one, playlist) for one in timeline.renditions if one.is_low_latency for playlist in one.versions)


def _ages(playlist: MediaPlaylist) -> list[tuple[Segment, float]]:
    """Each whole segment, and how far its end is from the playlist's, in seconds."""
    after = sum(part.duration for part in playlist.open_parts)
    found: list[tuple[Segment, float]] = []
    for segment in reversed(playlist.segments):
        found.append((segment, after))
        after += segment.duration
    return found[::-1]


def _probed(timeline: Timeline) -> Iterator[tuple[Part, TrackFacts]]:
    """Each part that was fetched, with the facts of its main track; by the map of the segment that it became."""
    for one in timeline.renditions:
        found: dict[tuple[int, str], tuple[Part, str | None]] = {}
        for version in one.versions:
            if any(segment.is_sealed for segment in version.segments):
                continue
            for segment in version.segments:
                found |= {part.key: (part, segment.map_url) for part in segment.parts}
        for part, map_url in found.values():
            facts = timeline.look(part.url, map_url)
            if facts is not None and facts.main is not None and not part.is_gap:
                yield part, facts.main
