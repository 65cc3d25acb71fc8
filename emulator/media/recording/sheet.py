"""What a recording's folder says of itself: enough to finish it when nobody remembers how it began."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import msgspec

from offair.emulator.media.packager.plan import PackagePlan, VariantPlan
from offair.emulator.media.packager.rates import wrapped_peak
from offair.emulator.media.packager.shelf import write_whole
from offair.emulator.media.recording.reel import Reel, scan

SHEET = "recording.json"
Reels = Mapping[str, list[Reel]]  # by track, one for each run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How a recording is made up: ``segment`` in seconds, ``zeros`` by run the wall-clock time of time zero.

    ``apart`` names the variants that get an MP4 each. ``peaks`` are the rates in bit/s that tracks have at most, by
    name, where they were known when it began.
    """

    segment: float
    variants: tuple[VariantPlan, ...]
    frame_rates: Mapping[str, float]
    zeros: Mapping[int, float] = field(default_factory=dict)
    peaks: Mapping[str, int] = field(default_factory=dict)
    apart: tuple[str, ...] = ()

    @property
    def tracks(self) -> list[str]:
        """Every track of a variant, once."""
        return list(dict.fromkeys(name for variant in self.variants for name in variant.tracks))

    @property
    def length(self) -> Fraction:
        """The segment length in seconds, exactly."""
        return Fraction(self.segment).limit_denominator(1_000_000)

    def with_run(self, run: int, zero: float) -> "Sheet":
        """Enter a run that has media."""
        return replace(self, zeros={**self.zeros, run: zero})

    def write(self, folder: Path) -> None:
        """Put it into the recording's folder; OSError when that cannot be written."""
        write_whole(folder / SHEET, msgspec.json.encode(self))

    def scan(self, folder: Path) -> Reels:
        """Read every file's index back, and cut off what a kill left half written; OSError when one cannot be read."""
        reels: dict[str, list[Reel]] = {}
        for track in self.tracks:
            reels[track] = []
            for run in range(max(self.zeros, default=-1) + 1):
                path = media_path(folder, track, run)
                reel = scan(path, self.length) if path.is_file() else Reel(self.length)
                if path.is_file() and path.stat().st_size > reel.size:
                    with path.open("r+b") as file:
                        file.truncate(reel.size)
                reels[track].append(reel)
        return reels


def sheet_for(plan: PackagePlan, apart: Sequence[str] = ()) -> Sheet:
    """Make the sheet of a recording that begins."""
    rates = {track.name: float(track.frame_rate) for track in plan.tracks if track.frame_rate}
    peaks = {track.name: peak for track in plan.tracks if (peak := wrapped_peak(track))}
    return Sheet(segment=plan.segment, variants=plan.variants, frame_rates=rates, peaks=peaks, apart=tuple(apart))


def read_sheet(folder: Path) -> Sheet:
    """Read a recording's sheet; OSError or msgspec.DecodeError when there is none."""
    return msgspec.json.decode((folder / SHEET).read_bytes(), type=Sheet)


def media_path(folder: Path, track: str, run: int) -> Path:
    """Say where a track of a run lies."""
    return folder / track / f"{run}.mp4"
