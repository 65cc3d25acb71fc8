"""Lanes: what is of one kind goes in order, one after another, and holds nobody else back."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

WIDTH = 8  # lanes that move at once


class Lanes:
    """Calls ``drive`` with each thing that entered; things in the same lane one after another.

    What it raises goes to ``on_error``, and the lane moves on.
    """

    def __init__(self, drive: Callable[[str], None], on_error: Callable[[Exception], None]) -> None:
        self._drive = drive
        self._on_error = on_error
        self._pool = ThreadPoolExecutor(WIDTH, thread_name_prefix="offair-hooks")
        self._lock = threading.Lock()
        self._lanes: dict[str, deque[str]] = {}

    def enter(self, lane: str, thing: str) -> None:
        """Put a thing at the end of its lane."""
        with self._lock:
            queue = self._lanes.setdefault(lane, deque())
            queue.append(thing)
            is_first = len(queue) == 1
        if is_first:
            self._pool.submit(self._run, lane)

    def close(self) -> None:
        """Begin nothing any more, and wait for what is under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, lane: str) -> None:
        while True:
            try:
                self._drive(self._lanes[lane][0])
            except Exception as error:  # noqa: BLE001 - one thing's failure must not stop what waits behind it
                self._on_error(error)
            with self._lock:
                self._lanes[lane].popleft()
                if not self._lanes[lane]:
                    del self._lanes[lane]
                    return
