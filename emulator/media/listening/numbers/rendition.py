"""What one rendition measures: counted from the fragments that came out of the transcoder."""

from collections.abc import Callable

from offair.emulator.core.numbers import RenditionNumbers
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import Track
from offair.emulator.media.listening.numbers.rate import Rate
from offair.emulator.media.listening.numbers.spacing import Spacing


class Meter:
    """Counts one track's fragments, over all runs of the encoder."""

    def __init__(self, name: str, monotonic: Callable[[], float]) -> None:
        self._name = name
        self._track: Track | None = None
        self._frames = Rate(monotonic)
        self._bytes = Rate(monotonic)
        self._spacing = Spacing()

    def describe(self, track: Track) -> None:
        """Hear what the track is, in this run."""
        self._track = track

    def hear(self, fragment: Fragment) -> None:
        """Count a fragment."""
        self._frames.add(len(fragment.samples))
        self._bytes.add(len(fragment.content))
        if fragment.track.video:
            for sample in fragment.samples:
                if sample.is_sync:
                    self._spacing.mark(sample.pts / fragment.track.timescale)

    @property
    def numbers(self) -> RenditionNumbers | None:
        """What was counted; None before the track is known."""
        track = self._track
        if track is None:
            return None
        video, audio = track.video, track.audio
        return RenditionNumbers(
            name=self._name,
            kind=track.kind,
            codec=track.format.name,
            width=video.width if video else None,
            height=video.height if video else None,
            sample_rate=audio.sample_rate if audio else None,
            channels=audio.channels if audio else None,
            fps=round(self._frames.per_second(), 2) if video else None,
            bitrate=round(self._bytes.per_second() * 8),
            frames=int(self._frames.total),
            bytes=int(self._bytes.total),
            key_frame_seconds=self._spacing.seconds,
        )
