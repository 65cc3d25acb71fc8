"""The formats that a media segment may have: RFC 8216 sections 3.2 to 3.5."""

from collections.abc import Iterator
from itertools import pairwise

from offair.contracts.checks.media.containers import container_of, is_packed_audio
from offair.contracts.checks.media.facts import UnreadableError
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.following import Key
from offair.contracts.checks.media.fragments import header_oddities, read_header
from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rule import CLOSE, Finding, rule, short
from offair.contracts.checks.media.segments import Segment
from offair.contracts.checks.media.timeline import Rendition, Timeline

OWNER = b"com.apple.streaming.transportStreamTimestamp"
HEADER = 2000  # bytes within which the header of a packed audio or WebVTT segment ends
MOST_APART = 0.1  # seconds between two clock references
LONGEST = 1.0  # of its own duration: what fetching a segment may take


@rule("hls/init-boxes", "RFC 8216 section 3.3")
def init_boxes(timeline: Timeline) -> Iterator[Finding]:
    """An initialization section is compatible with iso6, has mvex, and neither durations nor samples of its own."""
    for url in timeline.maps:
        init = timeline.first_good(url)
        try:
            if init is not None and container_of(init.body) == "fmp4" and read_header(init.body):
                for message in header_oddities(init.body):
                    yield Finding(url, message)
        except UnreadableError:
            continue  # which another rule says


@rule("hls/fragment-boxes", "RFC 8216 section 3.3")
def fragment_boxes(timeline: Timeline) -> Iterator[Finding]:
    """A fragment has tfdt boxes, addresses relative to itself, and only tracks that its initialization section has."""
    for one in timeline.renditions:
        for segment in one.segments:
            facts = timeline.read(segment)
            if facts is not None and facts.odd:
                yield Finding(segment.url, facts.odd[0])


@rule("hls/counters", "RFC 8216 section 3")
def counters(timeline: Timeline) -> Iterator[Finding]:
    """The continuity counters of MPEG-TS go on from segment to segment where there is no discontinuity."""
    for one in timeline.renditions:
        known = [(segment, facts) for segment in one.segments if (facts := timeline.read(segment))]
        for (old, before), (new, after) in pairwise(known):
            if new.number != old.number + 1 or new.starts_discontinuity or len(before.tracks) != len(after.tracks):
                continue
            for was, now in zip(before.tracks, after.tracks, strict=True):
                if was.counters and now.counters and now.counters[0] != (was.counters[1] + 1) % 16:
                    message = f"does not continue the continuity counter of {short(old.url)} ({now.kind})"
                    yield Finding(new.url, message, now.counters[0], (was.counters[1] + 1) % 16)


@rule("hls/clock-references", "RFC 8216 section 3.2, with ISO/IEC 13818-1 section 2.7.2")
def clock_references(timeline: Timeline) -> Iterator[Finding]:
    """The clock references (PCR) of MPEG-TS follow each other within 100 ms."""
    for one in timeline.renditions:
        for segment in one.segments:
            facts = timeline.read(segment)
            if facts is not None and facts.clock_gap is not None and facts.clock_gap > MOST_APART + CLOSE:
                message = "has clock references that are too far apart"
                yield Finding(segment.url, message, round(facts.clock_gap, 4), MOST_APART)


@rule("hls/packed-audio", "RFC 8216 section 3.4")
def packed_audio(timeline: Timeline) -> Iterator[Finding]:
    """A packed audio segment begins with an ID3 tag that has its time stamp."""
    for _, segment, fetch in _fetched(timeline):
        has_time = fetch.body[:3] == b"ID3" and OWNER in fetch.body[:HEADER]
        if not segment.is_sealed and is_packed_audio(fetch.body) and not has_time:
            yield Finding(segment.url, "is packed audio without an ID3 time stamp", fetch.body[:4].hex())


@rule("hls/webvtt", "RFC 8216 section 3.5")
def webvtt(timeline: Timeline) -> Iterator[Finding]:
    """A WebVTT segment begins with a WebVTT header, or has an EXT-X-MAP."""
    for one, segment, fetch in _fetched(timeline):
        if one.kind == "SUBTITLES" and segment.map_url is None and not segment.is_sealed:
            text = fetch.body[:10].removeprefix(b"\xef\xbb\xbf")
            if not text.startswith(b"WEBVTT") and container_of(fetch.body) != "fmp4":
                yield Finding(segment.url, "has no WebVTT header", fetch.body[:10])


@rule("hls/webvtt-map", "RFC 8216 section 3.5", strength="should")
def webvtt_map(timeline: Timeline) -> Iterator[Finding]:
    """A WebVTT segment has an X-TIMESTAMP-MAP, by which its cues are timed."""
    for one, segment, fetch in _fetched(timeline):
        is_text = one.kind == "SUBTITLES" and b"WEBVTT" in fetch.body[:10]
        if is_text and b"X-TIMESTAMP-MAP" not in fetch.body[:HEADER]:
            yield Finding(segment.url, "has no X-TIMESTAMP-MAP")


@rule("hls/has-key-frame", "RFC 8216 section 3", strength="should")
def has_key_frame(timeline: Timeline) -> Iterator[Finding]:
    """Every segment with video has a key frame, with which a player can begin."""
    for one in timeline.renditions:
        for segment in one.segments:
            facts = timeline.read(segment)
            if facts is not None and facts.main is not None and facts.main.has_key is False:
                yield Finding(segment.url, "has no key frame")


@rule("hls/segment-prompt", "RFC 8216 section 6.2.1", strength="should")
def segment_prompt(timeline: Timeline) -> Iterator[Finding]:
    """A listed segment comes at the speed of the link, not at that of its production."""
    for one in timeline.renditions:
        listed: dict[Key, tuple[Segment, MediaPlaylist]] = {}
        for version, segments in one.listed:
            for key, segment in segments.items():
                listed.setdefault(key, (segment, version))
        for segment, version in listed.values():
            for fetch in timeline.of(segment.url):
                took = fetch.at - fetch.asked
                if fetch.is_good and fetch.asked >= version.fetch.at and took > LONGEST * max(segment.duration, 1.0):
                    yield Finding(fetch, "takes longer to come than it lasts", round(took, 2), segment.duration)


def _fetched(timeline: Timeline) -> Iterator[tuple[Rendition, Segment, Fetch]]:
    for one in timeline.renditions:
        for segment in one.segments:
            fetch = timeline.first_good(segment.url)
            if fetch is not None:
                yield one, segment, fetch
