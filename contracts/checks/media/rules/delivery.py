"""Blocking reload, delta updates and rendition reports: RFC 8216bis section 6.2.5 and appendix B.1."""

from collections.abc import Iterator

from offair.contracts.checks.media.playlists import MediaPlaylist, says
from offair.contracts.checks.media.rule import SLACK, Finding, rule, short
from offair.contracts.checks.media.tags import decimal, integer
from offair.contracts.checks.media.timeline import Rendition, Timeline

OFF = 0.05  # seconds of rounding that durations which are added up may come to
BAD_REQUEST = 400
PATIENCE = 3  # target durations that a server may block for


@rule("ll/blocks", "RFC 8216bis section 6.2.5.2")
def blocks(timeline: Timeline) -> Iterator[Finding]:
    """A blocking reload is answered once the playlist has what was asked for."""
    for one in timeline.renditions:
        for playlist in (*one.versions, *one.deltas):
            asked = _wanted(playlist)
            if asked is not None and not playlist.is_over and not _holds(playlist, *asked):
                yield Finding(
                    playlist.fetch, "answers a blocking reload without what it asked for", playlist.last, asked
                )


@rule("ll/refuses", "RFC 8216bis section 6.2.5.2", strength="should")
def refuses(timeline: Timeline) -> Iterator[Finding]:
    """A blocking reload for what is far ahead is refused with 400."""
    for one in timeline.renditions:
        newest = max(playlist.last[0] for playlist in one.versions)
        for fetch in timeline.of(one.url):
            asked = integer(fetch.directives.get("_HLS_msn"))
            is_ended = says(fetch, "EXT-X-ENDLIST")
            if asked is not None and asked > newest + 2 and fetch.status != BAD_REQUEST and not is_ended:
                yield Finding(fetch, f"does not refuse to wait for segment {asked}", fetch.status, BAD_REQUEST)


@rule("ll/blocks-in-time", "RFC 8216bis section 6.2.5.2", strength="should")
def blocks_in_time(timeline: Timeline) -> Iterator[Finding]:
    """A blocking reload is answered within three target durations, if need be with 503."""
    for one in timeline.renditions:
        for fetch in timeline.of(one.url):
            took = fetch.at - fetch.asked
            if "_HLS_msn" in fetch.directives and one.target and took > PATIENCE * one.target + SLACK:
                yield Finding(fetch, "is blocked for too long", round(took, 2), PATIENCE * one.target)


@rule("ll/refuses-part-alone", "RFC 8216bis section 6.2.5.2")
def refuses_part_alone(timeline: Timeline) -> Iterator[Finding]:
    """A request with _HLS_part and no _HLS_msn is refused with 400."""
    for one in timeline.renditions:
        for fetch in timeline.of(one.url):
            is_alone = "_HLS_part" in fetch.directives and "_HLS_msn" not in fetch.directives
            is_over = says(fetch, "EXT-X-ENDLIST")
            if is_alone and fetch.status != BAD_REQUEST and not is_over:
                yield Finding(fetch, "does not refuse a part of no segment", fetch.status, BAD_REQUEST)


@rule("ll/over-ignores", "RFC 8216bis sections 6.2.5.1 and 6.2.5.2")
def over_ignores(timeline: Timeline) -> Iterator[Finding]:
    """Once there is an EXT-X-ENDLIST, delivery directives are ignored."""
    for one in timeline.renditions:
        over = next((version.fetch.at for version in one.versions if version.is_over), None)
        for fetch in timeline.of(one.url):
            is_late = over is not None and fetch.directives and fetch.asked >= over
            if is_late and (not fetch.is_good or says(fetch, "EXT-X-SKIP")):
                yield Finding(fetch, "does not ignore the directives of a playlist that is over", fetch.status, 200)


@rule("ll/delta", "RFC 8216bis sections 4.4.5.2 and 6.2.5.1")
def delta(timeline: Timeline) -> Iterator[Finding]:
    """A delta update leaves out only what is older than CAN-SKIP-UNTIL, and says of the rest what a whole one does."""
    for one in timeline.renditions:
        whole = {segment.number: segment for version in one.versions for segment in version.segments}
        for update in one.deltas:
            boundary = decimal(update.control.get("CAN-SKIP-UNTIL"))
            if "_HLS_skip" not in update.fetch.directives:
                yield Finding(update.fetch, "is a delta update that nobody asked for")
            if boundary is not None and update.duration + sum(p.duration for p in update.open_parts) < boundary - OFF:
                yield Finding(
                    update.fetch, "leaves out segments within CAN-SKIP-UNTIL", round(update.duration, 3), boundary
                )
            for segment in update.segments:
                known = whole.get(segment.number, segment)
                for what in ("url", "duration", "stated", "starts_discontinuity", "is_gap"):
                    said, meant = getattr(segment, what), getattr(known, what)
                    if said != meant:
                        message = f"says something else of {short(segment.url)} than a whole playlist ({what})"
                        yield Finding(update.fetch, message, said, meant)


@rule("ll/delta-given", "RFC 8216bis section 6.2.5.1")
def delta_given(timeline: Timeline) -> Iterator[Finding]:
    """Who asks a playlist with CAN-SKIP-UNTIL for a delta update gets one, if there is something to leave out."""
    for one in timeline.renditions:
        for playlist in one.versions:
            boundary = decimal(playlist.control.get("CAN-SKIP-UNTIL"))
            asked = playlist.fetch.directives.get("_HLS_skip") in {"YES", "v2"}
            if asked and boundary is not None and not playlist.is_over:
                oldest = playlist.duration - (playlist.segments[0].duration if playlist.segments else 0.0)
                if oldest > boundary + (playlist.target or 0):
                    yield Finding(playlist.fetch, "is whole although a delta update was asked for", oldest, boundary)


@rule("ll/rendition-reports", "RFC 8216bis section 4.4.5.4 and appendix B.1 (a must of its profile)", strength="should")
def rendition_reports(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with parts reports on every other rendition."""
    others = {one.url for one in timeline.renditions if one.is_low_latency}
    for one, playlist in _versions(timeline):
        missing = others - {one.url} - _reports(playlist).keys()
        if missing and not playlist.is_over:
            yield Finding(
                playlist.fetch, f"has no EXT-X-RENDITION-REPORT on {short(min(missing))}", None, sorted(missing)
            )


@rule("ll/report-true", "RFC 8216bis section 4.4.5.4")
def report_true(timeline: Timeline) -> Iterator[Finding]:
    """A rendition report is as new as the playlist that has it, and not newer than the rendition."""
    known = {
        one.url: [v for v in one.versions if v.parts and not v.is_over and not v.fetch.directives]
        for one in timeline.renditions
    }
    for one in timeline.renditions:
        for old, playlist in ((step.old, step.new) for step in one.steps):
            if old.fetch.body == playlist.fetch.body:
                continue  # it is as old as the one before, and so may its reports be
            for url, place in _reports(playlist).items():
                before = [_place(v) for v in known.get(url, ()) if v.fetch.at <= old.fetch.asked]
                after = [_place(v) for v in known.get(url, ()) if v.fetch.asked >= playlist.fetch.at]
                if before and place < before[-1]:
                    yield Finding(playlist.fetch, f"reports on {short(url)} what was true before", place, before[-1])
                elif after and place > after[0]:
                    yield Finding(playlist.fetch, f"reports on {short(url)} what is not yet true", place, after[0])


def _reports(playlist: MediaPlaylist) -> dict[str, tuple[int, int]]:
    """What a playlist reports on each rendition; what a report leaves out is as in the playlist itself."""
    own = _place(playlist)
    found: dict[str, tuple[int, int]] = {}
    for said in (tag.attributes for tag in playlist.all("EXT-X-RENDITION-REPORT")):
        number, part = integer(said.get("LAST-MSN")), integer(said.get("LAST-PART"))
        if "URI" in said:
            found[playlist.resolve(said["URI"])] = (
                own[0] if number is None else number,
                own[1] if part is None else part,
            )
    return found


def _place(playlist: MediaPlaylist) -> tuple[int, int]:
    """The Media Sequence Number of the last part or segment, and the index of its last part."""
    number, parts = playlist.last
    if parts or not playlist.segments:
        return number + 1, parts - 1
    return number, max(len(playlist.segments[-1].parts) - 1, 0)


def _versions(timeline: Timeline) -> Iterator[tuple[Rendition, MediaPlaylist]]:
    """The whole playlists of renditions that have parts."""
    return ((one, playlist) for one in timeline.renditions if one.is_low_latency for playlist in one.versions)


def _wanted(playlist: MediaPlaylist) -> tuple[int, int | None] | None:
    """The segment, and the part of it, that the request waited for."""
    number = integer(playlist.fetch.directives.get("_HLS_msn"))
    return None if number is None else (number, integer(playlist.fetch.directives.get("_HLS_part")))


def _holds(playlist: MediaPlaylist, number: int, part: int | None) -> bool:
    newest, parts = playlist.last
    return newest >= number or (part is not None and newest == number - 1 and parts > part)
