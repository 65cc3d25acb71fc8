"""Date ranges, within one playlist and as it changes: RFC 8216 sections 4.3.2.7 and 6.2.1."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import accumulate

from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rule import Finding, rule
from offair.contracts.checks.media.tags import decimal, moment
from offair.contracts.checks.media.timeline import Timeline

DATES = ("START-DATE", "END-DATE")
LENGTHS = ("DURATION", "PLANNED-DURATION")
OFF = 0.001  # seconds that END-DATE may differ from START-DATE plus DURATION: what dates are written in


@rule("hls/daterange", "RFC 8216 section 4.3.2.7; RFC 8216bis section 4.4.5.1")
def daterange(timeline: Timeline) -> Iterator[Finding]:
    """An EXT-X-DATERANGE has an ID, a start that is a date, and an end that fits it, in a playlist with dates."""
    for playlist in _media(timeline):
        known: dict[str, dict[str, str]] = {}
        for tag in playlist.all("EXT-X-DATERANGE"):
            said = known.setdefault(tag.attributes.get("ID", ""), {})
            for message in _wrong(said | dict(tag.attributes), playlist):
                yield Finding(playlist.fetch, f"has an EXT-X-DATERANGE that {message} in line {tag.line}", tag.value)
            said |= tag.attributes


def _wrong(said: Mapping[str, str], playlist: MediaPlaylist) -> Iterator[str]:
    if "ID" not in said:
        yield "has no ID"
    start = moment(said.get("START-DATE"))
    if start is None:
        yield "has no START-DATE that is a date"
    if any(name in said and moment(said[name]) is None for name in DATES[1:]):
        yield "has an END-DATE that is none"
    if any(name in said and decimal(said[name]) is None for name in LENGTHS):
        yield "has a duration that is none, or negative"
    end, lasts = moment(said.get("END-DATE")), decimal(said.get("DURATION"))
    if start is not None and end is not None and (
        end < start or (lasts is not None and abs(start + lasts - end) > OFF)
    ):  # fmt: skip
        yield "ends at another date than it says, or before it begins"
    if said.get("END-ON-NEXT", "YES") != "YES":
        yield "has an END-ON-NEXT other than YES"
    if "END-ON-NEXT" in said and ("CLASS" not in said or "DURATION" in said or "END-DATE" in said):
        yield "says END-ON-NEXT with an end of its own, or without CLASS"
    if not playlist.has("EXT-X-PROGRAM-DATE-TIME") and not playlist.is_delta:
        yield "stands in a playlist without EXT-X-PROGRAM-DATE-TIME"


@rule("hls/daterange-constant", "RFC 8216 section 4.3.2.7; RFC 8216bis section 4.4.5.1")
def daterange_constant(timeline: Timeline) -> Iterator[Finding]:
    """What an EXT-X-DATERANGE says of an ID, none says otherwise, then or later."""
    for one in timeline.renditions:
        known: dict[tuple[str, str], str] = {}
        for playlist in one.versions:
            for said in (tag.attributes for tag in playlist.all("EXT-X-DATERANGE")):
                for name, value in said.items():
                    before = known.setdefault((said.get("ID", ""), name), value)
                    if before != value:
                        yield Finding(
                            playlist.fetch, f"says another {name} of the date range {said.get('ID')}", value, before
                        )


@rule("hls/daterange-kept", "RFC 8216 section 6.2.1")
def daterange_kept(timeline: Timeline) -> Iterator[Finding]:
    """No EXT-X-DATERANGE leaves while a listed segment is within its range."""
    for one in timeline.renditions:
        for old, new in ((step.old, step.new) for step in one.steps):
            there = {tag.attributes.get("ID") for tag in new.all("EXT-X-DATERANGE")}
            dated = sorted((s.wall, s.wall + s.duration) for s in new.segments if s.wall is not None)
            begins, latest = [begin for begin, _ in dated], list(accumulate((end for _, end in dated), max))
            for name, (start, end) in _ranges(old).items():
                before = bisect_left(begins, end)  # so many segments begin before the range is over
                if name not in there and before and start < latest[before - 1]:
                    yield Finding(new.fetch, "lost a date range that a listed segment is within", name)


def _ranges(playlist: MediaPlaylist) -> dict[str, tuple[float, float]]:
    """Each date range with a known start; one that does not say where it ends is a moment."""
    merged: dict[str, dict[str, str]] = {}
    for said in (tag.attributes for tag in playlist.all("EXT-X-DATERANGE") if "ID" in tag.attributes):
        merged.setdefault(said["ID"], {}).update(said)
    found: dict[str, tuple[float, float]] = {}
    for name, said in merged.items():
        start, end = moment(said.get("START-DATE")), moment(said.get("END-DATE"))
        if start is not None:
            lasts = decimal(said.get("DURATION")) or decimal(said.get("PLANNED-DURATION")) or OFF
            found[name] = (start, start + lasts if end is None else end)
    return found


def _media(timeline: Timeline) -> Iterator[MediaPlaylist]:
    return (playlist for one in timeline.renditions for playlist in (*one.versions, *one.deltas))
