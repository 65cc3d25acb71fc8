"""One tick for all encoders that nobody is in a hurry for: at each, what waits in every socket is read at once.

Their sockets are not polled meanwhile. Telling the poller so many times a second and connection to look and to look
away took a quarter of the loop's time.
"""

import asyncio
from collections.abc import Callable

GULP = 0.1  # seconds between two ticks


class Gulps:
    """Calls everybody who joined, in the loop's thread, until they leave; costs nothing while nobody is there."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._readers: dict[Callable[[], None], None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def join(self, read: Callable[[], None]) -> None:
        """Have somebody called at every tick from now on."""
        self._readers[read] = None
        if self._timer is None:
            self._wait()

    def leave(self, read: Callable[[], None]) -> None:
        """Call somebody no more; twice is fine."""
        self._readers.pop(read, None)
        if not self._readers and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        now = self._loop.time()
        self._timer = self._loop.call_at(now - now % GULP + GULP, self._tick)

    def _tick(self) -> None:
        self._timer = None
        for read in tuple(self._readers):
            read()
        if self._readers and self._timer is None:
            self._wait()
