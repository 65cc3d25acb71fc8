"""From a transcoding profile (``vtrans2-852x480x800x25``) to what an encoder is asked for. Pure."""

import re
from dataclasses import dataclass

from offair.emulator.core.streams import AudioRung, Ladder, VideoRung
from offair.emulator.providers.bintu.nouns import PROFILE, Quality

FORM = re.compile(PROFILE)
OWN_SIZE = (1280, 720)  # what "as input" becomes: the ladder is made before there is any input
OWN_FPS = 25
SOURCE = "source"  # what the media calls the encoder's own pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a profile says; ``kbps`` in kbit/s, None is "as the input has it"."""

    kbps: int
    width: int | None = None
    height: int | None = None
    fps: int | None = None


def read_profile(text: str) -> Recipe:
    """Read a profile; ValueError for another form."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no profile; one looks like vtrans2-852x480x800x25")
    fps = found["fps"] or found["short"]
    return Recipe(
        kbps=int(found["kbps"]),
        width=int(found["width"]) if found["width"] else None,
        height=int(found["height"]) if found["height"] else None,
        fps=int(fps) if fps else None,
    )


def ladder_of(qualities: tuple[Quality, ...]) -> Ladder:
    """Ask for the encoder's own pictures, and a rung for each transcode, with a key frame every second."""
    return Ladder(source=True, video=tuple(_rung(one) for one in qualities if one.profile is not None))


def variant(quality: Quality, media_profile: str) -> str:
    """Say what the media calls a rendition: where nothing is transcoded, each of them is the encoder's own pictures."""
    return SOURCE if quality.index == 0 or media_profile == "passthrough" else quality.rung


def _rung(quality: Quality) -> VideoRung:
    recipe = read_profile(quality.profile or "")
    fps = recipe.fps or OWN_FPS
    return VideoRung(
        name=quality.rung,
        width=_even(recipe.width or OWN_SIZE[0]),
        height=_even(recipe.height or OWN_SIZE[1]),
        fps=fps,
        gop=fps,
        bitrate_kbps=recipe.kbps,
        codec="h264",
        audio=AudioRung(),
        preset="veryfast",
        bframes=0,
    )


def _even(length: int) -> int:
    return max(16, length // 2 * 2)
