"""Playlists (RFC 8216, and its successor's parts), rewritten line by line as faults say. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from offair.emulator.core.faults.players import ANY, PlaybackFault

GAP_VERSION = 8  # what EXT-X-GAP asks for: RFC 8216bis, section 8
# the tags that belong to the segment whose URI follows, not to the playlist (RFC 8216, 4.3.2, and 8216bis, 4.4.4)
SEGMENT_TAG = re.compile(r"#EXT(INF|-X-(BYTERANGE|DISCONTINUITY|KEY|MAP|PROGRAM-DATE-TIME|GAP|BITRATE|PART))(:|$)")
# what may stand behind the last segment and already belongs to the next
NEXT_TAG = re.compile(r"#EXT-X-(DISCONTINUITY|MAP|PROGRAM-DATE-TIME|PART|PRELOAD-HINT)(:|$)")
DISCONTINUITY = "#EXT-X-DISCONTINUITY"
CODECS = re.compile(r'CODECS="(?P<first>[^",]*)')


@dataclass(frozen=True, slots=True)
class SegmentLines:
    """A segment's lines, from its first tag to its URI; ``number`` is its media sequence number."""

    number: int
    lines: list[str]


def rewrite_playlist(text: str, faults: Sequence[PlaybackFault]) -> str:
    """Let a media playlist tell gaps and discontinuities that the faults ask for, and keep quiet about others."""
    head, entries, tail = _parse(text.splitlines())
    for fault in faults:
        if fault.kind == "gap":
            missing = [entry for entry in entries if fault.covers(entry.number)]
            for entry in missing:
                _mark_gap(entry)
            if missing:
                _raise_version(head)
        elif fault.announced:
            first = _number_in(head, "#EXT-X-MEDIA-SEQUENCE")
            _add_to_discontinuity_sequence(head, sum(map(fault.covers, range(first))))
            for entry in entries:
                if fault.covers(entry.number) and DISCONTINUITY not in entry.lines:
                    entry.lines.insert(0, DISCONTINUITY)
        else:
            head[:] = [line for line in head if not line.startswith(f"{DISCONTINUITY}-SEQUENCE")]
            for entry in entries:
                entry.lines[:] = [line for line in entry.lines if line != DISCONTINUITY]
    lines = [*head, *(line for entry in entries for line in entry.lines), *tail]
    return "\n".join(lines) + "\n"


def rewrite_master(text: str, faults: Sequence[PlaybackFault]) -> str:
    """Let a master playlist name other codecs than the media has: the first of each variant."""
    lines = text.splitlines()
    for fault in faults:
        for at, line in enumerate(lines[:-1]):
            rendition = lines[at + 1].rpartition("/")[0].rpartition("/")[2]
            if line.startswith("#EXT-X-STREAM-INF:") and fault.rendition in {ANY, rendition}:
                lines[at] = CODECS.sub(f'CODECS="{fault.codec}', line)
    return "\n".join(lines) + "\n"


def _parse(lines: Sequence[str]) -> tuple[list[str], list[SegmentLines], list[str]]:
    """Split into what is about the playlist, the segments (the last may have no URI yet), and what stands behind."""
    start = next((at for at, line in enumerate(lines) if SEGMENT_TAG.match(line)), len(lines))
    head = list(lines[:start])
    number = _number_in(head, "#EXT-X-MEDIA-SEQUENCE") + _skipped(head)
    entries: list[SegmentLines] = []
    pending: list[str] = []
    for line in lines[start:]:
        pending.append(line)
        if line and not line.startswith("#"):
            entries.append(SegmentLines(number + len(entries), pending))
            pending = []
    behind = next((at for at, line in enumerate(pending) if not NEXT_TAG.match(line)), len(pending))
    if behind:
        entries.append(SegmentLines(number + len(entries), pending[:behind]))
    return head, entries, pending[behind:]


def _mark_gap(entry: SegmentLines) -> None:
    """Mark a segment, and its parts, as absent (8216bis, 4.4.4.7 and 4.4.4.9)."""
    for at, line in enumerate(entry.lines):
        if line.startswith("#EXT-X-PART:") and "GAP=YES" not in line:
            entry.lines[at] = f"{line},GAP=YES"
    lasts = next((at for at, line in enumerate(entry.lines) if line.startswith("#EXTINF")), None)
    if lasts is not None and "#EXT-X-GAP" not in entry.lines:
        entry.lines.insert(lasts, "#EXT-X-GAP")


def _raise_version(head: list[str]) -> None:
    for at, line in enumerate(head):
        if line.startswith("#EXT-X-VERSION:"):
            head[at] = f"#EXT-X-VERSION:{max(int(line.partition(':')[2]), GAP_VERSION)}"


def _add_to_discontinuity_sequence(head: list[str], count: int) -> None:
    """Count the discontinuities that left with their segments (RFC 8216, 4.3.3.3)."""
    if not count:
        return
    for at, line in enumerate(head):
        if line.startswith(f"{DISCONTINUITY}-SEQUENCE:"):
            head[at] = f"{DISCONTINUITY}-SEQUENCE:{int(line.partition(':')[2]) + count}"
            return
    head.append(f"{DISCONTINUITY}-SEQUENCE:{count}")


def _skipped(head: Sequence[str]) -> int:
    return sum(int(found[1]) for line in head if (found := re.match(r"#EXT-X-SKIP:.*?SKIPPED-SEGMENTS=(\d+)", line)))


def _number_in(head: Sequence[str], tag: str) -> int:
    return next((int(line.partition(":")[2]) for line in head if line.startswith(f"{tag}:")), 0)
