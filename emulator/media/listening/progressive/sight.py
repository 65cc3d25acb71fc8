"""What a feed consists of, in words: for whoever has to say it before the first fragment."""

from collections.abc import Sequence
from fractions import Fraction

from offair.emulator.core.showing import Audible, Sight, Visible
from offair.emulator.media.formats.tracks import Track
from offair.emulator.media.listening.progressive.mux import write_init
from offair.emulator.media.listening.progressive.recent import Recent

USUAL = (12, 15, 24, 25, 30, 48, 50, 60)  # what an encoder's milliseconds mean
NEAR = 0.03


def see(tracks: Sequence[Track], kept: Sequence[Recent], frame_rate: Fraction | None) -> Sight:
    """Describe tracks; where nobody planned a frame rate, the pictures that are kept tell it."""
    video = next((track.video for track in tracks if track.video), None)
    audio = next((track.audio for track in tracks if track.audio), None)
    fps = measure(kept) if frame_rate is None else float(frame_rate)
    return Sight(
        init=write_init(tracks),
        picture=Visible(codec=video.name, width=video.width, height=video.height, fps=fps) if video else None,
        sound=Audible(codec=audio.name, sample_rate=audio.sample_rate, channels=audio.channels) if audio else None,
    )


def measure(kept: Sequence[Recent]) -> float | None:
    """Count pictures a second; None without any. A rate that is next to a usual one is that one."""
    pictures = [recent for recent in kept if recent.kind == "video"]
    seconds = float(sum(recent.end - recent.start for recent in pictures))
    if seconds <= 0:
        return None
    fps = sum(len(recent.fragment.samples) for recent in pictures) / seconds
    return next((float(usual) for usual in USUAL if abs(fps - usual) < NEAR * usual), round(fps, 2))
