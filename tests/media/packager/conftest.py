"""A packager on a stage: fed as live encoders would feed it, with a clock that follows the media."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest
from forging import Recording

from offair.emulator.media.packager.packager import Packager
from offair.emulator.media.packager.plan import DashPlan, HlsPlan, PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.packager.shelf import Shelf

FPS = 30  # of the recordings


def track_plan(name: str, *, has_set_keys: bool = True) -> TrackPlan:
    is_sound = name in {"audio", "late"}
    is_planned = is_sound or name == "planned"
    return TrackPlan(
        name=name,
        kind="audio" if is_sound else "video",
        bitrate=96_000 if is_planned else 0,
        peak_bitrate=100_000 if is_planned else 0,
        frame_rate=None if is_sound else Fraction(FPS),
        has_set_keys=has_set_keys and name != "source",
    )


@dataclass
class Studio:
    """A packager, a clock that follows the media, and what was called."""

    folder: Path
    plan: PackagePlan
    broadcast: str = "b1"
    epoch: float = 1_700_000_000.0
    now: float = 1_700_000_000.0
    playable: list[float] = field(default_factory=list)
    troubles: list[OSError] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.folder, on_change=lambda: None, **self.options)
        self.packager = Packager(
            self.plan,
            shelf=self.shelf,
            broadcast=self.broadcast,
            wall=lambda: self.now,
            time_url="http://localhost/time?a=1&b=2",
            on_playable=lambda: self.playable.append(self.now - self.epoch),
            on_trouble=self.troubles.append,
        )

    def play(self, recordings: Mapping[str, Recording], *, until: float = 1e9) -> None:
        """Feed the planned tracks in the order in which a live encoder would have written them."""
        started = self.now
        sinks = self.packager.begin()
        for at, name, content in self.arrivals({name: recordings[name] for name in sinks}):
            if at <= until:
                self.now = max(self.now, started + at)
                sinks[name](content)

    @staticmethod
    def arrivals(recordings: Mapping[str, Recording]) -> list[tuple[float, str, bytes]]:
        """Say what comes when, from a live encoder."""
        arrivals = [arrival for name in recordings for arrival in arrivals_of(recordings[name], name)]
        return sorted(arrivals, key=lambda arrival: arrival[0])

    def text(self, name: str) -> str:
        text = self.shelf.text(name)
        assert text is not None, f"there is no {name}"
        return text

    def has(self, name: str) -> bool:
        return self.shelf.text(name) is not None

    def path(self, name: str) -> str:
        """Put a manifest beside its segments, for a player that opens files."""
        (self.folder / name).write_text(self.text(name))
        return str(self.folder / name)

    def files(self, pattern: str) -> list[str]:
        return sorted(path.name for path in self.folder.glob(pattern))


def arrivals_of(recording: Recording, name: str) -> list[tuple[float, str, bytes]]:
    ends = [fragment.end / recording.track.timescale for fragment in recording.fragments]
    return [(at, name, piece.content) for at, piece in zip([ends[0], *ends], recording.pieces, strict=True)]


@pytest.fixture
def studio(tmp_path) -> Callable[..., Studio]:
    """Make a packager for some recordings: variants as (name, video, audio)."""

    def make(
        *variants: tuple[str, str | None, str | None],
        hls: str | None = "fmp4",
        dash: DashPlan | None = None,
        segment: float = 1.0,
        size: int = 20,
        preserved: int = 0,
        loose: bool = False,
        part: float | None = None,
        **options: object,
    ) -> Studio:
        names = dict.fromkeys(name for _, video, audio in variants for name in (video, audio) if name)
        plan = PackagePlan(
            tracks=tuple(track_plan(name, has_set_keys=not loose) for name in names),
            variants=tuple(VariantPlan(name=name, video=video, audio=audio) for name, video, audio in variants),
            segment=segment,
            hls=HlsPlan(segment_format=hls, playlist_size=size, preserved_segments=preserved, part=part)
            if hls
            else None,
            dash=dash,
        )
        return Studio(tmp_path / "stage", plan, options=options)

    return make
