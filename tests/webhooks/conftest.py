"""Receivers that misbehave: real sockets, and whatever a test wants them to do with a visitor."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from offair.emulator.core.clock import Deadline

POLL = 0.005
PAUSE = 0.02
PATIENCE = 30.0


class Visit:
    """One connection to a receiver."""

    def __init__(self, connection: socket.socket, is_over: threading.Event, heard: list[bytes]) -> None:
        self.connection, self._is_over, self._heard = connection, is_over, heard

    def hear(self) -> None:
        """Read a whole request."""
        request = b""
        while b"\r\n\r\n" not in request:
            request += self._more()
        head, blank, body = request.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        pieces = [head, blank, body]
        left = length - len(body)
        while left > 0:
            pieces.append(self._more())
            left -= len(pieces[-1])
        self._heard.append(b"".join(pieces))

    def say(self, *pieces: bytes) -> None:
        """Send these bytes."""
        for piece in pieces:
            self.connection.sendall(piece)

    def drip(self, piece: bytes) -> None:
        """Send these bytes again and again, with a pause between, until the test is over."""
        while not self._is_over.wait(PAUSE):
            self.say(piece)

    def flood(self, piece: bytes) -> None:
        """Send these bytes again and again, as fast as they are taken, until the test is over."""
        while not self._is_over.is_set():
            self.say(piece)

    def hold(self) -> None:
        """Do nothing until the test is over."""
        self._is_over.wait(PATIENCE * 3)

    def _more(self) -> bytes:
        data = self.connection.recv(1 << 16)
        if not data:
            raise ConnectionResetError
        return data


class Peer:
    """A receiver that does with each visit what ``talk`` says. ``heard`` are the requests that were read."""

    def __init__(self, talk: Callable[[Visit], None], *, host: str, tls: ssl.SSLContext | None) -> None:
        self._talk, self._tls = talk, tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=64)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}/hooks"
        self.heard: list[bytes] = []
        self._is_over = threading.Event()
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._is_over.set()
        for sock in (self._listener, *self._connections):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        for sock in (self._listener, *self._connections):
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._is_over.is_set():
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._connections.append(connection)
            self._talk(Visit(connection, self._is_over, self.heard))
            connection.close()


@pytest.fixture(name="peer")
def _peer() -> Iterator[Callable[..., Peer]]:
    """Open receivers; each is told what to do with a visit."""
    with ExitStack() as closing:

        def peer(talk: Callable[[Visit], None], *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Peer:
            made = Peer(talk, host=host, tls=tls)
            closing.callback(made.close)
            return made

        yield peer


@pytest.fixture(name="answering")
def _answering(peer) -> Callable[..., Peer]:
    """Open receivers that hear a request, and say these bytes."""

    def answering(*pieces: bytes, **options: object) -> Peer:
        def talk(visit: Visit) -> None:
            visit.hear()
            visit.say(*pieces)

        return peer(talk, **options)

    return answering


@contextmanager
def _full() -> Iterator[str]:
    with ExitStack() as closing:
        listener = closing.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = closing.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(name="black_hole")
def _black_hole() -> Iterator[str]:
    """A host that takes no connection and refuses none: its backlog is full."""
    with _full() as host:
        yield host


@pytest.fixture(name="hanging")
def _hanging() -> Iterator[Callable[..., None]]:
    """A resolver that finds nothing, and does not come back before the test is over."""
    is_over = threading.Event()

    def look_up(*_: object, **__: object) -> None:
        is_over.wait(PATIENCE * 3)
        raise OSError("the test is over")

    yield look_up
    is_over.set()


@pytest.fixture(name="soon")
def _soon() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition."""

    def soon(condition: Callable[[], object]) -> None:
        deadline, pause = Deadline(PATIENCE), threading.Event()
        while not condition():
            assert not deadline.is_over, f"not within {PATIENCE:g} s"
            pause.wait(POLL)

    return soon
