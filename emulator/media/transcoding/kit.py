"""What everybody in this room works with who lets an ffmpeg run, measures, waits, or writes down what happened."""

from dataclasses import dataclass

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.media.transcoding.ffmpeg import Choice


@dataclass(frozen=True, kw_only=True)
class Kit:
    """The ffmpeg that was chosen, the clock, the journal, and what a user may wish of all media.

    ``profile`` is the media profile, ``stale_after`` how long an encoder may be silent, in real seconds.
    """

    choice: Choice
    clock: Clock
    journal: Journal
    profile: str
    stale_after: float
