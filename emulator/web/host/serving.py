"""Our side of HTTP on one connection: requests are answered by a WSGI application, in the order in which they came."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Event
from typing import Any

from offair.emulator.core.sockets import Conversation
from offair.emulator.core.tls import explain
from offair.emulator.web.host.answering import GO_ON, Answer, Penman
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.connection import Link, Side
from offair.emulator.web.host.environ import Environs
from offair.emulator.web.host.handshake import Invitation, is_handshake
from offair.emulator.web.host.heads import Refusal
from offair.emulator.web.host.reading import HttpRequest, RequestReader

WITH_BODY = frozenset(("POST", "PUT", "PATCH"))
FAILED = 500
BROKEN = "its body cannot be read"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What all connections of one door share: who answers, within which bounds, and who is told what went wrong.

    ``on_refusal`` hears of a peer what it said that is no request, in words.
    """

    application: Application
    bounds: Bounds
    penman: Penman
    environs: Environs
    step_aside: Callable[[Link], Event]
    leaving: Event
    on_error: Callable[[Exception], None]
    on_refusal: Callable[[str, str], None]
    talk: Callable[[Link, Conversation], Side]


class Serving:
    """Reads requests, asks the application, and sends what it says.

    A body that is no body goes to the application all the same, unreadable, where one is usual: it refuses in its own
    words. An answer that did not mind is replaced, since a broken request must not succeed (RFC 9112, 6.3).
    """

    def __init__(self, connection: Link, house: Premises) -> None:
        self._connection, self._house = connection, house
        self._reader = RequestReader(house.bounds)
        self._head_due: float | None = None
        self._body_due: float | None = None
        self._has_answered = False

    @property
    def listens(self) -> bool:
        """What comes may be read now."""
        return not (self._connection.behind or self._connection.is_done)

    @property
    def is_idle(self) -> bool:
        """Nobody would miss the connection: all that was asked is answered."""
        return self._has_answered and self._reader.is_idle

    def due(self, now: float) -> float:
        """Tell when to be called again if nothing comes."""
        bounds, connection = self._house.bounds, self._connection
        if connection.behind:
            return connection.overdue_at(bounds.idle_seconds, bounds.body_rate)
        if self._reader.is_in_body:
            if self._body_due is None:
                self._body_due = now + bounds.body_seconds
            return min(self._body_due, now + bounds.body_seconds)
        is_greeting = connection.seal is not None and not connection.seal.is_open
        if self._reader.is_idle and not is_greeting:
            self._head_due = None
            return now + bounds.idle_seconds
        if self._head_due is None:
            self._head_due = now + bounds.head_seconds
        return self._head_due

    def expire(self, _now: float) -> None:
        """End what takes too long."""
        if self._connection.behind or self._reader.is_idle:
            self._connection.is_broken = True
        else:
            self._turn_away(408, "it did not arrive in time")

    def part(self) -> None:
        """Let go of half a request; TLS that failed is told of here, since nothing could be answered."""
        self._reader.close()
        seal = self._connection.seal
        if seal is not None and seal.flaw:
            flaw, seal.flaw = seal.flaw, ""
            self._house.on_refusal(self._connection.peer, explain(flaw, client="caller", port="HTTPS port"))

    def receive(self, data: bytes) -> None:
        """Answer every request that is whole now."""
        self._reader.receive(data)
        if self._body_due is not None:
            self._body_due += len(data) / self._house.bounds.body_rate
        if self._connection.has_ended:
            self._reader.end()
        self.go_on()

    def go_on(self) -> None:
        """Answer what came, as long as there is room for answers."""
        connection = self._connection
        while self.listens:
            try:
                request = self._reader.next()
            except Refusal as refusal:
                self._turn_away(refusal.status, str(refusal))
                return
            if request is None:
                if self._reader.must_say_go_on():
                    connection.write(GO_ON)
                connection.is_done = connection.has_ended
                return
            self._answer(request)
            if connection.side is not self:
                connection.side.receive(self._reader.rest())
                return

    def _answer(self, request: HttpRequest) -> None:
        self._head_due = self._body_due = None
        self._has_answered = True
        if request.flaw is not None and request.head.method not in WITH_BODY:
            self._turn_away(request.flaw, BROKEN)
            return
        try:
            self._ask(request)
        finally:
            request.body.close()

    def _ask(self, request: HttpRequest) -> None:
        connection, house = self._connection, self._house
        environ = house.environs.make(request, connection.peer)
        environ["werkzeug.socket"] = connection.socket
        environ["offair.step_aside"] = lambda: house.step_aside(connection)
        invitation = Invitation(request.head) if is_handshake(request.head) else None
        if invitation is not None:
            environ["offair.websocket"] = invitation.accept
        started = _Started()
        try:
            content = house.application(environ, started)
        except OSError:  # of the unreadable body, or a fault that let the connection go
            if request.flaw is None:
                raise
            self._refuse(request.flaw, BROKEN)
            return
        except Exception as error:  # noqa: BLE001 - what an application let through is told, and answered
            house.on_error(error)
            self._refuse(FAILED, "the application failed")
            return
        try:
            if invitation is not None and invitation.conversation is not None:
                connection.write(house.penman.switching(invitation.headers))
                connection.side = house.talk(connection, invitation.conversation)
            elif request.flaw is not None and started.status < "4":
                self._refuse(request.flaw, BROKEN)
            else:
                self._send(request, started, content)
        finally:
            close = getattr(content, "close", None)
            if close is not None:
                close()

    def _send(self, request: HttpRequest, started: "_Started", content: Iterable[bytes]) -> None:
        connection, house = self._connection, self._house
        whole = sum(map(len, content)) if isinstance(content, list | tuple) else None
        keeps = request.head.keeps and request.flaw is None and not house.leaving.is_set()
        answer = house.penman.answer(request.head, started.status, started.headers, keeps=keeps, whole=whole)
        pieces = iter(content)
        if answer.length is None:
            house.step_aside(connection)
            is_whole = self._pour(answer.head, pieces, chunked=answer.is_chunked)
        elif answer.length == 0:
            connection.write(answer.head)
            is_whole = True
        else:
            first = next(pieces, b"")
            is_whole = len(first) == answer.length
            if is_whole:
                connection.write(answer.head, first)
            else:
                house.step_aside(connection)
                is_whole = self._pour_all(answer, first, pieces)
        if not (is_whole and answer.keeps):
            connection.is_done = True
            connection.lingers = request.flaw is not None or not self._reader.is_idle

    def _pour(self, head: bytes, pieces: Iterator[bytes], *, chunked: bool) -> bool:
        """Send an answer whose end nobody knows, as fast as it is made and taken."""
        self._wait_out(head)
        for piece in pieces:
            if piece:
                self._wait_out(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self._wait_out(b"0\r\n\r\n")
        return True

    def _pour_all(self, answer: Answer, first: bytes, pieces: Iterator[bytes]) -> bool:
        """Send an answer of a known length that comes in pieces; False when they were too few."""
        left = answer.length or 0
        unsent = answer.head
        for piece in chain((first,), pieces):
            self._wait_out(unsent + piece[:left])
            left -= min(left, len(piece))
            unsent = b""
            if not left:
                break
        return not left

    def _wait_out(self, piece: bytes) -> None:
        """Send a piece, and wait until it is taken; OSError for a reader that is too slow."""
        self._connection.pour(piece, self._house.bounds.idle_seconds, self._house.bounds.body_rate)

    def _turn_away(self, status: int, words: str) -> None:
        """Refuse what no application hears of, and tell of it: most who send it do not show the answer to anybody."""
        self._house.on_refusal(self._connection.peer, words)
        self._refuse(status, words)

    def _refuse(self, status: int, words: str) -> None:
        self._reader.close()
        self._connection.write(self._house.penman.refusal(status, words))
        self._connection.is_done = self._connection.lingers = True


class _Started:
    """What the application calls to begin its answer (PEP 3333)."""

    status = "500 Internal Server Error"
    headers: Sequence[tuple[str, str]] = ()

    def __call__(
        self, status: str, headers: Sequence[tuple[str, str]], _error: object = None
    ) -> Callable[[bytes], None]:
        self.status, self.headers = status, headers
        return _write


def _write(_piece: bytes) -> None:
    raise NotImplementedError("give the body as the application's iterable; write() is for servers of another age")
