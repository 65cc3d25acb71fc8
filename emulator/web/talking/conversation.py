"""Between a cloud's talker and the server's socket: every frame is judged, written down, and spoilt where asked."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from offair.emulator.core.faults.calls import Fault
from offair.emulator.core.sockets import Frame, Pieces, Socket
from offair.emulator.provider.talking import Talker
from offair.emulator.web.talking.ledger import Leaf

RUBBISH = b"\x00\xff this is no frame that anybody documents \xfe"


class Judged:
    """Fills ``Conversation`` for the server, and ``Socket`` for the talker."""

    def __init__(self, talker: Talker, leaf: Leaf) -> None:
        self._talker = talker
        self._leaf = leaf
        self._socket: Socket | None = None
        self._said_goodbye = False
        self._poured = 0  # messages of a stream: too many to write each down
        self._there = Lag(leaf)
        self._back = Lag(leaf)

    def opened(self, socket: Socket) -> None:
        """Let the talker begin."""
        self._socket = socket
        self._talker.opened(self)

    def heard(self, frame: Frame) -> None:
        """Hand a frame to the talker, read and judged as it is once a fault has spoilt it."""
        name = self._leaf.ledger.term.frame_name("from_client", frame)
        self._spoil(name, frame, self._there, lambda spoilt: self._talker.heard(self._leaf.read(spoilt)))

    def closed(self, code: int) -> None:
        """Let the talker know, and write it down."""
        self._there.end()
        self._back.end()
        if not self._said_goodbye:
            self._leaf.note_end(code, "", "client", poured=self._poured)
        self._talker.closed(code)

    def send(self, frame: Frame) -> None:
        """Send a frame of the talker's."""
        name = self._leaf.note_sent(frame)
        self._spoil(name, frame, self._back, self._pass)

    def pour(self, messages: Sequence[Pieces]) -> int:
        """Send binary messages of a stream as they are; they are counted, and judged by what they are alone."""
        self._poured += len(messages)
        if self._back.holds:  # what a fault delays stays before what follows
            self._back.put(partial(self._pour, messages))
            return 0
        return self._pour(messages)

    def close(self, code: int, reason: str = "") -> None:
        """End it, after what is still on its way."""
        if not self._said_goodbye:
            self._leaf.note_end(code, reason, "server", poured=self._poured)
        self._said_goodbye = True
        self._back.put(lambda: self._socket.close(code, reason) if self._socket else None)

    def abort(self) -> None:
        """Cut the connection."""
        if self._socket is not None:
            self._socket.abort()

    def _pass(self, frame: Frame) -> None:
        if self._socket is not None:
            self._socket.send(frame)

    def _pour(self, messages: Sequence[Pieces]) -> int:
        return self._socket.pour(messages) if self._socket is not None else 0

    def _spoil(self, name: str | None, frame: Frame, lag: "Lag", hand_on: Callable[[Frame], None]) -> None:
        kinds: dict[str, Fault] = {fault.kind: fault for fault in self._leaf.faults(name)}
        if "delay" in kinds:
            lag.hold(kinds["delay"].seconds)
        if "drop" in kinds:
            lag.put(self.abort)
        elif "garbage" in kinds:
            lag.put(lambda: hand_on(RUBBISH))
        elif "truncate" in kinds:
            lag.put(lambda: hand_on(frame[: len(frame) // 2]))
        else:
            lag.put(lambda: hand_on(frame))


class Lag:
    """One direction of a conversation: what a delay holds back holds back what follows, so that the order stays."""

    def __init__(self, leaf: Leaf) -> None:
        self._timers = leaf.ledger.mount.timers
        self._lock = threading.RLock()
        self._waiting: deque[Callable[[], object]] = deque()
        self._holds = 0
        self._is_over = False

    @property
    def holds(self) -> bool:
        """Something is held back."""
        return self._holds > 0

    def hold(self, seconds: float) -> None:
        """Hand on nothing for so many real seconds."""
        with self._lock:
            self._holds += 1
        self._timers.after(seconds, self._release)

    def put(self, action: Callable[[], object]) -> None:
        """Do it after what is held before it; at once where nothing is."""
        with self._lock:
            if self._holds:
                self._waiting.append(action)
            elif not self._is_over:
                action()

    def end(self) -> None:
        """Do nothing any more."""
        with self._lock:
            self._is_over = True
            self._waiting.clear()

    def _release(self) -> None:
        with self._lock:
            self._holds -= 1
            while self._waiting and not self._holds:
                self._waiting.popleft()()
