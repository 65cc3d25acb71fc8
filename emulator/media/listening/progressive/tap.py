"""One reader of a running stream, and how far it may fall behind."""

import queue
from collections.abc import Callable, Iterator, Sequence

from offair.emulator.media.listening.progressive.mux import Placed

LONGEST_LAG = 5.0  # seconds of media that may wait for a reader
LARGEST_LAG = 8 << 20  # bytes
SILENCE = 1.0  # real seconds


class FeedTap:
    """Gives an init section and then fragments, until the broadcast is over or the reader is dropped.

    After each second without a fragment it gives nothing (``b""``), so that the reader can look after its connection.
    One thread pushes, one reads. ``first`` is what there is since the last key frame; the reader's time begins with it.
    ``now`` is where the stream is, in seconds. ``sever`` cuts a connection on which the reading thread may be stuck,
    and ``on_close`` hears that nobody reads any more. One that is not counted looks on without being anybody.
    """

    def __init__(
        self,
        init: bytes,
        first: Sequence[Placed],
        now: float,
        *,
        sever: Callable[[], None],
        on_close: Callable[["FeedTap"], None],
        media_type: str = "video/mp4",
        is_counted: bool = True,
    ) -> None:
        self.media_type = media_type
        self.is_counted = is_counted
        self._init = init
        self._zero = min(placed.start for placed in first)
        self._queue: queue.SimpleQueue[tuple[Placed, float] | None] = queue.SimpleQueue()
        self._sever = sever
        self._on_close = on_close
        self._pushed = self._taken = 0  # bytes; the one is written by who pushes alone, the other by who reads
        self._reached = now  # where the reader is
        self._is_over = self._is_cut = False
        for placed in first:  # they are as old as the key frame, which is no fault of the reader's
            self._put(placed, now)

    def push(self, placed: Placed, now: float) -> bool:
        """Hand on a fragment; False when the reader is too far behind to get any more."""
        if self._is_over:
            return True
        if self._pushed - self._taken > LARGEST_LAG or now - self._reached > LONGEST_LAG:
            return False
        self._put(placed, now)
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
        yield self._init
        while not self._is_cut:
            try:
                piece = self._queue.get(timeout=SILENCE)
            except queue.Empty:
                yield b""
                continue
            if piece is None or self._is_cut:
                return
            placed, now = piece
            if placed.start >= self._zero:  # the sound may lag behind the key frame, and is not heard without it
                yield placed.since(self._zero)
            self._taken += len(placed.content)
            self._reached = now

    def close(self) -> None:
        """Read no more; twice is fine."""
        self._on_close(self)

    def _put(self, placed: Placed, now: float) -> None:
        self._pushed += len(placed.content)
        self._queue.put((placed, now))
