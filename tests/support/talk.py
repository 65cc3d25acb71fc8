"""A client's side of a WebSocket, by wsproto over a socket."""

import json
import socket
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

PATIENCE = 30.0
CUT = 1006


class RefusedError(Exception):
    """The handshake was refused: with a status, and a body."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body!r}")
        self.status, self.body = status, body


class Talk:
    """One conversation; a context manager. RefusedError when the handshake is refused."""

    def __init__(self, url, headers=()):
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
        self._connection, self._refusal = WSConnection(ConnectionType.CLIENT), None
        self._waiting = []
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._send(
            Request(
                host=parts.netloc,
                target=target,
                extra_headers=[(n.encode(), v.encode()) for n, v in dict(headers).items()],
            )
        )
        try:
            self._open()
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def say(self, **frame):
        """Send a JSON frame."""
        self.send(json.dumps(frame))

    def send(self, frame):
        """Send any frame."""
        self._send((TextMessage if isinstance(frame, str) else BytesMessage)(data=frame))

    def hear(self):
        """Give the next frame: JSON, or bytes; ConnectionError with the close code when there is none."""
        parts = []
        while True:
            event = self._next()
            if isinstance(event, CloseConnection):
                raise ConnectionError(event.code)
            if isinstance(event, TextMessage | BytesMessage):
                parts.append(event.data)  # a message that came in two pieces is told in two events
                if event.message_finished:
                    return json.loads("".join(parts)) if isinstance(event, TextMessage) else b"".join(parts)

    def hear_raw(self):
        """Give the next frame as it came."""
        event = self._next()
        return event.data

    def ended(self):
        """Give the code with which the other side ends, letting frames pass."""
        while True:
            try:
                self.hear()
            except ConnectionError as error:
                return error.args[0]

    def close(self, code=1000):
        """Say goodbye."""
        self._send(CloseConnection(code=code))

    def _open(self):
        while True:
            event = self._next()
            match event:
                case AcceptConnection():
                    return
                case RejectConnection():
                    self._refusal = [event.status_code, b""]
                case RejectData():
                    self._refusal[1] += event.data
                    if event.body_finished:
                        raise RefusedError(*self._refusal)
                case CloseConnection():
                    raise ConnectionError(event.code)

    def _next(self):
        while not self._waiting:
            try:
                data = self._socket.recv(65_536)
            except ConnectionResetError:
                data = b""
            if not data:
                return CloseConnection(code=CUT)
            self._connection.receive_data(data)
            self._waiting += self._connection.events()
        return self._waiting.pop(0)

    def _send(self, event):
        self._socket.sendall(self._connection.send(event))
