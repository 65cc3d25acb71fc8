"""One time for both tracks: a track begins when its first packet comes, and reports of the sender put that right.

A single report may be late by hundreds of milliseconds (some senders stamp it when they send it), and a sender's clock
may be odd: what the middle of several pairs of reports says is believed.
"""

import statistics
from collections import deque

from offair.emulator.media.ingest.whip.rtcp import SenderReport

HALF = 1 << 31  # RTP timestamps have 32 bits and wrap
PAIRS, FEWEST = 15, 3  # pairs of reports that are remembered, and that it takes
TOGETHER = 0.6  # seconds within which two reports are a pair
TOLERABLE = 0.03  # seconds that sound may be off: less is not seen
IMPLAUSIBLE = 5.0


class TrackClock:
    """One track's RTP clock of so many ticks a second."""

    def __init__(self, ticks: int) -> None:
        self._ticks = ticks
        self._latest: int | None = None
        self._count = 0  # ticks since the first, unwrapped
        self._began = 0.0

    def restart(self) -> None:
        """Begin anew with the next frame: the sender counts from somewhere else."""
        self._latest = None

    def place(self, timestamp: int, now: float) -> float:
        """Say when a frame is shown, in seconds of the clock that ``now`` is of."""
        if self._latest is None:
            self._began, self._count = now, 0
        else:
            self._count += _between(self._latest, timestamp)
        self._latest = timestamp
        return self._began + self._count / self._ticks

    def lead(self, report: SenderReport) -> float | None:
        """Say how far the sender's clock is ahead of where we put its media; None before its first frame."""
        if self._latest is None:
            return None
        count = self._count + _between(self._latest, report.timestamp)
        return report.wall - (self._began + count / self._ticks)


class LipSync:
    """How many seconds the sound has to move so that it fits the pictures."""

    def __init__(self) -> None:
        self._leads: dict[str, tuple[float, float]] = {}  # by track, with when it was heard
        self._gaps: deque[float] = deque(maxlen=PAIRS)
        self.shift = 0.0

    def note(self, kind: str, lead: float, now: float) -> None:
        """Take what a report of a track (``video`` or ``audio``) says."""
        self._leads[kind] = lead, now
        if len(self._leads) < 2:
            return
        (sound, sound_at), (picture, picture_at) = self._leads["audio"], self._leads["video"]
        gap = sound - picture
        if abs(sound_at - picture_at) > TOGETHER or abs(gap) > IMPLAUSIBLE:
            return
        self._gaps.append(gap)
        middle = statistics.median(self._gaps)
        if len(self._gaps) >= FEWEST and abs(middle - self.shift) > TOLERABLE:
            self.shift = middle


def _between(one: int, other: int) -> int:
    return (other - one + HALF) % (2 * HALF) - HALF
