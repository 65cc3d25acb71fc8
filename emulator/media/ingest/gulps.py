"""One tick for all encoders that nobody is in a hurry for: at each, what waits in every socket is read at once.

Their sockets are not polled meanwhile. Telling the poller so many times a second and connection to look and to look
away took a quarter of the loop's time.
"""

import asyncio
import os
from collections.abc import Callable

GULP = 0.2  # seconds between two ticks; to wake costs a single stream more than what is done then
MOST_AT_ONCE = 1 << 20  # bytes of a gulp: 40 Mbit/s; what comes faster waits in the socket, and TCP slows it

Read = Callable[[], bytes | None]  # None where nothing waits
Take = Callable[[bytes], None]


class Gulps:
    """Reads from everybody who joined, in the loop's thread, until they leave; costs nothing while nobody is there.

    All is read before any of it is taken: whoever is woken by the first would get between the reads.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._readers: dict[Read, Take] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._room = memoryview(bytearray(MOST_AT_ONCE))  # one for all: to make it costs more than to copy out of it

    def join(self, read: Read, take: Take) -> None:
        """Have something read and taken at every tick from now on."""
        self._readers[read] = take
        if self._timer is None:
            self._wait()

    def leave(self, read: Read) -> None:
        """Read it no more; twice is fine."""
        self._readers.pop(read, None)
        if not self._readers and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def look(self) -> None:
        """Have everybody read now, and not at the next tick."""
        if self._timer is not None:
            self._timer.cancel()
            self._tick()

    def read(self, descriptor: int) -> bytes:
        """Read what waits in a socket, nothing at its end; BlockingIOError when nothing waits, OSError as it comes."""
        return bytes(self._room[: os.readv(descriptor, [self._room])])

    def _wait(self) -> None:
        now = self._loop.time()
        self._timer = self._loop.call_at(now - now % GULP + GULP, self._tick)

    def _tick(self) -> None:
        self._timer = None
        came = [(take, data) for read, take in tuple(self._readers.items()) if (data := read()) is not None]
        for take, data in came:
            take(data)
        if self._readers and self._timer is None:
            self._wait()
