"""How much a second: amounts over a sliding window of real time."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

WINDOW = 5.0  # seconds
MOMENT = 0.1  # seconds that share an entry, so that memory is bounded
STALL = 1.0  # seconds without anything after which the rate falls


class Moment(NamedTuple):
    """What came within a moment: from when to when, and how much."""

    began: float
    ended: float
    amount: float


class Rate:
    """Counts amounts as they come: :attr:`total` for ever, :meth:`per_second` over the last seconds.

    An amount stands for the time since the one before, so while they come the rate is what came after the first
    arrival in the window, by the time from there to the last one: pieces of half a second make no saw teeth. When
    nothing comes any more, the rate falls to 0. One thread adds, any may read.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._moments: deque[Moment] = deque(maxlen=round(WINDOW / MOMENT) + 2)
        self.total = 0.0

    def add(self, amount: float) -> None:
        """Count an amount, now."""
        now = self._monotonic()
        self.total += amount
        last = self._moments[-1] if self._moments else None
        if last and now - last.began < MOMENT:
            self._moments[-1] = Moment(last.began, now, last.amount + amount)
        else:
            self._moments.append(Moment(now, now, amount))

    def per_second(self) -> float:
        """Tell the rate; 0 when nothing came for as long as the window is."""
        now = self._monotonic()
        recent = [moment for moment in tuple(self._moments) if now - moment.ended <= WINDOW]
        if len(recent) < 2:
            return 0.0
        first, *others = recent
        until = others[-1].ended if now - others[-1].ended < STALL else now
        return sum(moment.amount for moment in others) / (until - first.ended)
