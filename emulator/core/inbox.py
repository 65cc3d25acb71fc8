"""A receiver of hooks for those who have none yet: keeps what it is called with, and answers as it is told to.

Like the journal it is an observation, not state; unlike it, it shows everything, for that is what it is there for.
"""

import threading
from base64 import b64encode
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
    """One call that came: ``at`` in real seconds since the epoch, ``status`` is what it was answered.

    ``base64`` has the exact bytes where they are no UTF-8, so that a signature over them can still be checked.
    """

    number: int
    at: float
    name: str
    query: str
    headers: Mapping[str, str]
    body: str
    base64: str | None
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

    def catch(self, name: str, *, query: str, headers: Mapping[str, str], content: bytes) -> Caught:
        """Keep a call, and give it once it is to be answered."""
        courtesy, body = self.courtesy, content.decode("utf-8", "replace")
        is_text = body.encode() == content
        with self._lock:
            self._number += 1
            caught = Caught(
                number=self._number,
                at=round(self._clock.wall(), 3),
                name=name,
                query=query,
                headers=dict(headers),
                body=body,
                base64=None if is_text else b64encode(content).decode(),
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
        return sum(len(one.body) + len(one.base64 or "") for one in self._caught)
