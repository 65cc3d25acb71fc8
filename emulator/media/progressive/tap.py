"""One reader of a running stream, and how far it may fall behind."""

import queue
from collections.abc import Callable, Iterator, Sequence

LONGEST_LAG = 5.0  # seconds of media that may wait for a reader
LARGEST_LAG = 8 << 20  # bytes


class Tap:
    """Gives an init section and then fragments, until the broadcast is over or the reader is dropped.

    One thread pushes, one reads; ``sever`` cuts a connection on which the reading thread may be stuck, and
    ``on_close`` hears once that nobody reads any more. Times are seconds on the stream's own line.
    """

    def __init__(
        self, first: Sequence[bytes], now: float, *, sever: Callable[[], None], on_close: Callable[["Tap"], None]
    ) -> None:
        self._queue: queue.SimpleQueue[tuple[bytes, float] | None] = queue.SimpleQueue()
        self._sever = sever
        self._on_close = on_close
        self._pushed = self._taken = 0  # bytes; the one is written by who pushes alone, the other by who reads
        self._reached = now  # where the reader is
        self._is_over = self._is_cut = False
        for content in first:  # they are as old as the key frame, which is no fault of the reader's
            self.push(content, now)

    def push(self, content: bytes, now: float) -> bool:
        """Hand on a piece; False when the reader is too far behind to get any more."""
        if self._is_over:
            return True
        if self._pushed - self._taken > LARGEST_LAG or now - self._reached > LONGEST_LAG:
            return False
        self._pushed += len(content)
        self._queue.put((content, now))
        return True

    def end(self) -> None:
        """Let nothing follow; what waits is still read."""
        self._is_over = True
        self._queue.put(None)

    def cut(self) -> None:
        """End it at once, whatever waits, and wherever the reading thread is."""
        self._is_cut = True
        self.end()
        self._sever()

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._queue.get()) is not None and not self._is_cut:
            content, now = piece
            yield content
            self._taken += len(content)
            self._reached = max(self._reached, now)

    def close(self) -> None:
        """Read no more; twice is fine."""
        self._on_close(self)
