"""A receiver of hooks for those who have none yet: keeps what it is called with, and answers as it is told to.

Like the journal it is an observation, not state; unlike it, it shows everything, for that is what it is there for.
"""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from offair.emulator.core.clock import Clock

KEPT = 200  # calls
KEPT_BYTES = 4 << 20  # of bodies


@dataclass(frozen=True, slots=True, kw_only=True)
class Courtesy:
    """How the inbox answers: with a ``status``, after a ``delay`` in real seconds."""

    status: int = 200
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One call that came: ``at`` in real seconds since the epoch, ``status`` is what it was answered."""

    number: int
    at: float
    name: str
    query: str
    headers: Mapping[str, str]
    body: str
    status: int


class Inbox:
    """Calls may come from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._caught: deque[Caught] = deque()
        self._number = 0
        self.courtesy = Courtesy()

    def catch(self, name: str, *, query: str, headers: Mapping[str, str], body: str) -> Caught:
        """Keep a call, and give it once it is to be answered."""
        courtesy = self.courtesy
        with self._lock:
            self._number += 1
            caught = Caught(
                number=self._number,
                at=round(self._clock.wall(), 3),
                name=name,
                query=query,
                headers=dict(headers),
                body=body,
                status=courtesy.status,
            )
            self._caught.append(caught)
            while len(self._caught) > KEPT or (len(self._caught) > 1 and self._weigh() > KEPT_BYTES):
                self._caught.popleft()
        self._closing.wait(courtesy.delay)
        return caught

    def caught(self) -> list[Caught]:
        """List what came, oldest first."""
        with self._lock:
            return list(self._caught)

    def clear(self) -> None:
        """Forget what came, and answer as at first."""
        with self._lock:
            self._caught.clear()
            self.courtesy = Courtesy()

    def close(self) -> None:
        """Hold nobody any more; twice is fine."""
        self._closing.set()

    def _weigh(self) -> int:
        return sum(len(one.body) for one in self._caught)
