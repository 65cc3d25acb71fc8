"""The asyncio end of SRT: one UDP port, and a connection between a session and a visit for every stream.

A port has one timer, which runs while there are connections. What is unknown, malformed or meant for somebody
else costs one look and is forgotten.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from understudy.emulator.core.ports import Refused
from understudy.emulator.media.ingest.reception import Chunk
from understudy.emulator.media.ingest.srt.handshake import Conclusion, Listener, Request
from understudy.emulator.media.ingest.srt.packets import destination, is_control
from understudy.emulator.media.ingest.srt.rejections import Code, Denial, code_for
from understudy.emulator.media.ingest.srt.session import IDLE, Ending, Session, Terms
from understudy.emulator.media.ingest.visit import House, Visit

TICK = 0.01  # seconds between acknowledgements (draft-sharabayko-srt-01, 4.8.1)
MOST_UNSENT = 1 << 20  # bytes that may wait for a socket that does not take them
MOST_REJECTIONS = 256  # that are remembered, for callers that ask again
REMEMBERED = 3.0  # seconds for which they are: the time that libsrt tries

Address = tuple[Any, ...]  # as the socket gives it: host, port, and for IPv6 two more


class SrtPort(asyncio.DatagramProtocol):
    """Hears every datagram of a port and brings it to its connection. Every method runs in the loop."""

    _transport: asyncio.DatagramTransport

    def __init__(self, house: House, listener: Listener, *, random_bytes: Callable[[int], bytes], most: int) -> None:
        self._house = house
        self._listener = listener
        self._random_bytes = random_bytes
        self._most = most
        self._connections: dict[int, SrtConnection] = {}
        self._callers: dict[tuple[str, int], SrtConnection] = {}  # by where they are, and their own socket's number
        self._rejections: dict[tuple[str, int], tuple[bytes, float]] = {}  # and until when they are remembered
        self._timer: asyncio.TimerHandle | None = None
        self.closed = house.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen."""
        if not isinstance(transport, asyncio.DatagramTransport):
            raise TypeError(f"SRT runs over datagrams, not over {transport!r}")
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Bring a datagram to whom it is for."""
        receiver = destination(data)
        if receiver:
            connection = self._connections.get(receiver)
            if connection is not None and connection.address == addr:
                connection.receive(data)
        elif receiver == 0:
            self._greet(data, addr)

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002 - asyncio's signature
        """A datagram could not be sent, or a caller's port is closed: SRT notices the silence by itself."""

    def connection_lost(self, exc: Exception | None) -> None:
        """End every connection: the port is closed."""
        if exc is not None:
            self._house.on_problem("ingest", f"the SRT port is closed: {exc!r}")
        for connection in tuple(self._connections.values()):
            connection.abort()
        if not self.closed.done():
            self.closed.set_result(None)

    def close(self) -> None:
        """Stop listening; ``closed`` is done when the port is free."""
        self._transport.close()

    def send(self, datagram: bytes, address: Address) -> None:
        """Send a datagram, unless the socket is stuck: SRT lives with losses."""
        if not self._transport.is_closing() and self._transport.get_write_buffer_size() < MOST_UNSENT:
            self._transport.sendto(datagram, address)

    def reject(self, peer: str, address: Address, request: Request, code: Code) -> None:
        """Turn a caller away, and again if it did not hear."""
        datagram = request.reject(code)
        if len(self._rejections) >= MOST_REJECTIONS:
            del self._rejections[next(iter(self._rejections))]
        self._rejections[peer, request.handshake.socket] = datagram, self._house.loop.time() + REMEMBERED
        self.send(datagram, address)

    def forget(self, connection: "SrtConnection") -> None:
        """Know a connection no more."""
        self._connections.pop(connection.socket, None)
        self._callers.pop(connection.caller, None)

    def _greet(self, data: bytes, address: Address) -> None:
        peer, now = _name(address), self._house.loop.time()
        heard = self._listener.receive(data, peer, now)
        if isinstance(heard, bytes):
            self.send(heard, address)
        elif heard is not None:
            caller = peer, heard.handshake.socket
            rejection, until = self._rejections.get(caller, (b"", 0.0))
            if caller in self._callers:
                self._callers[caller].repeat()
            elif now < until:
                self.send(rejection, address)
            else:
                self._judge(heard, peer, address)

    def _judge(self, request: Request, peer: str, address: Address) -> None:
        conclusion = self._listener.judge(request, peer)
        if len(self._house.visits) >= self._most:
            conclusion = Denial(Code.OVERLOAD, f"more than {self._most} connections; this one is closed")
        if isinstance(conclusion, Denial):
            self._house.on_problem(peer, conclusion.words)
            self.reject(peer, address, request, conclusion.code)
            return
        connection = SrtConnection(self._house, self, self._choose_socket(), address, request, conclusion)
        self._connections[connection.socket] = connection
        self._callers[connection.caller] = connection
        if self._timer is None:
            self._timer = self._house.loop.call_later(TICK, self._tick)

    def _choose_socket(self) -> int:
        number = int.from_bytes(self._random_bytes(4)) >> 2
        while number == 0 or number in self._connections:
            number += 1
        return number

    def _tick(self) -> None:
        for connection in tuple(self._connections.values()):
            connection.tick()
        self._timer = self._house.loop.call_later(TICK, self._tick) if self._connections else None


class SrtConnection:
    """One caller, from its conclusion on. Fills ``Wire``.

    Nothing slows an SRT caller, so while it is paused whole chunks are dropped and counted: the first is reported,
    and at the end how many there were.
    """

    def __init__(
        self, house: House, port: SrtPort, socket: int, address: Address, request: Request, conclusion: Conclusion
    ) -> None:
        self.socket = socket
        self.address = address
        self.caller = conclusion.knock.peer, request.handshake.socket
        self._house = house
        self._port = port
        self._request = request
        self._conclusion = conclusion
        self._session: Session | None = None
        self._welcome = b""
        self._is_paused = False
        self._is_gone = False
        self._dropped = 0  # chunks
        self._visit = Visit(house, self, conclusion.knock.peer)
        self._visit.knock(conclusion.knock)

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from the caller; only media counts as a sign of life of the stream."""
        if self._session is None:
            return
        if not is_control(datagram):
            self._visit.hear()
        self._pass(self._session.receive(datagram, self._house.loop.time()))

    def tick(self) -> None:
        """Do what is due."""
        if self._session is not None:
            self._pass(self._session.tick(self._house.loop.time()))

    def repeat(self) -> None:
        """Answer a conclusion that came again, if there is an answer yet."""
        if self._welcome:
            self._port.send(self._welcome, self.address)

    def accept(self) -> None:
        """Answer the conclusion: the caller may send."""
        terms = Terms(
            peer_socket=self._request.handshake.socket,
            first=self._request.handshake.sequence,
            latency=self._conclusion.latency / 1000,
            keyring=self._conclusion.keyring,
        )
        self._session = Session(terms, self._house.loop.time())
        self._welcome = self._conclusion.welcome(self.socket)
        self.repeat()

    def refuse(self, refused: Refused) -> None:
        """Answer the conclusion with a code, or end what runs with a SHUTDOWN; neither carries the words."""
        if self._session is None:
            self._port.reject(self._visit.peer, self.address, self._request, code_for(refused.reason))
        else:
            self._shut_down(self._session)

    def pause(self) -> None:
        """Drop what comes from now on."""
        self._is_paused = True

    def resume(self) -> None:
        """Take what comes again."""
        self._is_paused = False

    def abort(self) -> None:
        """Disconnect at once."""
        if self._is_gone:
            return
        self._is_gone = True
        if self._session is not None:
            self._shut_down(self._session)
        self._port.forget(self)
        if self._dropped:
            self._house.on_problem(self._visit.peer, f"{self._dropped} chunks were dropped while the stream was held")
        self._house.loop.call_soon(self._visit.vanish)

    def _pass(self, payloads: list[bytes]) -> None:
        session = self._session
        if session is None or self._is_gone:
            return
        for payload in payloads:
            if self._is_paused:
                self._drop()
            else:
                self._visit.feed(Chunk(payload))
        self._flush(session)
        if session.ending is Ending.GOODBYE:
            self._visit.leave(is_clean=True)
            self.abort()
        elif session.ending is Ending.SILENCE:
            self._visit.fail(f"no packets for {IDLE:g} s; the connection is closed")

    def _drop(self) -> None:
        if not self._dropped:
            words = "the stream comes faster than it is taken; SRT cannot slow its caller, so chunks are dropped"
            self._house.on_problem(self._visit.peer, words)
        self._dropped += 1

    def _shut_down(self, session: Session) -> None:
        session.shut_down(self._house.loop.time())
        self._flush(session)

    def _flush(self, session: Session) -> None:
        for datagram in session.outgoing():
            self._port.send(datagram, self.address)


def _name(address: Address) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
