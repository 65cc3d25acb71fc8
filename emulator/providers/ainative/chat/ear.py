"""One side of a chat: it hears the history first, then everything that is said afterwards, and nothing twice."""

import threading
from collections.abc import Iterable

from offair.emulator.core.sockets import Frame, Socket


class Ear:
    """Fills ``Member`` of a room: what is said before the history went out waits, and what is in it is left out.

    It joins its room first and is told the history afterwards, so that nothing between the two is lost.
    """

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._lock = threading.Lock()  # never held while something is sent: who sends may wait for the world's
        self._waiting: list[Frame] | None = []
        self._known: frozenset[Frame] = frozenset()

    def begin(self, history: Frame, known: Iterable[Frame]) -> None:
        """Send the history, and what was said meanwhile unless it is among the frames that the history stands for."""
        self._known = frozenset(known)
        self._socket.send(history)
        while waiting := self._take():
            for frame in waiting:
                self._tell(frame)

    def send(self, frame: Frame) -> None:
        """Send what somebody said."""
        with self._lock:
            if self._waiting is not None:
                self._waiting.append(frame)
                return
        self._tell(frame)

    def _take(self) -> list[Frame]:
        """Give what waits; once that is nothing, nothing waits any more."""
        with self._lock:
            waiting, self._waiting = self._waiting or [], []
            if not waiting:
                self._waiting = None
            return waiting

    def _tell(self, frame: Frame) -> None:
        if frame not in self._known:
            self._socket.send(frame)

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye."""
        self._socket.close(code, reason)

    def abort(self) -> None:
        """Cut the connection."""
        self._socket.abort()
