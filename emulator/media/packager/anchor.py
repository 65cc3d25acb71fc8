"""Which moment of the wall clock a run's time zero is: what a date in a playlist is reckoned from. Pure.

An encoder may begin with a burst (ffmpeg's ``-re`` with half a second, a relay with the pictures since its last key
frame), and a transcoder that was slow to start catches up. So the least late fragment tells the time, and it is fixed
when none came that was much less late for a moment: from then on no date may move.
"""

from collections.abc import Callable

STEADY = 0.1  # seconds without a leap, after which the time is fixed
PATIENCE = 0.5  # seconds that are waited for that
LEAP = 0.05  # seconds
EARLY = 0.1  # seconds before its end that a segment may be shown, as encoders do not send evenly
BURST = 5.0  # seconds; who is further ahead of the clock sends a file, or the clock was set: nothing waits for that


class Anchor:
    """Reckons time zero from what comes; ``wall`` gives seconds since the epoch, ``not_before`` is its least."""

    def __init__(self, wall: Callable[[], float], not_before: float) -> None:
        self._wall = wall
        self._not_before = not_before
        self._first = 0.0
        self._marked: float | None = None  # where it was at the last leap
        self._leapt_at = 0.0
        self._asked_at: float | None = None
        self.zero: float | None = None

    def note(self, end: float) -> None:
        """Hear that something has just come that ends then, in seconds of the presentation."""
        now = self._wall()
        zero = now - end
        self.zero = max(zero if self.zero is None else min(zero, self.zero), self._not_before)
        if self._marked is None:
            self._first = self._marked = self.zero
        elif self.zero < self._marked - LEAP:
            self._marked, self._leapt_at = self.zero, now

    def settles(self) -> bool:
        """Say whether it may be fixed by now."""
        now = self._wall()
        self._asked_at = now if self._asked_at is None else self._asked_at
        is_file = self._marked is not None and self._first - self._marked > BURST
        return is_file or now - self._leapt_at >= STEADY or now - self._asked_at >= PATIENCE

    def is_due(self, end: float, zero: float) -> bool:
        """Say whether what ends then may be shown, by a time zero that is fixed."""
        ahead = zero + end - self._wall()
        return ahead <= EARLY or ahead > BURST
