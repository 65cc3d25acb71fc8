"""Keeping to a cloud's rates while it is judged: who would call too often lets time go by first."""

from collections import deque
from collections.abc import Callable

from offair.contracts.checks.limits import counts, is_countable
from offair.contracts.contract import Contract
from offair.contracts.operation import Operation
from offair.contracts.server.target import Target

MARGIN = 0.05  # seconds: a call is counted when it arrives, and one may travel faster than the last


class Pace:
    """Counts calls by each documented rate, whoever makes them, and waits on the cloud's clock where it is ours."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self._rates = [(term, deque[float](maxlen=term.allowed)) for term in contract.limits if is_countable(term)]
        self._now = target.now
        self._wait: Callable[[float], None] | None = target.advance or target.wait

    def keep(self, operation: Operation) -> None:
        """Wait until the operation may be called again, and count the call; on a target without a clock do nothing."""
        if self._now is None or self._wait is None:
            return
        counting = [(term, calls) for term, calls in self._rates if counts(term, operation)]
        frees = [calls[0] + (term.seconds or 0.0) for term, calls in counting if len(calls) == term.allowed]
        left = max(frees, default=0.0) - self._now()
        if left > -MARGIN and frees:
            self._wait(max(0.0, left) + MARGIN)
        for _, calls in counting:
            calls.append(self._now())
