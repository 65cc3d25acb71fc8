"""Beneath urllib3, and so beneath requests: its connections open a wire instead of a socket.

Everything above goes its usual way: pools, retries that wait and repeat, redirects, sessions, adapters of one's own.
"""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPMessage, HTTPResponse, RemoteDisconnected
from typing import Any

from offair.contracts.double.asking import ask_routers, lets_pass
from offair.contracts.double.wire import Arrival, Wire

SILENT = "Remote end closed connection without response"


def patched() -> AbstractContextManager[None] | None:
    """Let connections of urllib3 be wires for a while; None where it is not installed."""
    try:
        from urllib3.connection import HTTPConnection, HTTPSConnection
    except ImportError:
        return None
    return _connecting(HTTPConnection, HTTPSConnection)


@contextmanager
def _connecting(plain: Any, secure: Any) -> Iterator[None]:
    before = {kind: kind.connect for kind in (plain, secure)}
    for kind, scheme in ((plain, "http"), (secure, "https")):
        kind.connect = _instead_of(before[kind], scheme)
    try:
        yield
    finally:
        for kind, connect in before.items():
            kind.connect = connect


def _instead_of(connect: Any, scheme: str) -> Any:
    def open_wire(connection: Any) -> None:
        if lets_pass(connection.host, connection.port):
            vars(connection).pop("response_class", None)
            connect(connection)
            return
        host = getattr(connection, "_tunnel_host", None) or connection.host  # a proxy is on the way
        connection.sock = WireSocket(Wire(f"{scheme}://{host}", ask_routers))
        connection.response_class = WireResponse
        connection.is_verified = True

    return open_wire


class WireSocket:
    """What http.client asks of a socket."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.arrival = Arrival(None)

    def sendall(self, data: bytes) -> None:
        """Send some of the request; what nobody answers is raised here, where a client tells it from a bad answer."""
        self.arrival = self._wire.send(bytes(data)) or self.arrival

    def makefile(self, _mode: str) -> io.BufferedIOBase:
        """Read the body that is answered."""
        pieces = self.arrival.pieces()
        if self.arrival.length is not None:
            return io.BytesIO(b"".join(pieces))
        return io.BufferedReader(_Endless(pieces))

    def settimeout(self, _seconds: float | None) -> None:
        """Nothing here takes longer than it takes."""

    def shutdown(self, _how: int) -> None:
        """Nobody is there to be told."""

    def close(self) -> None:
        """Nothing is open; an answer that is read is closed by its reader."""


class WireResponse(HTTPResponse):
    """What http.client makes of an answer, but that its head is not written down to be read again."""

    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._arrival: Arrival = sock.arrival

    def begin(self) -> None:
        """Know the head; RemoteDisconnected where there is none."""
        if not self._arrival.status:
            raise RemoteDisconnected(SILENT)
        self.code = self.status = self._arrival.status
        self.reason, self.version = self._arrival.reason, 11
        self.headers = self.msg = HTTPMessage()
        for name, value in self._arrival.headers:
            self.headers[name] = value
        self.chunked, self.will_close, self.length = False, True, self._arrival.length


class _Endless(io.RawIOBase):
    """A body that lasts until the connection ends, as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def close(self) -> None:
        end = getattr(self._pieces, "close", None)
        if end is not None:
            end()
        super().close()
