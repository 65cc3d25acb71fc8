"""Our side of a WebSocket on one connection: what a conversation says and hears, pings, and the goodbye."""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from offair.emulator.core.clock import FOREVER, Clock
from offair.emulator.core.sockets import Conversation, Frame, Pieces
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.connection import Link
from offair.emulator.web.host.websocket import (
    ABNORMAL,
    GOING_AWAY,
    OUR_FAULT,
    Breach,
    Event,
    Frames,
    Goodbye,
    Ping,
    WholeMessage,
)  # fmt: skip

UNSENT = 1 << 16  # bytes of a stream that the system may hold for a peer; more would hide how far it is behind
AT_ONCE = 512  # pieces that one call of the system takes


class Talking:
    """One open WebSocket: a Socket for those who talk over it, and a Side for the loop.

    ``wish`` has the loop look at the connection, from any thread.
    """

    is_idle = False

    def __init__(
        self,
        connection: Link,
        conversation: Conversation,
        *,
        bounds: Bounds,
        clock: Clock,
        wish: Callable[[Link], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._connection, self._conversation = connection, conversation
        self._bounds, self._clock, self._wish, self._on_error = bounds, clock, wish, on_error
        self._frames = Frames(bounds.message)
        self._is_open = False
        self._said_goodbye = False
        self._has_parted = False
        self._goodbye_due = FOREVER
        self._heard_at = clock.monotonic()
        self._pinged_at: float | None = None
        self._has_poured = False

    def send(self, frame: Frame) -> None:
        """Send a message, without waiting; a peer that is too far behind is cut off."""
        connection = self._connection
        with connection.lock:
            if not self._said_goodbye:
                self._write(self._frames.message(frame))

    def pour(self, messages: Sequence[Pieces]) -> int:
        """Send messages of a stream, without waiting or copying; give how many bytes wait."""
        connection = self._connection
        with connection.lock:
            if messages and not self._said_goodbye:
                self._keep_little_unseen()
                pieces: list[bytes | memoryview] = []
                for message in messages:
                    pieces.append(self._frames.head(sum(map(len, message))))
                    pieces += message
                self._put(*pieces)
            return connection.behind

    def _keep_little_unseen(self) -> None:
        if not self._has_poured:
            self._has_poured = True
            with suppress(OSError):  # it is closed already
                self._connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye; twice is fine."""
        with self._connection.lock:
            if self._said_goodbye:
                return
            self._said_goodbye = True
            self._goodbye_due = self._clock.monotonic() + self._bounds.goodbye_seconds
            self._write(self._frames.goodbye(code, reason))
        self._wish(self._connection)

    def abort(self) -> None:
        """Cut the connection without a goodbye."""
        with self._connection.lock:
            self._said_goodbye = True
            self._connection.break_off()
        self._wish(self._connection)

    def leave(self) -> None:
        """Say goodbye because the server closes."""
        self.close(GOING_AWAY)
        self._tell(GOING_AWAY)

    @property
    def listens(self) -> bool:
        """What comes may be read now."""
        return not self._connection.is_done

    def receive(self, data: bytes) -> None:
        """Let the conversation hear what was said, in order."""
        try:
            if not self._is_open:
                self._is_open = True
                self._conversation.opened(self)
            if data:
                self._heard_at = self._clock.monotonic()
                self._pinged_at = None
            for event in self._frames.receive(data):
                self._hear(event)
        except Exception as error:  # noqa: BLE001 - a bug in a conversation ends it, and nothing else
            self._on_error(error)
            self._end(OUR_FAULT)
        if self._connection.has_ended:
            self._connection.is_done = True

    def go_on(self) -> None:
        """Have nothing to add: whoever has sends it."""

    def due(self, _now: float) -> float:
        """Tell when the peer must have said, or taken, something."""
        pinged = self._heard_at if self._pinged_at is None else self._pinged_at
        return min(
            pinged + self._bounds.ping_seconds,
            self._goodbye_due,
            self._connection.waits_since + self._bounds.behind_seconds,
        )

    def expire(self, now: float) -> None:
        """Ask a silent peer whether it is there, and give up one that does not answer."""
        bounds = self._bounds
        is_deaf = now >= self._connection.waits_since + bounds.behind_seconds
        is_mute = self._pinged_at is not None and now >= self._pinged_at + bounds.ping_seconds
        if is_deaf or is_mute or now >= self._goodbye_due:
            self._connection.is_broken = True
        elif self._pinged_at is None and now >= self._heard_at + bounds.ping_seconds:
            self._pinged_at = now
            self._write(self._frames.ping())

    def part(self) -> None:
        """Tell the conversation that nothing follows."""
        self._tell(ABNORMAL)

    def _hear(self, event: Event) -> None:
        match event:
            case WholeMessage(frame) if not self._said_goodbye:
                self._conversation.heard(frame)
            case Ping(payload) if not self._said_goodbye:
                self._write(self._frames.pong(payload))
            case Goodbye(code):
                self.close(code)
                self._connection.is_done = True
                self._tell(code)
            case Breach(code):
                self._end(code)

    def _end(self, code: int) -> None:
        """Say goodbye to a peer that is not listened to any more, or a conversation that cannot go on."""
        self.close(code)
        self._connection.is_done = self._connection.lingers = True
        self._tell(code)

    def _tell(self, code: int) -> None:
        if self._has_parted:
            return
        self._has_parted = True
        try:
            self._conversation.closed(code)
        except Exception as error:  # noqa: BLE001 - as above
            self._on_error(error)

    def _write(self, frame: bytes) -> None:
        self._put(frame)
        if self._connection.behind > self._bounds.behind:
            self._connection.break_off()
            self._wish(self._connection)

    def _put(self, *pieces: bytes | memoryview) -> None:
        connection = self._connection
        try:
            for start in range(0, len(pieces), AT_ONCE):
                connection.write(*pieces[start : start + AT_ONCE])
        except OSError:
            connection.break_off()
        if connection.behind or connection.is_broken:
            self._wish(connection)
