"""How much a second: amounts over a sliding window of real time."""

from collections import deque
from collections.abc import Callable

WINDOW = 5.0  # seconds
BUCKET = 0.1  # seconds that share an entry, so that memory is bounded
STALL = 1.0  # seconds without anything after which the rate falls


class Rate:
    """Counts amounts as they come: :attr:`total` for ever, :meth:`per_second` over the last seconds.

    While they come, what came between two arrivals is divided by the time between them, so that pieces of half a
    second make no saw teeth; when nothing comes any more, the rate falls to 0. One thread adds, any may read.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: deque[tuple[float, float]] = deque(maxlen=round(WINDOW / BUCKET) + 2)  # when it began, how much
        self.total = 0.0

    def add(self, amount: float) -> None:
        """Count an amount, now."""
        now = self._monotonic()
        self.total += amount
        if self._buckets and now - self._buckets[-1][0] < BUCKET:
            began, before = self._buckets[-1]
            self._buckets[-1] = began, before + amount
        else:
            self._buckets.append((now, amount))

    def per_second(self) -> float:
        """Tell the rate; 0 when nothing came for as long as the window is."""
        now = self._monotonic()
        recent = [bucket for bucket in tuple(self._buckets) if now - bucket[0] <= WINDOW]
        if len(recent) < 2:
            return 0.0
        (first, _), (last, latest) = recent[0], recent[-1]
        amount = sum(amount for _, amount in recent)
        return (amount - latest) / (last - first) if now - last < STALL else amount / (now - first)
