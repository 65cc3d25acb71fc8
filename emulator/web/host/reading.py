"""HTTP/1.1 without a socket: bytes in, requests out, however they are cut."""

import io
from dataclasses import dataclass
from typing import IO

from offair.emulator.web.host.bodies import BLANK, Chunked, Counted, broken_body
from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.heads import BARE_LF, STARTS, Head, Refusal, read_head

FOREIGN = {  # first bytes of what else comes to this port
    0x03: "RTMP came to the HTTP port; publish to the RTMP port",
    0x16: "TLS came to the port of plain HTTP; call http://, or the port of --https-port",
}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A whole request. A body with a ``flaw`` (the status that says which) cannot be read."""

    head: Head
    body: IO[bytes]
    flaw: int | None = None


class RequestReader:
    """Reads one connection's requests, one after another; after a Refusal or a flaw there are no more."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._buffer = bytearray()
        self._searched = 0
        self._head: Head | None = None
        self._body: Counted | Chunked | None = None
        self._has_ended = False
        self._is_over = False
        self._is_told = False

    @property
    def is_idle(self) -> bool:
        """Nothing came of a next request."""
        return self._head is None and not self._buffer

    @property
    def is_in_body(self) -> bool:
        """A head came, and its body did not yet."""
        return self._head is not None

    def receive(self, data: bytes) -> None:
        """Take what came."""
        self._buffer += data

    def end(self) -> None:
        """Take it that no more will come."""
        self._has_ended = True

    def rest(self) -> bytes:
        """Give, once, what came behind the last request: it is of another protocol."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._is_over = True
        return rest

    def close(self) -> None:
        """Let go of half a body; twice is fine."""
        if self._body is not None:
            self._body.content.close()

    def must_say_go_on(self) -> bool:
        """Say, once a request, whether its body comes only when it is told to."""
        if self._head is None or self._is_told or not self._head.is_patient or self._buffer:
            return False
        self._is_told = True
        return True

    def next(self) -> HttpRequest | None:
        """Give the next request, None while it is not whole; Refusal when it cannot be read."""
        if self._is_over:
            return None
        try:
            if self._head is None and not self._take_head():
                return None
            request = self._take_body()
        except Refusal:
            self._is_over = True
            raise
        if request is not None:
            self._head = self._body = None
            self._is_told = False
            self._is_over = request.flaw is not None
        return request

    def _take_head(self) -> bool:
        buffer = self._buffer
        while buffer[:2] == b"\r\n":  # RFC 9112, 2.2
            del buffer[:2]
        if buffer and not STARTS.match(buffer) and buffer != b"\r":
            raise Refusal(400, FOREIGN.get(buffer[0], "it has no method"))
        blank = buffer.find(BLANK, self._searched, self._bounds.head)
        if blank < 0:
            self._check_half(buffer)
            self._searched = max(0, len(buffer) - len(BLANK) + 1)
            return False
        raw = bytes(memoryview(buffer)[: blank + 2])
        del buffer[: blank + len(BLANK)]
        self._searched = 0
        head = self._head = read_head(raw)
        if head.length is None:
            self._body = Chunked(self._bounds.body, self._bounds.head)
        elif head.length and head.flaw is None and head.length <= self._bounds.body:
            self._body = Counted(head.length)
        return True

    def _check_half(self, buffer: bytearray) -> None:
        """Refuse half a head that cannot become a whole one."""
        if BARE_LF.search(buffer, self._searched, self._bounds.head):
            raise Refusal(400, "a line ends in LF alone")
        if len(buffer) >= self._bounds.head:
            is_line = buffer.find(b"\r\n", 0, self._bounds.head) < 0
            raise Refusal(414 if is_line else 431, f"the head is longer than {self._bounds.head} bytes")
        if self._has_ended and buffer:
            raise Refusal(400, "the head ended early")

    def _take_body(self) -> HttpRequest | None:
        head, body = self._head, self._body
        assert head is not None  # noqa: S101 - the caller has just read it
        if body is None:
            flaw = 413 if head.length else head.flaw
            return HttpRequest(head, io.BytesIO()) if flaw is None else HttpRequest(head, broken_body(), flaw)
        is_whole = body.take(self._buffer)
        if not is_whole and not self._has_ended:
            return None
        if is_whole and body.flaw is None:
            body.content.seek(0)
            return HttpRequest(head, body.content)
        self.close()
        return HttpRequest(head, broken_body(), body.flaw or 400)
