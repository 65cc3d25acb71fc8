"""The head of an answer, and how its body is framed (RFC 9112, 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate

from offair.emulator.core.clock import Clock
from offair.emulator.web.host.heads import Head

GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
WITHOUT_BODY = ("204", "304")
PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}
SWITCHING = "101 Switching Protocols"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's head as bytes, and what follows it: ``length`` bytes, None when nobody knows, 0 for no body."""

    head: bytes
    length: int | None
    is_chunked: bool
    keeps: bool


class Penman:
    """Writes heads; knows the date."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._date: tuple[int | None, str] = (None, "")

    def answer(
        self, asked: Head, status: str, headers: Sequence[tuple[str, str]], *, keeps: bool, whole: int | None = None
    ) -> Answer:
        """Frame an answer; ``whole`` is its length where the application did not say it, and it is known."""
        lines = [f"HTTP/1.1 {status}"]
        length = whole
        has_date = False
        for name, value in headers:
            kind = name.lower()
            if kind == "content-length":
                length = int(value)
                continue
            if kind == "connection":
                keeps = keeps and "close" not in value.lower()
                continue
            has_date = has_date or kind == "date"
            lines.append(f"{name}: {value}")
        if not has_date:
            lines.append(self.date())
        has_no_body = status.startswith(WITHOUT_BODY)
        is_old = asked.version == "HTTP/1.0"
        is_chunked = length is None and not has_no_body and not is_old
        if is_chunked:
            lines.append("Transfer-Encoding: chunked")
        elif length is not None and not has_no_body:
            lines.append(f"Content-Length: {length}")
        if asked.method == "HEAD" or has_no_body:
            length, is_chunked = 0, False
        keeps = keeps and (is_chunked or length is not None)
        if not keeps:
            lines.append("Connection: close")
        elif is_old:
            lines.append("Connection: keep-alive")
        return Answer(_joined(lines), length, is_chunked, keeps)

    def refusal(self, status: int, words: str) -> bytes:
        """Write the whole answer to what is no request."""
        text = f'{{"error":"this is no HTTP request that the stand-in can read ({status}): {words}"}}'
        lines = [
            f"HTTP/1.1 {status} {PHRASES[status]}",
            "Content-Type: application/json",
            self.date(),
            f"Content-Length: {len(text)}",
            "Connection: close",
        ]
        return _joined(lines) + text.encode()

    def switching(self, headers: Sequence[tuple[str, str]]) -> bytes:
        """Write the head after which another protocol is spoken."""
        return _joined([f"HTTP/1.1 {SWITCHING}", *(f"{name}: {value}" for name, value in headers), self.date()])

    def date(self) -> str:
        """Give the field Date, and the field Server with it."""
        second = int(self._clock.wall())
        if self._date[0] != second:
            self._date = (second, f"Server: offair\r\nDate: {formatdate(second, usegmt=True)}")
        return self._date[1]


def _joined(lines: list[str]) -> bytes:
    lines += ("", "")
    return "\r\n".join(lines).encode("latin-1")
