"""What a master playlist claims of its variants, held to their media; and what they must have in common."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from offair.contracts.checks.media.facts import TrackFacts
from offair.contracts.checks.media.playlists import Master
from offair.contracts.checks.media.rule import Finding, rule, shown
from offair.contracts.checks.media.tags import decimal
from offair.contracts.checks.media.timeline import Timeline

FASTER = 1.1  # times FRAME-RATE: what a segment may show, whose last frame's length is an estimate
SIZE = re.compile(r"\d+x\d+")
NAMED = 4  # characters by which a format is told from another; the rest is profile and level
SIMILAR = {"avc3": "avc1", "hev1": "hvc1", "dvhe": "dvh1", "fLaC": "flac"}  # one codec, two ways to carry it
CONTROLS = "EXT-X-SERVER-CONTROL"

Attributes = Mapping[str, str]


@rule("master/codecs-true", "RFC 8216 sections 4.3.4.2 and 6.2.4")
def codecs_true(timeline: Timeline) -> Iterator[Finding]:
    """CODECS has every format that is in the variant's segments, its renditions' included."""
    for master, url, said, tracks in _variants(timeline):
        names = {_family(name.strip()) for name in said.get("CODECS", "").split(",")}
        for track in tracks if "CODECS" in said else ():
            if track.codec and _family(track.codec) not in names:
                message = f"the variant {shown(url, timeline.entry)} has a format that its CODECS lacks"
                yield Finding(master.fetch, message, track.codec, said["CODECS"])


@rule("master/codecs-exact", "RFC 8216 section 4.3.4.2; RFC 6381 section 3.3", strength="should")
def codecs_exact(timeline: Timeline) -> Iterator[Finding]:
    """CODECS has the profile and level that the video's own headers have."""
    for master, url, said, tracks in _variants(timeline):
        names = [name.strip().lower() for name in said.get("CODECS", "").split(",")]
        for track in tracks:
            family = [name for name in names if track.codec and _family(name) == _family(track.codec)]
            if track.codec and track.kind == "video" and family and not any(_same(track.codec, one) for one in family):
                message = f"the variant {shown(url, timeline.entry)} has another profile or level than its CODECS says"
                yield Finding(master.fetch, message, track.codec, said["CODECS"])


@rule("master/resolution-true", "RFC 8216 section 4.3.4.2", strength="should")
def resolution_true(timeline: Timeline) -> Iterator[Finding]:
    """RESOLUTION is the size of the video's pictures."""
    for master, url, said, tracks in _variants(timeline):
        stated = said.get("RESOLUTION", "")
        for size in {track.size for track in tracks if track.size} if SIZE.fullmatch(stated) else ():
            if f"{size[0]}x{size[1]}" != stated:
                message = f"the variant {shown(url, timeline.entry)} has pictures of another size than it says"
                yield Finding(master.fetch, message, f"{size[0]}x{size[1]}", stated)


@rule("master/frame-rate-true", "RFC 8216 section 4.3.4.2", strength="should")
def frame_rate_true(timeline: Timeline) -> Iterator[Finding]:
    """No segment shows more frames a second than FRAME-RATE says."""
    for master, url, said, tracks in _variants(timeline):
        stated = decimal(said.get("FRAME-RATE"))
        rates = [track.rate for track in tracks if track.kind == "video" and track.rate]
        if stated and rates and max(rates) > stated * FASTER:
            message = f"the variant {shown(url, timeline.entry)} has more frames a second than it says"
            yield Finding(master.fetch, message, round(max(rates), 3), stated)


@rule("master/types-alike", "RFC 8216 section 6.2.4")
def types_alike(timeline: Timeline) -> Iterator[Finding]:
    """If one rendition has an EXT-X-PLAYLIST-TYPE, all have the same."""
    for one, other in pairwise(timeline.renditions):
        kinds = [each.last.type for each in (one, other)]
        if kinds[0] != kinds[1]:
            yield Finding(other.url, f"has another type than {shown(one.url, timeline.entry)}", kinds[1], kinds[0])


@rule("master/dates-alike", "RFC 8216 section 6.2.4")
def dates_alike(timeline: Timeline) -> Iterator[Finding]:
    """If one rendition has dates, all have."""
    dated = {one.url: any(segment.stated is not None for segment in one.segments) for one in timeline.renditions}
    for url, has_dates in dated.items() if any(dated.values()) else ():
        if not has_dates:
            yield Finding(url, "has no EXT-X-PROGRAM-DATE-TIME, and others have")


@rule("master/start-alike", "RFC 8216 section 4.3.5; RFC 8216bis section 4.4.2")
def start_alike(timeline: Timeline) -> Iterator[Finding]:
    """An EXT-X-START that both the master playlist and a media playlist have is the same in both."""
    for master in timeline.masters[-1:]:
        said = master.attributes("EXT-X-START")
        for one in timeline.renditions if master.has("EXT-X-START") else ():
            own = one.last.attributes("EXT-X-START")
            if one.last.has("EXT-X-START") and _start(own) != _start(said):
                yield Finding(one.url, "has another EXT-X-START than the master playlist", dict(own), dict(said))


def _start(said: Attributes) -> tuple[float | None, bool, bool]:
    """An offset, whether it is counted from the end, and whether it is precise."""
    offset = said.get("TIME-OFFSET", "")
    return decimal(offset.removeprefix("-")), offset.startswith("-"), said.get("PRECISE") == "YES"


@rule("master/controls-alike", "RFC 8216bis section 6.2.4")
def controls_alike(timeline: Timeline) -> Iterator[Finding]:
    """If one rendition has EXT-X-SERVER-CONTROL, all have it, with the same attributes and values."""
    for one, other in pairwise(timeline.renditions):
        if one.last.control != other.last.control:
            name = shown(one.url, timeline.entry)
            yield Finding(
                other.url, f"has another {CONTROLS} than {name}", dict(other.last.control), dict(one.last.control)
            )


def _variants(timeline: Timeline) -> Iterator[tuple[Master, str, Attributes, list[TrackFacts]]]:
    """Each variant, with the tracks of its segments and of its audio renditions'."""
    for master in timeline.masters[-1:]:
        sounds = {group: [*_tracks(timeline, urls)] for group, urls in master.sounds.items()}
        for url, said in master.variants:
            yield master, url, said, [*_tracks(timeline, [url]), *sounds.get(said.get("AUDIO"), ())]


def _tracks(timeline: Timeline, urls: Sequence[str]) -> Iterator[TrackFacts]:
    ones = (one for url in urls if (one := timeline.renditions_by_url.get(url)))
    for segment in (segment for one in ones for segment in one.segments):
        facts = timeline.read(segment)
        yield from facts.tracks if facts else ()


def _family(codec: str) -> str:
    name = codec.partition(".")[0][:NAMED]
    return SIMILAR.get(name, name).lower()


def _same(real: str, stated: str) -> bool:
    """The names are equal but for how the samples are carried."""
    return real.partition(".")[2].lower() == stated.partition(".")[2].lower()
