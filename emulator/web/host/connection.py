"""One connection: its socket, what waits for room in it, and whose turn it is."""

import select
import selectors
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import Protocol

from offair.emulator.core.clock import FOREVER
from offair.emulator.core.tls import Seal

READ = 1 << 17
NOTHING, WRITE = 0, selectors.EVENT_WRITE


class Side(Protocol):
    """Our side of what is spoken over a connection. All calls come from the thread whose turn it is."""

    def receive(self, data: bytes) -> None:
        """Take what came; the connection knows whether more can."""
        ...

    def go_on(self) -> None:
        """Hear that there is room again: nothing waits to be sent."""
        ...

    def due(self, now: float) -> float:
        """Tell when to be called again if nothing comes, on the monotonic clock."""
        ...

    def expire(self, now: float) -> None:
        """Hear that it is due."""
        ...

    def part(self) -> None:
        """Hear that the connection is gone; twice is fine."""
        ...

    @property
    def listens(self) -> bool:
        """What comes may be read now."""
        ...

    @property
    def is_idle(self) -> bool:
        """Nobody would miss the connection: all that was asked is answered."""
        ...


class Link:
    """A socket that never blocks. Whoever has the turn reads; anybody may write.

    ``is_taken`` while a thread that no longer leads works for it, ``is_held`` when that one said that it waits.
    ``is_done`` when nothing more is said over it, ``is_broken`` when nothing can be, ``is_parted`` when its side knows;
    ``lingers`` when the peer may still be talking, and would lose what it was told if the socket were closed.
    """

    def __init__(self, sock: socket.socket, peer: str, *, seal: Seal | None, monotonic: Callable[[], float]) -> None:
        self.socket, self.peer = sock, peer
        self.side: Side
        self.seal = seal
        self.is_secure = seal is not None
        self.is_taken = self.is_held = self.is_done = self.is_broken = self.has_ended = False
        self.is_parted = self.lingers = False
        self.watched = NOTHING
        self.due = FOREVER
        self._moved_at = self._behind_at = 0.0  # when some of what waits was taken last, and since when there is any
        self._taken = 0  # bytes since then
        self.lock = RLock()
        self._backlog: deque[tuple[memoryview, float]] = deque()
        self.behind = 0
        self._monotonic = monotonic

    @property
    def waits_since(self) -> float:
        """Since when the oldest byte waits for room; FOREVER when none does."""
        with self.lock:
            return self._backlog[0][1] if self._backlog else FOREVER

    @property
    def is_over(self) -> bool:
        """There is no reason to keep it."""
        return self.is_broken or (self.is_done and not self.behind and (not self.lingers or self.has_ended))

    @property
    def wanted(self) -> int:
        """What the loop has to watch for."""
        wanted = NOTHING
        if self.behind:
            wanted = WRITE
        if not self.is_taken and not self.has_ended and self.side.listens:
            wanted |= selectors.EVENT_READ
        return wanted

    def read(self) -> bytes:
        """Give what came, nothing when nothing did; ``has_ended`` when nothing will. OSError when it is broken."""
        try:
            data = self.socket.recv(READ)
        except (BlockingIOError, InterruptedError):
            return b""
        if not data:
            self.has_ended = True
        elif self.seal is not None:
            with self.lock:
                try:
                    data = self.seal.open(data)
                    self.has_ended = self.seal.has_ended
                finally:
                    self._send(self.seal.close(b""))
        return data

    def write(self, *pieces: bytes | memoryview) -> None:
        """Send without waiting, from any thread; what does not fit waits here. OSError when nothing can be sent."""
        with self.lock:
            if self.seal is not None:
                pieces = (self.seal.close(b"".join(pieces)),)
            self._send(*pieces)

    def overdue_at(self, patience: float, rate: float) -> float:
        """Tell when the peer has been too slow, with what waits for it.

        That is ``patience`` seconds without taking a byte; and since something waits, but that ``rate`` bytes that it
        took brought a second.
        """
        with self.lock:
            return patience + min(self._moved_at, self._behind_at + self._taken / rate)

    def flush(self) -> None:
        """Send what waits, as far as there is room."""
        with self.lock:
            before = self.behind
            while self._backlog:
                view, since = self._backlog.popleft()
                try:
                    sent = self.socket.send(view)
                except (BlockingIOError, InterruptedError):
                    sent = 0
                self.behind -= sent
                if sent < len(view):
                    self._backlog.appendleft((view[sent:], since))
                    break
            if self.behind < before:
                self._moved_at = self._monotonic()
                self._taken += before - self.behind

    def pour(self, piece: bytes, patience: float, rate: float) -> None:
        """Send, and wait for room until it is overdue (see above), and then OSError."""
        self.write(piece)
        while self.behind:
            left = self.overdue_at(patience, rate) - self._monotonic()
            if left <= 0:
                raise TimeoutError(f"the reader took next to nothing for {patience:g} s")
            poll = select.poll()
            poll.register(self.socket, select.POLLOUT)
            poll.poll(left * 1000)
            self.flush()

    def break_off(self) -> None:
        """Let nobody read or send any more, from any thread; whoever has the turn finds out."""
        self.is_broken = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def end_sending(self) -> None:
        """Tell the peer that nothing more is sent."""
        with self.lock, suppress(OSError):
            if self.seal is not None:
                self._send(self.seal.goodbye())
            self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of the socket; twice is fine."""
        with self.lock:
            if self.seal is not None and not self.is_broken:
                with suppress(OSError):
                    self.socket.send(self.seal.goodbye())
            self._backlog.clear()
            self.behind = 0
            self.is_done = self.is_broken = True
            self.socket.close()

    def _send(self, *pieces: bytes | memoryview) -> None:
        whole = sum(map(len, pieces))
        sent = 0
        if not self._backlog and whole:
            try:
                sent = self.socket.sendmsg(pieces) if len(pieces) > 1 else self.socket.send(pieces[0])
            except (BlockingIOError, InterruptedError):
                sent = 0
        if sent == whole:
            return
        now = self._monotonic()
        if not self.behind:
            self._moved_at, self._behind_at, self._taken = now, now, 0
        self.behind += whole - sent
        for piece in pieces:
            if sent < len(piece):
                self._backlog.append((memoryview(piece)[sent:], now))
            sent = max(0, sent - len(piece))
