"""A client's side of a WebSocket, by wsproto over a socket: who enters a room of a server that is judged."""

import socket
import ssl
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import ProtocolError

from offair.contracts.server.target import Headers

PATIENCE = 10.0  # real seconds in which something has to come, on a busy machine too
CUT = 1006  # RFC 6455 section 7.4.1: gone without a close frame
AT_ONCE = 0.05  # real seconds for what is there already
SECURE = {"https": 443, "wss": 443}


class Deadlined(Protocol):
    """An end of patience."""

    @property
    def remaining(self) -> float:
        """Real seconds that are left, never below zero."""


Begin = Callable[[float], Deadlined]


class Dialled:
    """A connection to a WebSocket: ``refused`` by a status, or open until the server has ``closed`` it with a code."""

    def __init__(self, url: str, headers: Headers, begin: Begin, patience: float) -> None:
        self.refused: int | None = None
        self.closed: int | None = None
        self._wire: socket.socket | None = None
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._waiting: list[Event] = []
        self._begin, self._patience = begin, patience
        self._deadline = begin(patience)
        try:
            self._open(url, headers)
        except (OSError, ProtocolError):
            self._cut()

    def say(self, frame: str) -> None:
        """Send a text; nothing where the connection is over."""
        self._deadline = self._begin(self._patience)
        self._send(TextMessage(data=frame))

    def hear(self) -> str | bytes | None:
        """Give the next frame; None where none came in time since the last thing said, or the connection is over."""
        parts: list[str | bytes] = []
        while (event := self._next()) is not None:
            if isinstance(event, TextMessage | BytesMessage):
                # a message that comes in pieces is told in several events
                parts.append(event.data if isinstance(event, TextMessage) else bytes(event.data))
                if event.message_finished:
                    is_text = isinstance(event, TextMessage)
                    return "".join(map(str, parts)) if is_text else b"".join(p for p in parts if isinstance(p, bytes))
            elif isinstance(event, Ping):
                self._send(event.response())
            elif isinstance(event, CloseConnection):
                self.closed = event.code
        return None

    def hang_up(self) -> None:
        """Say goodbye, and let go; twice is fine."""
        if self._wire is not None:
            if self.closed is None and self.refused is None:
                self._send(CloseConnection(code=1000))
            self._let_go()

    def _open(self, url: str, headers: Headers) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or SECURE.get(parts.scheme, 80)
        self._wire = socket.create_connection((host, port), timeout=self._patience)
        if parts.scheme in SECURE:
            self._wire = ssl.create_default_context().wrap_socket(self._wire, server_hostname=host)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        more = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._wire.sendall(self._protocol.send(Request(host=parts.netloc, target=target, extra_headers=more)))
        while (event := self._next()) is not None:
            if isinstance(event, AcceptConnection):
                return
            if isinstance(event, RejectConnection):
                self.refused = event.status_code
                return
        self._cut()

    def _next(self) -> Event | None:
        try:
            while not self._waiting:
                if self._wire is None or self.closed is not None:
                    return None
                self._wire.settimeout(max(self._deadline.remaining, AT_ONCE))
                content = self._wire.recv(65_536)
                if not content:
                    self._cut()
                    return None
                self._protocol.receive_data(content)
                self._waiting += self._protocol.events()
        except TimeoutError:
            return None
        except (OSError, ProtocolError):
            self._cut()
            return None
        return self._waiting.pop(0)

    def _send(self, event: Event) -> None:
        try:
            if self._wire is not None and self.closed is None:
                self._wire.sendall(self._protocol.send(event))
        except (OSError, ProtocolError):
            self._cut()

    def _cut(self) -> None:
        """It is over, and nobody said why."""
        self.closed = CUT if self.closed is None else self.closed
        self._let_go()

    def _let_go(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def dialling(begin: Begin, *, patience: float = PATIENCE) -> Callable[[str, Headers], Dialled]:
    """Give what opens WebSockets; ``begin`` a deadline in real seconds. What became of one is said, never raised."""
    return lambda url, headers: Dialled(url, headers, begin, patience)
