"""What the segments of a DASH manifest really are: ISO/IEC 23009-1 sections 5.3.3 to 5.3.9 and 6.3."""

from collections.abc import Iterator

from offair.contracts.checks.media.addressing import Slot
from offair.contracts.checks.media.containers import container_of
from offair.contracts.checks.media.facts import SegmentFacts, UnreadableError
from offair.contracts.checks.media.fragments import read_header
from offair.contracts.checks.media.manifests import Representation, length
from offair.contracts.checks.media.rule import Finding, rule
from offair.contracts.checks.media.tags import integer
from offair.contracts.checks.media.timeline import Timeline

OFF = 0.1  # seconds that a segment may differ from its entry
SHIFT = 0.25  # seconds that its time stamps may: edit lists and encoder delay are not undone here
INDEPENDENT = {"1", "2"}  # stream access point types that begin with a key frame


@rule("dash/segment-readable", "ISO/IEC 23009-1 section 6.3.4")
def segment_readable(timeline: Timeline) -> Iterator[Finding]:
    """A segment is what its container's standard says, from its first byte to its last."""
    for url, one, _, facts in _facts(timeline):
        if facts.flaw is not None and one.is_mp4_or_ts:
            yield Finding(url, f"cannot be read: it {facts.flaw}")


@rule("dash/init-valid", "ISO/IEC 23009-1 section 6.3.3")
def init_valid(timeline: Timeline) -> Iterator[Finding]:
    """An initialization segment is a movie header with tracks."""
    for url in dict.fromkeys(one.initialization for _, one, _ in timeline.places if one.is_mp4_or_ts):
        init = timeline.first_good(url)
        if init is None or url is None or container_of(init.body) == "ts":
            continue
        try:
            flaw = None if read_header(init.body) else "has no moov box with tracks"
        except UnreadableError as error:
            flaw = str(error)
        if flaw:
            yield Finding(url, f"is no initialization segment: it {flaw}")


@rule("dash/time-true", "ISO/IEC 23009-1 section 5.3.9.6")
def time_true(timeline: Timeline) -> Iterator[Finding]:
    """A segment begins at the time of its entry."""
    for url, one, slot, facts in _facts(timeline):
        if facts.main is not None and one.has_timeline:
            off = facts.main.start - slot.time / one.timescale
            if abs(off) > SHIFT:
                yield Finding(
                    url, f"begins {off:+.3f} s from the time of its entry", facts.main.start, slot.time / one.timescale
                )


@rule("dash/duration-true", "ISO/IEC 23009-1 section 5.3.9.6; DASH-IF IOP 4.3 section 3.2.7", strength="should")
def duration_true(timeline: Timeline) -> Iterator[Finding]:
    """A segment lasts as long as its entry says."""
    for url, one, slot, facts in _facts(timeline):
        stated = slot.duration / one.timescale
        allowed = OFF if one.has_timeline else stated / 2
        if facts.duration is not None and abs(facts.duration - stated) > allowed:
            yield Finding(
                url, f"lasts {facts.duration:.3f} s, and its entry says {stated:.3f} s", facts.duration, stated
            )


@rule("dash/sap", "ISO/IEC 23009-1 section 5.3.7.2 (@startWithSAP)")
def sap(timeline: Timeline) -> Iterator[Finding]:
    """Where @startWithSAP says 1 or 2, a segment begins with a key frame, and needs nothing from before it."""
    for url, one, _, facts in _facts(timeline):
        message = facts.main.dependence if facts.main else None
        if message and (one.attribute("startWithSAP") or "").strip() in INDEPENDENT:
            yield Finding(url, f"{message}, and startWithSAP says otherwise", one.attribute("startWithSAP"))


@rule("dash/bandwidth-covers", "ISO/IEC 23009-1 sections 5.3.5.2 and 5.3.5.4")
def bandwidth_covers(timeline: Timeline) -> Iterator[Finding]:
    """After MPD@minBufferTime, a channel of @bandwidth brings every segment before it is needed."""
    for url, one, slot, _ in _facts(timeline):
        stated, fetch = integer(one.element.get("bandwidth")), timeline.first_good(url)
        buffer = length(one.manifest.root.get("minBufferTime"))
        if stated is None or fetch is None or buffer is None:
            continue
        bits, room = 8 * len(fetch.body), stated * (slot.duration / one.timescale + buffer)
        if bits > room:
            yield Finding(url, f"is too large for the bandwidth of {one.id}", bits, round(room))


@rule("dash/codecs-true", "ISO/IEC 23009-1 section 5.3.7.2; RFC 6381")
def codecs_true(timeline: Timeline) -> Iterator[Finding]:
    """A Representation's codecs are those of its segments."""
    for url, one, _, facts in _facts(timeline):
        stated = one.attribute("codecs") or ""
        names = {name.strip().partition(".")[0][:4].lower() for name in stated.split(",")}
        for track in facts.tracks if stated else ():
            if track.codec and track.codec.partition(".")[0].lower() not in names:
                yield Finding(url, f"is of another codec than {one.id} says", track.codec, stated)


@rule("dash/codecs-exact", "ISO/IEC 23009-1 section 5.3.7.2; RFC 6381 section 3.3", strength="should")
def codecs_exact(timeline: Timeline) -> Iterator[Finding]:
    """A Representation's codecs have the profile and level that the video's own headers have."""
    for url, one, _, facts in _facts(timeline):
        names = [name.strip().lower() for name in (one.attribute("codecs") or "").split(",")]
        for track in facts.tracks:
            name = (track.codec or "").lower()
            alike = [stated for stated in names if name and stated.partition(".")[0] == name.partition(".")[0]]
            if track.kind == "video" and alike and name not in alike:
                yield Finding(url, f"has another profile or level than {one.id} says", track.codec, alike[0])


@rule("dash/resolution-true", "ISO/IEC 23009-1 section 5.3.7.2", strength="should")
def resolution_true(timeline: Timeline) -> Iterator[Finding]:
    """@width and @height are those of the pictures."""
    for url, one, _, facts in _facts(timeline):
        stated = integer(one.attribute("width")), integer(one.attribute("height"))
        for track in facts.tracks:
            if track.size and None not in stated and track.size != stated:
                yield Finding(url, f"has pictures of another size than {one.id} says", track.size, stated)


def _facts(timeline: Timeline) -> Iterator[tuple[str, Representation, Slot, SegmentFacts]]:
    for url, one, slot in timeline.places:
        facts = timeline.facts(url, one.initialization)
        if facts is not None:
            yield url, one, slot, facts
