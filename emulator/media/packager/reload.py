"""What a player asks of a low-latency playlist: to be held until it has something, and to leave out what is known.

Source: draft-pantos-hls-rfc8216bis, 6.2.5 (delivery directives) and appendix B.1. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from offair.emulator.media.packager.hls import MediaPlaylist

MSN, PART, SKIP = "_HLS_msn", "_HLS_part", "_HLS_skip"
FURTHEST = 2  # segments beyond the last one for which a player may ask
PARTS_AHEAD = 3  # seconds of parts, likewise: the Advance Part Limit
PATIENCE = 3  # target durations for which a request is held


class BadDirectivesError(ValueError):
    """The directives make no sense for this playlist; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directives:
    """``sequence`` and ``part`` name what the playlist must have; None for the whole segment, and for no wish."""

    sequence: int | None = None
    part: int | None = None
    wants_delta: bool = False

    def check(self, playlist: MediaPlaylist) -> None:
        """Raise BadDirectivesError for what is too far ahead of a playlist."""
        if self.sequence is None or playlist.is_over or playlist.low_latency is None:
            return
        edge = _edge(playlist)
        if self.sequence > edge[0] - 1 + FURTHEST:
            raise BadDirectivesError(
                f"{MSN}={self.sequence} is too far ahead: the last segment is {edge[0] - 1}, "
                f"and {FURTHEST} more may be asked for"
            )
        target = playlist.low_latency.part_target
        ahead = ceil(PARTS_AHEAD / target) if Fraction(0) < target < 1 else PARTS_AHEAD
        if self.sequence == edge[0] and self.part is not None and self.part > edge[1] - 1 + ahead:
            raise BadDirectivesError(
                f"{PART}={self.part} is too far ahead: segment {edge[0]} has {edge[1]} parts, "
                f"and {ahead} more may be asked for"
            )

    def is_met_by(self, playlist: MediaPlaylist) -> bool:
        """Say whether the playlist has what was asked for; one that is over has all that there will ever be.

        A part beyond a segment's last is the first part of the segment after it.
        """
        if self.sequence is None or playlist.is_over or playlist.low_latency is None:
            return True
        whole, parts = _edge(playlist)
        if self.part is None or self.sequence < whole - 1:
            return self.sequence < whole
        if self.sequence == whole:
            return self.part < parts
        if self.sequence > whole:
            return False
        last = playlist.segments[playlist.whole - 1] if playlist.whole else None
        return last is None or self.part < len(last.parts) or parts > 0


def read_directives(query: Mapping[str, str]) -> Directives:
    """Read the directives of a query; BadDirectivesError for those that contradict the specification."""
    sequence, part = _number(query, MSN), _number(query, PART)
    if part is not None and sequence is None:
        raise BadDirectivesError(f"{PART} needs {MSN}: of which segment is it?")
    skip = query.get(SKIP)
    if skip not in {None, "YES", "v2"}:
        raise BadDirectivesError(f"{SKIP} is YES or v2, not {skip!r}")
    return Directives(sequence=sequence, part=part, wants_delta=skip is not None)


def _edge(playlist: MediaPlaylist) -> tuple[int, int]:
    """Give the number of the segment that is not whole yet, and how many parts it has."""
    whole = playlist.whole
    is_open = whole < len(playlist.segments)
    return playlist.sequence + whole, len(playlist.segments[-1].parts) if is_open else 0


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 20:  # 64 bits
        raise BadDirectivesError(f"{name} is a whole number, not {text[:40]!r}")
    return int(text)
