"""What a packager is asked for: tracks, the variants made of them, and how each protocol is cut."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from offair.emulator.media.formats.tracks import MediaKind

SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
LEAST_PLAYLIST = 3  # a live playlist is never shorter than three target durations: RFC 8216, 6.2.2


def check_name(name: str, what: str) -> None:
    """Let a name pass that is safe as a path component, in a URL and in an MPD's id; raise ValueError otherwise."""
    if not SAFE_NAME.fullmatch(name):
        raise ValueError(
            f"{what} is named {name!r}, which cannot be a folder of its own: use letters, digits, '.', '_' and '-', "
            "and do not begin with '.' or '-'"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPlan:
    """One elementary stream on a pipe of its own; rates in bit/s, 0 where only measuring can tell.

    ``peak_bitrate`` is what a segment of it has at most, before it is wrapped.

    ``has_set_keys`` promises a key frame at every multiple of the segment length, so that a video segment may
    close as soon as it is full, without waiting for the key frame behind it. Say False for what is copied from an
    encoder that we do not control: its pictures are cut at its own key frames, and not on the grid of the others. A
    promise that is broken costs one segment that does not begin with a key frame; from then on the track waits for
    key frames.
    """

    name: str
    kind: MediaKind
    bitrate: int
    peak_bitrate: int
    frame_rate: Fraction | None
    has_set_keys: bool = True

    def __post_init__(self) -> None:
        check_name(self.name, "a track")


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantPlan:
    """One choice in the HLS master playlist, by track names; ``video`` is None for sound alone."""

    name: str
    video: str | None
    audio: str | None

    def __post_init__(self) -> None:
        check_name(self.name, "a variant")
        if self.video is None and self.audio is None:
            raise ValueError(f"the variant {self.name} has neither video nor audio: name a track for it")

    @property
    def tracks(self) -> list[str]:
        """The tracks that it has, the picture first."""
        return [name for name in (self.video, self.audio) if name]


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsPlan:
    """How HLS is cut: ``playlist_size`` segments are listed, ``preserved_segments`` more stay fetchable.

    With ``part``, in seconds, it is low-latency HLS, and segments come in parts of at least that length.
    """

    segment_format: Literal["mpegts", "fmp4"]
    playlist_size: int
    preserved_segments: int
    part: float | None = None

    @property
    def least_listed(self) -> int:
        """How many segments a playlist lists at least."""
        return max(self.playlist_size, LEAST_PLAYLIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class DashPlan:
    """How DASH is cut: ``window`` is the time-shift buffer, ``min_buffer`` the client's, both in seconds."""

    window: float
    min_buffer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePlan:
    """Everything that a packager makes of one publication; ``segment`` is the target length in seconds."""

    tracks: tuple[TrackPlan, ...]
    variants: tuple[VariantPlan, ...]
    segment: float
    hls: HlsPlan | None
    dash: DashPlan | None

    def __post_init__(self) -> None:
        if self.segment <= 0:
            raise ValueError(f"a segment of {self.segment} s cannot be cut: ask for more than 0 s")
        kinds = {track.name: track.kind for track in self.tracks}
        if len(kinds) != len(self.tracks):
            raise ValueError(f"two tracks share a name: {', '.join(track.name for track in self.tracks)}")
        for variant in self.variants:
            for name, kind in ((variant.video, "video"), (variant.audio, "audio")):
                if name is not None and kinds.get(name) != kind:
                    raise ValueError(f"the variant {variant.name} wants the {kind} track {name}, which is not planned")

    def track(self, name: str) -> TrackPlan:
        """Find a track by its name; KeyError when it is not planned."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise KeyError(name)

    @property
    def target(self) -> Fraction:
        """The segment length in seconds, exactly."""
        return _exactly(self.segment)

    @property
    def part(self) -> Fraction | None:
        """The least length of a part in seconds, exactly; None where there are no parts."""
        return _exactly(self.hls.part) if self.hls and self.hls.part else None


def _exactly(seconds: float) -> Fraction:
    return Fraction(seconds).limit_denominator(1_000_000)
