"""Low-latency HLS: the parts of RFC 8216bis that RFC 8216 does not have. Judged where there are partial segments."""

from collections.abc import Iterator
from itertools import pairwise

from offair.contracts.checks.media.containers import look
from offair.contracts.checks.media.facts import SegmentFacts
from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rule import CLOSE, Finding, rule, short
from offair.contracts.checks.media.segments import Part, Segment, span
from offair.contracts.checks.media.tags import decimal
from offair.contracts.checks.media.timeline import Rendition, Timeline

FLOOR = 0.85  # of the part target: what a part lasts at least
OFF = 0.05  # seconds that the parts of a segment may differ from it


@rule("ll/part-inf", "RFC 8216bis section 4.4.3.7")
def part_inf(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with EXT-X-PART has EXT-X-PART-INF with a PART-TARGET."""
    for _, playlist in _versions(timeline):
        if playlist.has("EXT-X-PART") and playlist.part_target is None:
            yield Finding(playlist.fetch, "has EXT-X-PART and no PART-TARGET")


@rule("ll/part-covers", "RFC 8216bis section 4.4.4.9")
def part_covers(timeline: Timeline) -> Iterator[Finding]:
    """No part lasts longer than PART-TARGET."""
    for _, playlist in _versions(timeline):
        for part in playlist.parts:
            if playlist.part_target is not None and part.duration > playlist.part_target + CLOSE:
                yield Finding(
                    playlist.fetch, f"{short(part.url)} exceeds PART-TARGET", part.duration, playlist.part_target
                )


@rule("ll/part-not-short", "RFC 8216bis section 4.4.4.9")
def part_not_short(timeline: Timeline) -> Iterator[Finding]:
    """A part lasts 85 % of PART-TARGET, unless it is independent, the last of its segment, or next to a gap."""
    for _, playlist in _versions(timeline):
        least = FLOOR * (playlist.part_target or 0.0) - CLOSE
        for parts in (*(segment.parts for segment in playlist.segments), playlist.open_parts):
            for part, following in pairwise(parts):
                if part.duration < least and not (part.is_independent or part.is_gap or following.is_gap):
                    yield Finding(
                        playlist.fetch, f"{short(part.url)} is shorter than 85 % of PART-TARGET", part.duration, least
                    )


@rule("ll/parts-add-up", "RFC 8216bis section 4.4.4.9")
def parts_add_up(timeline: Timeline) -> Iterator[Finding]:
    """The parts of a segment together last as long as it."""
    for _, playlist in _versions(timeline):
        with_parts = [segment for segment in playlist.segments if segment.parts]
        for place, segment in enumerate(with_parts):
            off = sum(part.duration for part in segment.parts) - segment.duration
            if off > OFF or (off < -OFF and place > 0):  # of the oldest, parts may have left already
                message = f"the parts of segment {segment.number} do not last as long as it"
                yield Finding(playlist.fetch, message, round(off + segment.duration, 3), segment.duration)


@rule("ll/parts-samples", "RFC 8216bis section 3.2")
def parts_samples(timeline: Timeline) -> Iterator[Finding]:
    """The parts of a segment together have the samples of the segment, at the same times."""
    for segment, parts in (pair for one in timeline.renditions for pair in _with_all_parts(one)):
        whole, init = timeline.read(segment), timeline.first_good(segment.map_url)
        pieces = [piece for part in parts if (piece := timeline.first_good(part.url)) is not None]
        if whole is None or len(pieces) < len(parts):
            continue
        together = look(b"".join(piece.body for piece in pieces), init.body if init else None)
        if _samples(together) != _samples(whole):
            yield Finding(segment.url, "has other samples than its parts", _samples(whole), _samples(together))


def _with_all_parts(one: Rendition) -> Iterator[tuple[Segment, list[Part]]]:
    """Each segment with all of its parts, in whatever versions they were listed; none of which some are missing."""
    found: dict[int, dict[str, Part]] = {}
    for part in (part for version in one.versions for part in version.parts):
        found.setdefault(part.number, {}).setdefault(part.url, part)
    for segment in one.segments:
        parts = list(found.get(segment.number, {}).values())
        if parts and abs(sum(part.duration for part in parts) - segment.duration) <= OFF:
            yield segment, parts


def _samples(facts: SegmentFacts) -> list[tuple[str, int, float, float]]:
    """Each track's kind, frames, beginning and end; MPEG-TS does not tell what the last frame of a part lasts."""
    is_told = facts.container == "fmp4"
    return [(t.kind, t.frames, round(t.start, 3), round(t.end, 3) if is_told else 0.0) for t in facts.tracks]


@rule("ll/part-answers", "RFC 8216bis sections 6.2.1 and 6.2.6")
def part_answers(timeline: Timeline) -> Iterator[Finding]:
    """A part that is listed or hinted at can be fetched."""
    for one in timeline.renditions:
        since: dict[tuple[int, str], float] = {}
        until: dict[tuple[int, str], float] = {}
        for playlist in one.versions:
            for key in (*(part.key for part in playlist.parts if not part.is_gap), *_hinted(playlist)):
                since.setdefault(key, playlist.fetch.at)
                until[key] = playlist.fetch.asked
        for (number, url), first in since.items():
            for fetch in timeline.of(url):
                if not fetch.is_good and first <= fetch.asked <= max(until[number, url], first):
                    yield Finding(fetch, "is listed or hinted at, and cannot be fetched", fetch.status, 200)


def _hinted(playlist: MediaPlaylist) -> Iterator[tuple[int, str]]:
    """What the hinted parts will be known by: they follow on the last part, of the segment that is being made."""
    return ((playlist.last[0] + 1, url) for url in playlist.hinted_parts)


@rule("ll/server-control", "RFC 8216bis section 4.4.3.8")
def server_control(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with parts has EXT-X-SERVER-CONTROL."""
    for _, playlist in _versions(timeline):
        if (playlist.parts or playlist.has("EXT-X-PART-INF")) and not playlist.has("EXT-X-SERVER-CONTROL"):
            yield Finding(playlist.fetch, "has parts and no EXT-X-SERVER-CONTROL")


@rule("ll/can-block", "RFC 8216bis sections 2 and 4.4.3.8 (what Low-Latency Mode is made of)", strength="should")
def can_block(timeline: Timeline) -> Iterator[Finding]:
    """A playlist with parts says CAN-BLOCK-RELOAD=YES."""
    for _, playlist in _versions(timeline):
        if playlist.has("EXT-X-SERVER-CONTROL") and playlist.control.get("CAN-BLOCK-RELOAD") != "YES":
            yield Finding(playlist.fetch, "has no CAN-BLOCK-RELOAD", playlist.control.get("CAN-BLOCK-RELOAD"), "YES")


@rule("ll/part-hold-back", "RFC 8216bis section 4.4.3.8")
def part_hold_back(timeline: Timeline) -> Iterator[Finding]:
    """PART-HOLD-BACK is there, and at least twice PART-TARGET."""
    for playlist, stated, target in _hold_backs(timeline):
        if stated is None or stated < 2 * target - CLOSE:
            yield Finding(playlist.fetch, "has no PART-HOLD-BACK of twice PART-TARGET", stated, 2 * target)


@rule("ll/part-hold-back-roomy", "RFC 8216bis section 4.4.3.8", strength="should")
def part_hold_back_roomy(timeline: Timeline) -> Iterator[Finding]:
    """PART-HOLD-BACK is at least three times PART-TARGET."""
    for playlist, stated, target in _hold_backs(timeline):
        if stated is not None and 2 * target - CLOSE <= stated < 3 * target - CLOSE:
            yield Finding(playlist.fetch, "has a PART-HOLD-BACK below three times PART-TARGET", stated, 3 * target)


@rule("ll/can-skip", "RFC 8216bis section 4.4.3.8")
def can_skip(timeline: Timeline) -> Iterator[Finding]:
    """CAN-SKIP-UNTIL is at least six target durations."""
    for _, playlist in _versions(timeline):
        stated = decimal(playlist.control.get("CAN-SKIP-UNTIL"))
        if stated is not None and playlist.target and stated < 6 * playlist.target:
            yield Finding(
                playlist.fetch, "has a CAN-SKIP-UNTIL below six target durations", stated, 6 * playlist.target
            )


@rule("ll/hint-kept", "RFC 8216bis section 4.4.5.3")
def hint_kept(timeline: Timeline) -> Iterator[Finding]:
    """The part that a preload hint promised is the next one that is listed."""
    for one in timeline.renditions:
        for step in one.steps:
            after, hints = _part_after(step.old, step.new), step.old.hinted_parts
            if hints and after is not None and not any(_keeps(after, hint) for hint in hints):
                yield Finding(step.new.fetch, "lists another part than the hint promised", after, hints[0])


def _keeps(url: str, hint: str) -> bool:
    """A part is what was hinted at: it begins there, and a hint may leave open where it ends."""
    (address, first, _), (meant, start, _) = span(url), span(hint)
    return address == meant and (first or 0) == (start or 0)


def _versions(timeline: Timeline) -> Iterator[tuple[Rendition, MediaPlaylist]]:
    """The whole playlists of renditions that have parts."""
    return ((one, playlist) for one in timeline.renditions if one.is_low_latency for playlist in one.versions)


def _hold_backs(timeline: Timeline) -> Iterator[tuple[MediaPlaylist, float | None, float]]:
    for _, playlist in _versions(timeline):
        if playlist.part_target is not None and playlist.has("EXT-X-SERVER-CONTROL"):
            yield playlist, decimal(playlist.control.get("PART-HOLD-BACK")), playlist.part_target


def _part_after(old: MediaPlaylist, new: MediaPlaylist) -> str | None:
    """The URL of the part that comes in the new version after the last one of the old."""
    if not old.parts:
        return None
    keys = [part.key for part in new.parts]
    place = keys.index(old.parts[-1].key) + 1 if old.parts[-1].key in keys else len(keys)
    return keys[place][1] if place < len(keys) else None
