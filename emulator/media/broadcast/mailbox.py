"""What somebody has to hear, in its order: what came while nobody read is read together, and wakes the reader once."""

import queue
import threading
from contextlib import suppress
from typing import Generic, TypeVar

M = TypeVar("M")


class Mailbox(Generic[M]):
    """Messages from any thread to one that reads."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._open: list[M] = []  # the newest, which nobody has read
        self._is_posted = False  # the reader is told of them
        self._lock = threading.Lock()

    def put(self, message: M, *, wakes: bool = True) -> None:
        """Add a message. One that does not wake the reader is read with the next that does, or when it looks."""
        with self._lock:
            self._open.append(message)
            if wakes and not self._is_posted:
                self._is_posted = True
                self._posted.put(None)

    def get(self, timeout: float) -> list[M]:
        """Wait so many seconds for messages, and give all that are there; none when none came."""
        with suppress(queue.Empty):
            self._posted.get(timeout=timeout)
        return self.rest()

    def rest(self) -> list[M]:
        """Give what is there, without waiting."""
        with self._lock:
            messages, self._open, self._is_posted = self._open, [], False
        return messages
