"""What a media segment turns out to be: a few facts, read from its container's headers."""

from dataclasses import dataclass
from typing import Literal

Container = Literal["fmp4", "ts", "unknown"]
SYNC_BYTE = 0x47
PACKET = 188


class UnreadableError(ValueError):
    """The bytes break off or contradict themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFacts:
    """One track in one segment; times in seconds on the media's own timeline.

    ``start`` is the earliest presentation time, ``end`` the latest plus that frame's duration, ``decode`` the first
    decoding time. ``starts_with_key`` is None where that cannot be told (or makes no sense, as for sound); ``has_key``
    says that there is a key frame anywhere, ``is_closed`` that none of its pictures needs one from before, where the
    coded pictures tell. ``codec`` is its name in CODECS (RFC 6381), ``size`` a picture's width and
    height, as far as they can be read. ``counters`` are the first and last continuity counter, in MPEG-TS.
    """

    kind: Literal["video", "audio", "other"]
    start: float
    end: float
    decode: float
    frames: int
    starts_with_key: bool | None = None
    has_key: bool | None = None
    is_closed: bool | None = None
    codec: str | None = None
    size: tuple[int, int] | None = None
    counters: tuple[int, int] | None = None

    @property
    def dependence(self) -> str | None:
        """Why what it holds cannot all be decoded alone, as a predicate; None where it can, or nobody knows."""
        if self.starts_with_key is False:
            return "begins with no key frame"
        return "begins with an open group of pictures" if self.is_closed is False else None

    @property
    def rate(self) -> float | None:
        """Frames a second; None for less than two frames."""
        lasts = self.end - self.start
        return self.frames / lasts if self.frames > 1 and lasts > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """One segment. ``has_tables`` says that MPEG-TS has a PAT and a PMT, and fMP4 a header of its own.

    ``begins_with_tables`` says that they are the first packets, ``programs`` how many the PAT has, ``clock_gap`` how
    many seconds lie between two of its clock references at most, where there are several. ``odd`` is what the
    standard forbids in a fragment that can be read all the same.
    """

    container: Container
    tracks: tuple[TrackFacts, ...] = ()
    has_tables: bool = False
    begins_with_tables: bool = False
    programs: int = 1
    clock_gap: float | None = None
    odd: tuple[str, ...] = ()
    flaw: str | None = None

    @property
    def main(self) -> TrackFacts | None:
        """The track that the segment is timed by: the first video, else the first of any kind."""
        return next((track for track in self.tracks if track.kind == "video"), next(iter(self.tracks), None))

    @property
    def duration(self) -> float | None:
        """The main track's seconds; None where MPEG-TS does not tell: of sound, and of a single picture."""
        if self.main is None or (self.container == "ts" and (self.main.kind != "video" or self.main.frames < 2)):
            return None
        return self.main.end - self.main.start
