"""What was made a moment ago, and everybody gets who comes in now."""

from fractions import Fraction
from typing import NamedTuple

from offair.emulator.media.formats.tracks import MediaKind
from offair.emulator.media.listening.progressive.mux import Placed


class Recent(NamedTuple):
    """A fragment of so many ``samples``; it ends, and the feed is, at these seconds of the feed's line."""

    kind: MediaKind
    placed: Placed
    samples: int
    end: Fraction
    now: float
