"""The asyncio end of SRT: one UDP port, and a connection between a session and a visit for every stream.

A port has one timer, which runs while there are connections. What is unknown, malformed or meant for somebody
else costs one look and is forgotten.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from offair.emulator.core.ports import Refused
from offair.emulator.media.ingest.reception import Chunk
from offair.emulator.media.ingest.srt.handshake import Conclusion, Listener, Request
from offair.emulator.media.ingest.srt.packets import LONGEST, destination
from offair.emulator.media.ingest.srt.rejections import Code, Denial, code_for
from offair.emulator.media.ingest.srt.session import IDLE, Ending, Session, Terms
from offair.emulator.media.ingest.visit import House, Visit

TICK = 0.01  # seconds between acknowledgements (draft-sharabayko-srt-01, 4.8.1)
AGAIN = 0.1  # seconds after a goodbye, which is a datagram that may be lost
MOST_AT_ONCE = 64  # datagrams that are read before the loop does something else
MOST_REJECTIONS = 256  # that are remembered, for callers that ask again
REMEMBERED = 3.0  # seconds for which they are: the time that libsrt tries

Address = tuple[Any, ...]  # as the socket gives it: host, port, and for IPv6 two more


class SrtPort:
    """Hears every datagram of a bound UDP socket and brings it to its connection; closed by :meth:`close`.

    Every method runs in the loop. The socket is read here and not by an asyncio transport, which reads one datagram
    a turn into a buffer of 256 KiB: that costs three times as much.
    """

    def __init__(
        self,
        house: House,
        bound: socket.socket,
        listener: Listener,
        *,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._house = house
        self._socket = bound
        self._listener = listener
        self._random_bytes = random_bytes
        self._connections: dict[int, SrtConnection] = {}
        self._callers: dict[tuple[str, int], SrtConnection] = {}  # by where they are, and their own socket's number
        self._rejections: dict[tuple[str, int], tuple[bytes, float]] = {}  # and until when they are remembered
        self._timer: asyncio.TimerHandle | None = None
        bound.settimeout(0.0)
        house.loop.add_reader(bound, self._read)

    def close(self) -> None:
        """Let go of the port; the visits have ended before."""
        self._house.loop.remove_reader(self._socket)
        if self._timer is not None:
            self._timer.cancel()
        self._socket.close()

    def send(self, datagram: bytes, address: Address) -> None:
        """Send a datagram, or lose it when the system will not take it: SRT lives with losses."""
        with suppress(OSError):
            self._socket.sendto(datagram, address)

    def reject(self, peer: str, address: Address, request: Request, code: Code) -> None:
        """Turn a caller away, and again if it did not hear."""
        datagram = request.reject(code)
        if len(self._rejections) >= MOST_REJECTIONS:
            del self._rejections[next(iter(self._rejections))]
        self._rejections[peer, request.handshake.socket] = datagram, self._house.loop.time() + REMEMBERED
        self.send(datagram, address)

    def forget(self, connection: "SrtConnection") -> None:
        """Know a connection no more."""
        self._connections.pop(connection.number, None)
        self._callers.pop(connection.caller, None)

    def _read(self) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, address = self._socket.recvfrom(LONGEST + 1)
            except OSError:  # nothing is left, or a caller's port is closed, which its silence will tell
                return
            self._receive(datagram, address)

    def _receive(self, datagram: bytes, address: Address) -> None:
        receiver = destination(datagram)
        if receiver:
            connection = self._connections.get(receiver)
            if connection is not None and connection.address == address:
                connection.receive(datagram)
        elif receiver == 0:
            self._greet(datagram, address)

    def _greet(self, datagram: bytes, address: Address) -> None:
        peer, now = _name(address), self._house.loop.time()
        heard = self._listener.receive(datagram, peer, now)
        if isinstance(heard, bytes):
            self.send(heard, address)
        elif heard is not None:
            caller = peer, heard.handshake.socket
            rejection, until = self._rejections.get(caller, (b"", 0.0))
            if now < until:
                self.send(rejection, address)
            elif caller in self._callers:
                self._callers[caller].repeat()
            else:
                self._judge(heard, peer, address)

    def _judge(self, request: Request, peer: str, address: Address) -> None:
        if self._house.make_room():
            conclusion = self._listener.judge(request, peer)
        else:
            conclusion = Denial(Code.OVERLOAD, f"more than {self._house.most} connections; this one is closed")
        if isinstance(conclusion, Denial):
            self._house.on_problem(peer, conclusion.words)
            self.reject(peer, address, request, conclusion.code)
            return
        connection = SrtConnection(self._house, self, self._choose_number(), address, conclusion)
        self._connections[connection.number] = connection
        self._callers[connection.caller] = connection
        if self._timer is None:
            self._timer = self._house.loop.call_later(TICK, self._tick)

    def _choose_number(self) -> int:
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

    def __init__(self, house: House, port: SrtPort, number: int, address: Address, conclusion: Conclusion) -> None:
        self.number = number  # of our socket, in SRT's sense
        self.address = address
        self.caller = conclusion.knock.peer, conclusion.request.handshake.socket
        self._house = house
        self._port = port
        self._conclusion = conclusion
        self._session: Session | None = None
        self._welcome = b""
        self._is_paused = False
        self._is_gone = False
        self._dropped = 0  # chunks
        self._has_lost = False
        self._visit = Visit(house, self, conclusion.knock.peer)
        self._visit.knock(conclusion.knock)

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from the caller; only media that had not come before is a sign of life of the stream."""
        if self._session is None:
            return
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
            peer_socket=self._conclusion.request.handshake.socket,
            first=self._conclusion.request.handshake.sequence,
            latency=self._conclusion.latency / 1000,
            keyring=self._conclusion.keyring,
        )
        self._session = Session(terms, self._house.loop.time())
        self._welcome = self._conclusion.welcome(self.number)
        self.repeat()

    def refuse(self, refused: Refused) -> None:
        """Answer the conclusion with a code, or end what runs with a SHUTDOWN; neither carries the words."""
        if self._session is None:
            self._port.reject(self._visit.peer, self.address, self._conclusion.request, code_for(refused.reason))
        else:
            self._shut_down(self._session)

    def pause(self) -> None:
        """Drop what comes from now on."""
        self._is_paused = True

    def resume(self) -> None:
        """Take what comes again."""
        self._is_paused = False

    def relax(self) -> None:
        """Go on as before: packets must be acknowledged in time."""

    def finish(self) -> float:
        """Stay until the goodbye is said again."""
        return AGAIN

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
        if self._session is not None and self._session.dropped:
            self._house.on_problem(self._visit.peer, f"{self._session.dropped} packets were lost on the way")
        self._house.loop.call_soon(self._visit.vanish)

    def _pass(self, payloads: list[bytes]) -> None:
        session = self._session
        if session is None or self._is_gone:
            return
        if session.dropped and not self._has_lost:
            self._has_lost = True
            words = f"a packet did not come within the latency of {self._conclusion.latency / 1000:g} s"
            self._house.on_problem(self._visit.peer, f"{words}: let the encoder ask for a longer one")
        if payloads:
            self._visit.hear()
        if payloads and not self._is_paused:
            self._visit.feed([Chunk(payload) for payload in payloads])
        elif payloads:
            self._drop(len(payloads))
        self._flush(session)
        if session.ending is Ending.GOODBYE:
            self._visit.leave(is_clean=True)
            self.abort()
        elif session.ending is Ending.SILENCE:
            self._visit.fail(f"no packets for {IDLE:g} s; the connection is closed")

    def _drop(self, count: int) -> None:
        if not self._dropped:
            words = "the stream comes faster than it is taken; SRT cannot slow its caller, so chunks are dropped"
            self._house.on_problem(self._visit.peer, words)
        self._dropped += count

    def _shut_down(self, session: Session) -> None:
        session.shut_down(self._house.loop.time())
        self._flush(session)

    def _flush(self, session: Session) -> None:
        for datagram in session.outgoing():
            self._port.send(datagram, self.address)


def _name(address: Address) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
