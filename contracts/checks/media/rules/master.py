"""A master playlist, and how its renditions go together: RFC 8216 sections 4.3.4 and 6.2.4."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, pairwise

from offair.contracts.checks.media.rule import Finding, rule, shown
from offair.contracts.checks.media.segments import Segment
from offair.contracts.checks.media.tags import integer
from offair.contracts.checks.media.timeline import Rendition, Timeline

APART = 0.1  # seconds that boundaries of one moment may lie apart
SHIFT = 0.25  # seconds that the media's own time stamps may lie apart, encoder delay of sound and all
TOLERATED = 1.1  # of BANDWIDTH: what a peak may be while segments are still being made
MOST_SEGMENTS = 500  # of a run: more within its time are shorter than a picture
MOST_TARGETS, HALF = 1.5, 0.5  # target durations, and seconds of rounding, that a peak is measured over at most
AUDIO_ONLY = ("mp4a", "ac-3", "ec-3", "ac-4", "opus", "Opus", "fLaC", "alac")

Attributes = Mapping[str, str]


@rule("master/bandwidth", "RFC 8216 section 4.3.4.2")
def bandwidth(timeline: Timeline) -> Iterator[Finding]:
    """Every variant has a BANDWIDTH."""
    return _lacking(timeline, "BANDWIDTH", is_wanted=lambda _: True)


@rule("master/codecs", "RFC 8216 section 4.3.4.2", strength="should")
def codecs(timeline: Timeline) -> Iterator[Finding]:
    """Every variant has CODECS."""
    return _lacking(timeline, "CODECS", is_wanted=lambda _: True)


@rule("master/resolution", "RFC 8216 section 4.3.4.2", strength="should")
def resolution(timeline: Timeline) -> Iterator[Finding]:
    """Every variant with video has a RESOLUTION."""
    return _lacking(timeline, "RESOLUTION", is_wanted=_has_video)


@rule("master/frame-rate", "RFC 8216 section 4.3.4.2", strength="should")
def frame_rate(timeline: Timeline) -> Iterator[Finding]:
    """Every variant with video has a FRAME-RATE."""
    return _lacking(timeline, "FRAME-RATE", is_wanted=_has_video)


def _lacking(timeline: Timeline, name: str, *, is_wanted: Callable[[Attributes], bool]) -> Iterator[Finding]:
    for master in timeline.masters:
        for url, said in master.variants:
            if name not in said and is_wanted(said):
                yield Finding(master.fetch, f"the variant {shown(url, timeline.entry)} has no {name}")


def _has_video(said: Attributes) -> bool:
    names = [name.strip() for name in said.get("CODECS", "").split(",") if name.strip()]
    return not names or not all(name.startswith(AUDIO_ONLY) for name in names)


@rule("master/bandwidth-covers", "RFC 8216 section 4.3.4.2, and Apple's HLS Authoring Specification for the tenth",
      strength="should")  # fmt: skip
def bandwidth_covers(timeline: Timeline) -> Iterator[Finding]:
    """BANDWIDTH covers the peak rate of the variant's segments, its dearest renditions included.

    It must, once all segments are made; for what is still live it should, and a tenth is let pass.
    """
    peaks = {one.url: _peak(timeline, one) for one in timeline.renditions} if timeline.masters else {}
    for master in timeline.masters:
        dearest = {group: max(peaks.get(url, 0.0) for url in urls) for group, urls in master.sounds.items()}
        for url, said in master.variants:
            stated = integer(said.get("BANDWIDTH"))
            peak = peaks.get(url, 0.0) + dearest.get(said.get("AUDIO"), 0.0)
            if stated is not None and peak > stated * TOLERATED:
                message = f"the variant {shown(url, timeline.entry)} has a peak rate above its BANDWIDTH"
                yield Finding(master.fetch, message, round(peak), stated)


@rule("master/average-bandwidth", "RFC 8216 section 4.3.4.2")
def average_bandwidth(timeline: Timeline) -> Iterator[Finding]:
    """AVERAGE-BANDWIDTH does not exceed BANDWIDTH."""
    for master in timeline.masters:
        for url, said in master.variants:
            mean, peak = integer(said.get("AVERAGE-BANDWIDTH")), integer(said.get("BANDWIDTH"))
            if mean is not None and peak is not None and mean > peak:
                message = f"the variant {shown(url, timeline.entry)} has an average above its peak"
                yield Finding(master.fetch, message, mean, peak)


@rule("master/one-target", "RFC 8216 section 6.2.4")
def one_target(timeline: Timeline) -> Iterator[Finding]:
    """All renditions have one target duration; only subtitles of type VOD may have another."""
    ones = [one for one in timeline.renditions if one.target and not _is_recorded_text(one)]
    for one in ones[1:]:
        if one.target != ones[0].target:
            yield Finding(
                one.url,
                f"has another target duration than {shown(ones[0].url, timeline.entry)}",
                one.target,
                ones[0].target,
            )


@rule("master/aligned", "RFC 8216 section 6.2.4 (which asks for matching time stamps; players switch at boundaries)",
      strength="should")  # fmt: skip
def aligned(timeline: Timeline) -> Iterator[Finding]:
    """Variants have their segment boundaries at the same moments."""
    ones = [one for one in timeline.renditions if one.kind == "variant" and _is_video(timeline, one)]
    for first, other in pairwise(ones):
        starts = [wall for wall, _ in first.dated]
        for segment in other.segments:
            if segment.wall is None or not starts or not starts[0] - APART <= segment.wall <= starts[-1] + APART:
                continue
            place = bisect_left(starts, segment.wall)
            off = min((start - segment.wall for start in starts[max(place - 1, 0) : place + 1]), key=abs)
            if abs(off) > APART:
                message = (
                    f"segment {segment.number} begins {-off:+.3f} s from any of {shown(first.url, timeline.entry)}"
                )
                yield Finding(other.url, message, round(-off, 3), 0)


@rule("master/timestamps", "RFC 8216 section 6.2.4")
def timestamps(timeline: Timeline) -> Iterator[Finding]:
    """The same moment has the same time stamp in every rendition."""
    for first, other in pairwise(timeline.renditions):
        for segment in other.segments:
            match = _at_same_moment(first, segment)
            pair = [_zero(timeline, one) for one in (match, segment)]
            if pair[0] is None or pair[1] is None:
                continue
            off = pair[0] - pair[1]
            if abs(off) > SHIFT:
                name = shown(first.url, timeline.entry)
                message = f"segment {segment.number} has time stamps {off:+.3f} s off those of {name} for its date"
                yield Finding(other.url, message, round(off, 3), 0)


@rule("master/discontinuities", "RFC 8216 section 6.2.4")
def discontinuities(timeline: Timeline) -> Iterator[Finding]:
    """The same moment has the same discontinuity sequence number in every rendition."""
    for first, other in pairwise(one for one in timeline.renditions if one.kind != "SUBTITLES"):
        for segment in other.segments:
            match = _at_same_moment(first, segment)
            if match is not None and match.discontinuity != segment.discontinuity:
                name = shown(first.url, timeline.entry)
                message = f"segment {segment.number} has another discontinuity number than in {name}"
                yield Finding(other.url, message, segment.discontinuity, match.discontinuity)


def _is_recorded_text(one: Rendition) -> bool:
    return one.kind == "SUBTITLES" and one.last.type == "VOD"


def _at_same_moment(one: Rendition, segment: Segment) -> Segment | None:
    """The segment of another rendition in which the middle of this one is."""
    if segment.wall is None:
        return None
    return one.at(segment.wall + segment.duration / 2)


def _zero(timeline: Timeline, segment: Segment | None) -> float | None:
    """The date at which the media's time stamps are zero."""
    facts = timeline.read(segment) if segment else None
    if segment is None or segment.wall is None or facts is None or facts.main is None:
        return None
    return segment.wall - facts.main.start


def _is_video(timeline: Timeline, one: Rendition) -> bool:
    first = next((facts for segment in one.segments if (facts := timeline.read(segment))), None)
    return first is None or any(track.kind == "video" for track in first.tracks)


def _peak(timeline: Timeline, one: Rendition) -> float:
    """The peak segment bit rate, bit/s: of any run of segments that lasts 0.5 to 1.5 target durations (section 4.1)."""
    peak = 0.0
    for first in range(len(one.segments)) if one.target is not None else ():
        peak = max(peak, _peak_from(timeline, one, first, one.target or 0))
    return peak


def _peak_from(timeline: Timeline, one: Rendition, first: int, target: int) -> float:
    peak, bits, lasts = 0.0, 0, 0.0
    for segment in islice(one.segments, first, first + MOST_SEGMENTS):
        fetch = timeline.first_good(segment.url)
        lasts += segment.duration
        if fetch is None or lasts > MOST_TARGETS * target + HALF:
            break
        bits += 8 * len(fetch.body)
        if lasts >= target / 2 and lasts:
            peak = max(peak, bits / lasts)
    return peak
