"""What was made a moment ago, and everybody gets who comes in now."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import MediaKind
from offair.emulator.media.listening.progressive.mux import Placed, place


@dataclass(frozen=True, kw_only=True)
class Recent:
    """A fragment of a feed; it ends, and the feed is, at these seconds of the feed's line.

    ``number`` is its track's and ``sequence`` its own; it begins at ``time``, in ticks. Its bytes are made for the
    first who takes them: most feeds nobody looks on at.
    """

    fragment: Fragment
    number: int
    sequence: int
    time: int
    end: Fraction
    now: float

    @property
    def kind(self) -> MediaKind:
        """What its track is."""
        return self.fragment.track.kind

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.fragment.content)

    @property
    def start(self) -> Fraction:
        """When it begins, in seconds of the feed's line."""
        return Fraction(self.time, self.fragment.track.timescale)

    @cached_property
    def placed(self) -> Placed:
        """Its bytes as everybody gets them."""
        return place(self.fragment, number=self.number, sequence=self.sequence, time=self.time)
