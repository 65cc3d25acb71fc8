"""The HTTP and WebSocket server: a free port when 0 is asked for, TLS on a second one, and a quick stop."""

import logging
import socket
import ssl
import threading
from collections.abc import Callable

from offair.emulator.core.clock import Clock
from offair.emulator.core.sockets import Conversation
from offair.emulator.core.tls import Seal
from offair.emulator.web.host.answering import Penman
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.connection import Link
from offair.emulator.web.host.environ import Environs
from offair.emulator.web.host.listening import listen
from offair.emulator.web.host.loop import Entrance, Poller
from offair.emulator.web.host.serving import Application, Premises, Serving
from offair.emulator.web.host.talking import Talking

DEFAULT_BOUNDS = Bounds()


def log_error(error: Exception) -> None:
    """Leave what went wrong to logging, for a server that nobody else asks about it."""
    logging.getLogger("offair.http").error("%r", error, exc_info=error)


class Server:
    """Listens from construction on, answers from :meth:`start` on, and is gone after :meth:`close` (twice is fine).

    With an ``https_port`` it listens for TLS there, and shows what ``certificate`` gives; that may take its time, for
    it is asked in a thread of its own. ``on_error`` is told what an application or a conversation did not catch, from
    any thread, and ``on_refusal`` of each peer that sent what is no request, with words.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        https_port: int | None = None,
        certificate: Callable[[], ssl.SSLContext] = lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        clock: Clock | None = None,
        bounds: Bounds = DEFAULT_BOUNDS,
        on_error: Callable[[Exception], None] = log_error,
        on_refusal: Callable[[str, str], None] = lambda _peer, _words: None,
    ) -> None:
        self._host, self._bounds, self._on_error, self._on_refusal = host, bounds, on_error, on_refusal
        self._certificate = certificate
        self._clock = clock or Clock()
        self._plain = listen(host, port)
        self._secure: socket.socket | None = None
        if https_port is not None:
            try:
                self._secure = listen(host, https_port, "--https-port")
            except OSError:
                self._plain.close()
                raise
        self.port: int = self._plain.getsockname()[1]
        self.https_port: int | None = self._secure.getsockname()[1] if self._secure else None
        self._loop: Poller | None = None
        self._unlocking: threading.Thread | None = None

    def start(self, app: Application) -> None:
        """Answer requests with this WSGI application."""
        loop = self._loop = Poller(self._bounds, self._clock, self._on_error)
        penman = Penman(self._clock)
        loop.start([self._door(self._plain, self._house(loop, app, penman, "http"), None)])
        if self._secure is not None:
            secure, house = self._secure, self._house(loop, app, penman, "https")
            self._unlocking = threading.Thread(
                target=self._unlock, args=(loop, secure, house), name="offair-http-certificate", daemon=True
            )
            self._unlocking.start()

    def close(self) -> None:
        """Take no more callers, let what runs end, and let go of the ports and everybody."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.leaving.set()  # watches nobody new, whose socket may get the number of a port that is closed here
        for listener in filter(None, (self._plain, self._secure)):
            listener.close()
        if loop is not None:
            loop.close(parting=_part)
            if self._unlocking is not None:
                self._unlocking.join(self._bounds.closing_seconds)

    def _house(self, loop: Poller, app: Application, penman: Penman, scheme: str) -> Premises:
        port = self.https_port if scheme == "https" else self.port

        def talk(connection: Link, conversation: Conversation) -> Talking:
            return Talking(
                connection, conversation, bounds=self._bounds, clock=self._clock, wish=loop.wish,
                on_error=self._on_error,
            )  # fmt: skip

        return Premises(
            application=app,
            bounds=self._bounds,
            penman=penman,
            environs=Environs(self._host, port or 0, scheme),
            step_aside=loop.step_aside,
            leaving=loop.leaving,
            on_error=self._on_error,
            on_refusal=self._on_refusal,
            talk=talk,
        )

    def _door(self, listener: socket.socket, house: Premises, context: ssl.SSLContext | None) -> Entrance:
        def welcome(caller: socket.socket, peer: str) -> Link:
            seal = Seal(context) if context is not None else None
            connection = Link(caller, peer, seal=seal, monotonic=self._clock.monotonic)
            connection.side = Serving(connection, house)
            return connection

        return Entrance(listener, welcome)

    def _unlock(self, loop: Poller, listener: socket.socket, house: Premises) -> None:
        """Let callers wait at the door of TLS until there is a certificate."""
        try:
            loop.admit(self._door(listener, house, self._certificate()))
        except Exception as error:  # noqa: BLE001 - the plain port goes on, and whoever asks is told
            self._on_error(error)
            listener.close()


def _part(connection: Link) -> None:
    if isinstance(connection.side, Talking):
        connection.side.leave()
