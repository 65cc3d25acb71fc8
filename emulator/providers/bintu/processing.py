"""What is kept of a stream's broadcasts: from steps of its renditions to what the media is asked for. Pure."""

from collections.abc import Iterable, Sequence

from offair.emulator.core.streams import Capture, Motion
from offair.emulator.providers.bintu.nouns import Keeping, Quality

REC, REPLAY, THUMBS, CLIP = "rec", "replay", "thumbs", "motionclip"
OFTEN, SHORT = 10, 5  # seconds where nobody says: the documented samples


def capture_of(all_steps: Iterable[Sequence[Keeping]], *, is_recorded: bool = False) -> Capture:
    """Ask for what any rendition keeps: a recording holds all of them. ``is_recorded`` has the encoder's own word."""
    steps = [step for some in all_steps for step in some]
    kinds = {step.kind for step in steps}
    clips = [step for step in steps if step.kind == CLIP]
    return Capture(
        recording=is_recorded or REC in kinds,
        replay=REPLAY in kinds,
        thumbnails=min((float(step.interval or OFTEN) for step in steps if step.kind == THUMBS), default=None),
        motion=Motion(interval=float(clips[0].interval or OFTEN), duration=float(clips[0].duration or SHORT))
        if clips
        else None,
    )


def has_own_recording(quality: Quality) -> bool:
    """Say whether a recorded broadcast has an MP4 of this rendition: the encoder's own, and those that ask for it."""
    return not quality.index or any(step.kind == REC for step in quality.steps)


def spread(wanted: Sequence[Sequence[Keeping]], count: int) -> list[tuple[Keeping, ...]]:
    """Give each of so many renditions its steps; one list alone is for all of them."""
    if len(wanted) == 1:
        return [tuple(wanted[0])] * count
    return [tuple(wanted[place]) if place < len(wanted) else () for place in range(count)]
