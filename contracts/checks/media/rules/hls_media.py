"""What the segments of a playlist really are: RFC 8216 section 3."""

from collections.abc import Iterator
from itertools import pairwise

from offair.contracts.checks.media.containers import container_of, is_packed_audio
from offair.contracts.checks.media.facts import SegmentFacts, UnreadableError
from offair.contracts.checks.media.fragments import read_header
from offair.contracts.checks.media.rule import Finding, rule, short
from offair.contracts.checks.media.segments import Segment
from offair.contracts.checks.media.timeline import Rendition, Timeline

OFF = 0.1  # seconds that a segment may differ from its EXTINF: a frame at 10 fps, five of AAC
JUMP = 0.25  # seconds that a segment may begin away from where the one before it ended


@rule("hls/independent", "RFC 8216 section 4.3.5.1")
def independent(timeline: Timeline) -> Iterator[Finding]:
    """Where EXT-X-INDEPENDENT-SEGMENTS says so, a segment with video begins with a key frame, and needs no other."""
    masters = any(master.has("EXT-X-INDEPENDENT-SEGMENTS") for master in timeline.masters)
    for one in timeline.renditions:
        claims = (segments for v, segments in one.listed if masters or v.has("EXT-X-INDEPENDENT-SEGMENTS"))
        claimed = {(segment.url, segment.map_url) for segments in claims for segment in segments.values()}
        for segment, facts in _facts(timeline, one):
            message = facts.main.dependence if facts.main and (segment.url, segment.map_url) in claimed else None
            if message:
                yield Finding(segment.url, f"{message}, although segments are said to be independent")


@rule("hls/map-present", "RFC 8216 sections 3.3 and 4.3.2.5")
def map_present(timeline: Timeline) -> Iterator[Finding]:
    """A fragmented MP4 segment has an EXT-X-MAP before it."""
    for one in timeline.renditions:
        for segment, facts in _facts(timeline, one):
            if facts.container == "fmp4" and segment.map_url is None and not facts.has_tables:
                yield Finding(one.url, f"lists {short(segment.url)}, which is fragmented MP4, without EXT-X-MAP")


@rule("hls/map-valid", "RFC 8216 sections 3.3 and 4.3.2.5")
def map_valid(timeline: Timeline) -> Iterator[Finding]:
    """An EXT-X-MAP's section is a movie header with tracks."""
    for url in timeline.maps:
        init = timeline.first_good(url)
        if init is None or container_of(init.body) == "ts":
            continue
        try:
            headers = read_header(init.body)
        except UnreadableError as error:
            yield Finding(url, f"is no initialization section: it {error}")
        else:
            if not headers:
                yield Finding(url, "is no initialization section: it has no moov box with tracks")


@rule("hls/tables", "RFC 8216 section 3.2")
def tables(timeline: Timeline) -> Iterator[Finding]:
    """An MPEG-TS segment has a PAT and a PMT, or an EXT-X-MAP."""
    for segment, facts in _unmapped(timeline):
        if not facts.has_tables:
            yield Finding(segment.url, "has no PAT and PMT")


@rule("hls/tables-first", "RFC 8216 section 3.2", strength="should")
def tables_first(timeline: Timeline) -> Iterator[Finding]:
    """An MPEG-TS segment without EXT-X-MAP begins with its PAT and PMT."""
    for segment, facts in _unmapped(timeline):
        if facts.has_tables and not facts.begins_with_tables:
            yield Finding(segment.url, "does not begin with a PAT and a PMT")


@rule("hls/one-program", "RFC 8216 section 3.2")
def one_program(timeline: Timeline) -> Iterator[Finding]:
    """An MPEG-TS segment has a single program."""
    for one in timeline.renditions:
        for segment, facts in _facts(timeline, one):
            if facts.container == "ts" and facts.programs > 1:
                yield Finding(segment.url, "has several programs", facts.programs, 1)


@rule("hls/segment-readable", "RFC 8216 section 3")
def segment_readable(timeline: Timeline) -> Iterator[Finding]:
    """A segment is what its container's standard says, from its first byte to its last."""
    for one in timeline.renditions:
        for segment, facts in _facts(timeline, one):
            fetch = timeline.first_good(segment.url)
            is_other = fetch is not None and (is_packed_audio(fetch.body) or fetch.body[:6] == b"WEBVTT")
            if facts.flaw is not None and not is_other and one.kind != "SUBTITLES":
                yield Finding(segment.url, f"cannot be read: it {facts.flaw}")


@rule("hls/duration-true", "RFC 8216 section 4.3.2.1", strength="should")
def duration_true(timeline: Timeline) -> Iterator[Finding]:
    """A segment lasts as long as its EXTINF says."""
    for one in timeline.renditions:
        for segment, facts in _facts(timeline, one):
            real = facts.duration
            if real is not None and abs(real - segment.duration) > OFF + segment.slack:
                yield Finding(
                    segment.url, f"lasts {real:.3f} s, and EXTINF says {segment.duration:.3f} s", real, segment.duration
                )


@rule("hls/continuous", "RFC 8216 sections 3 and 4.3.2.3")
def continuous(timeline: Timeline) -> Iterator[Finding]:
    """Where time stamps jump or tracks change, there is an EXT-X-DISCONTINUITY."""
    for one in timeline.renditions:
        for (old, before), (new, after) in pairwise(_facts(timeline, one)):
            if new.number != old.number + 1 or new.starts_discontinuity or not (before.main and after.main):
                continue
            off = after.main.start - before.main.start - old.duration
            if abs(off) > JUMP + old.slack:
                yield Finding(
                    new.url, f"begins {off:+.3f} s from where {short(old.url)} ends, without a discontinuity", off, 0
                )
            kinds = [sorted(track.kind for track in facts.tracks) for facts in (before, after)]
            if kinds[0] != kinds[1]:
                yield Finding(
                    new.url, f"has other tracks than {short(old.url)}, without a discontinuity", kinds[1], kinds[0]
                )


def _facts(timeline: Timeline, one: Rendition) -> Iterator[tuple[Segment, SegmentFacts]]:
    return ((segment, facts) for segment in one.segments if (facts := timeline.read(segment)))


def _unmapped(timeline: Timeline) -> Iterator[tuple[Segment, SegmentFacts]]:
    """The MPEG-TS segments that have to bring their own tables."""
    for one in timeline.renditions:
        for segment, facts in _facts(timeline, one):
            if facts.container == "ts" and segment.map_url is None and facts.flaw is None:
                yield segment, facts
