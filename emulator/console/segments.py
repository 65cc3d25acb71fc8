"""The segments of a stream among what else happened to it: read from its playlists, a line for those in a row. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SEQUENCE = re.compile(r"^#EXT-X-MEDIA-SEQUENCE:(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A segment that a playlist lists: its ``number`` there, when it began by the wall, and how many seconds it lasts.

    One that is ``missing`` is a gap; one that ``breaks`` stands behind a discontinuity.
    """

    number: int
    at: float
    seconds: float
    missing: bool = False
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Footage:
    """Segments in a row between which nothing else happened, oldest first."""

    segments: Sequence[Listed]

    @property
    def at(self) -> float:
        """When the last of them began."""
        return self.segments[-1].at

    @property
    def words(self) -> str:
        """Say which they are and how long: ``segments 3 to 7: 5 of 2 s``."""
        first, last = self.segments[0], self.segments[-1]
        lengths = sorted({round(one.seconds, 2) for one in self.segments})
        long = f"{lengths[0]:g}" if len(lengths) == 1 else f"{lengths[0]:g} to {lengths[-1]:g}"
        if len(self.segments) == 1:
            return f"segment {first.number}: {long} s{self._flaws}"
        return f"segments {first.number} to {last.number}: {len(self.segments)} of {long} s{self._flaws}"

    @property
    def _flaws(self) -> str:
        gaps, breaks = (sum(getattr(one, name) for one in self.segments) for name in ("missing", "breaks"))
        told = [(gaps, "missing"), (breaks, "after a discontinuity")]
        return "".join(f", {count} {words}" for count, words in told if count)


def listed(playlist: str) -> Iterator[Listed]:
    """Read the segments of a media playlist; none where it does not say when they began (RFC 8216, 4.3.2.6)."""
    sequence = SEQUENCE.search(playlist)
    number, at, seconds = int(sequence[1]) if sequence else 0, None, 0.0
    missing = breaks = False
    for line in playlist.splitlines():
        name, _, value = line.partition(":")
        if name == "#EXTINF":
            seconds = float(value.partition(",")[0])
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            at = datetime.fromisoformat(value).timestamp()
        elif name == "#EXT-X-GAP":
            missing = True
        elif name == "#EXT-X-DISCONTINUITY":
            breaks = True
        elif line and not line.startswith("#"):
            if at is not None:
                yield Listed(number=number, at=at, seconds=seconds, missing=missing, breaks=breaks)
                at += seconds
            number, missing, breaks = number + 1, False, False


def among(entries: Sequence[Mapping[str, Any]], segments: Sequence[Listed]) -> list[Mapping[str, Any] | Footage]:
    """Put segments between the entries of the journal, all newest first; those older than every entry are left out."""
    line: list[Mapping[str, Any] | Footage] = []
    rest = sorted(segments, key=lambda one: one.at)
    for entry in entries:
        since = [one for one in rest if one.at >= entry["at"]]
        if since:
            line.append(Footage(since))
        rest = rest[: len(rest) - len(since)]
        line.append(entry)
    return line
