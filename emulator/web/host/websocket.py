"""WebSocket frames without a socket (RFC 6455): bytes in, messages and what else was said out, however they are cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offair.emulator.core.sockets import Frame

NORMAL, GOING_AWAY, PROTOCOL_ERROR, NO_CODE, ABNORMAL, INVALID_TEXT, TOO_BIG, OUR_FAULT = (
    1000, 1001, 1002, 1005, 1006, 1007, 1009, 1011
)  # fmt: skip
BINARY = 0x82  # the first byte of a binary message in one frame: RFC 6455, 5.2
SHORT, LONG = 126, 1 << 16
PING, PONG = 9, 10  # opcodes: RFC 6455, 11.8


@dataclass(frozen=True, slots=True)
class WholeMessage:
    """A whole message, however many frames it came in."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Ping:
    """A question whether we are there."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """An answer that the peer is there, asked for or not."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The peer's close; nothing follows. 1005 when it has no code."""

    code: int


@dataclass(frozen=True, slots=True)
class Breach:
    """What cannot be a WebSocket's; the code to close with. Nothing is read after it."""

    code: int
    words: str


Event = WholeMessage | Ping | Pong | Goodbye | Breach


class Frames:
    """One peer's frames, the server's side: what comes must be masked, and what is sent is not.

    A message has at most ``limit`` bytes.
    """

    def __init__(self, limit: int) -> None:
        from wsproto.frame_protocol import FrameProtocol, ParseFailed  # what nobody talks over is not kept in memory

        self._frames = FrameProtocol(client=False, extensions=[])
        self._breach = ParseFailed
        self._limit = limit
        self._pieces: list[Frame] = []
        self._size = 0
        self._is_over = False

    def receive(self, data: bytes) -> Iterator[Event]:
        """Give what these bytes complete."""
        if self._is_over:
            return
        self._frames.receive_bytes(data)
        try:
            for frame in self._frames.received_frames():
                event = self._read(frame.opcode, frame.payload, is_last=frame.message_finished)
                if event is not None:
                    self._is_over = isinstance(event, Goodbye | Breach)
                    yield event
                if self._is_over:
                    return
        except self._breach as error:
            self._is_over = True
            yield Breach(int(error.code), str(error))

    def message(self, frame: Frame) -> bytes:
        """Frame a message."""
        return bytes(self._frames.send_data(frame))

    @staticmethod
    def head(size: int) -> bytes:
        """Begin a binary message of so many bytes that follow as they are: the server's side masks nothing (5.2)."""
        if size < SHORT:
            return bytes((BINARY, size))
        return (
            bytes((BINARY, SHORT)) + size.to_bytes(2) if size < LONG else bytes((BINARY, SHORT + 1)) + size.to_bytes(8)
        )

    def ping(self) -> bytes:
        """Ask whether the peer is there."""
        return bytes(self._frames.ping())

    def pong(self, payload: bytes) -> bytes:
        """Answer a ping."""
        return bytes(self._frames.pong(payload))

    def goodbye(self, code: int, reason: str = "") -> bytes:
        """Say goodbye; a code that may not be sent, like 1005, is left out (RFC 6455, 7.4.1)."""
        if code in {NO_CODE, ABNORMAL}:
            return bytes(self._frames.close())
        return bytes(self._frames.close(code, reason or None))

    def _read(self, opcode: int, payload: bytes | str | tuple[int, str], *, is_last: bool) -> Event | None:
        if isinstance(payload, tuple):
            return Goodbye(int(payload[0]))
        if opcode == PONG:
            return Pong()
        if not isinstance(payload, str):
            payload = bytes(payload)  # older versions of wsproto give what can be changed
            if opcode == PING:
                return Ping(payload)
        if payload:
            self._pieces.append(payload)
            self._size += len(payload.encode() if isinstance(payload, str) else payload)
        if self._size > self._limit:
            return Breach(TOO_BIG, f"a message has more than {self._limit} bytes")
        if not is_last:
            return None
        pieces: list[Any] = self._pieces
        self._pieces, self._size = [], 0
        return WholeMessage(("" if isinstance(payload, str) else b"").join(pieces))
