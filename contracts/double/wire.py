"""HTTP without a socket: the bytes of a request in, what answers it out. What ends a connection ends it here."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from http.client import responses
from typing import Any

import httptools
import httpx

from offair.contracts.double.asking import let_go, raw_pieces

ANSWERED = frozenset({b"connection", b"transfer-encoding"})  # what the wire says itself
BODILESS = frozenset({204, 304})
LENGTH = "content-length"
KNOWN = 256  # URLs that were read already

Ask = Callable[[httpx.Request], httpx.Response | None]


class Wire:
    """Requests at ``origin`` (``https://host``), one after the other."""

    def __init__(self, origin: str, ask: Ask) -> None:
        self._origin, self._ask = origin, ask
        self._parser: Any = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._is_whole = False

    def send(self, data: bytes) -> "Arrival | None":
        """Take bytes of a request; once it is whole, give what arrives for it. None before.

        What the router raises comes through.
        """
        self._parser.feed_data(data)
        if not self._is_whole:
            return None
        self._is_whole = False
        return self._answer()

    def on_message_begin(self) -> None:
        """Know that a request begins."""
        self._target, self._headers, self._body, self._is_whole = b"", [], [], False

    def on_url(self, url: bytes) -> None:
        """Take the target, perhaps in pieces."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        """Take some of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Know that the request is whole."""
        self._is_whole = True

    def _answer(self) -> "Arrival":
        target = self._target.decode("latin-1")
        url = target if "://" in target else self._origin + target
        method = self._parser.get_method().decode()
        request = httpx.Request(method, _url(url), headers=self._headers, content=b"".join(self._body))
        try:
            response = self._ask(request)
        except httpx.RemoteProtocolError:
            return Arrival(None)
        except httpx.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except httpx.TransportError as error:
            raise ConnectionRefusedError(str(error)) from error
        if response is None:
            raise ConnectionRefusedError(f"{url} is the stand-in's own, and nobody called it over a socket")
        return Arrival(response, is_head=method == "HEAD")


class Arrival:
    """What arrives for a request: an answer, or only the end of the connection, where ``status`` is 0.

    ``headers`` are without what is between two sockets. ``length`` is how many bytes of a body are promised, None where
    it lasts until the connection ends, as that does where it is not ``is_whole`` once it was given.
    """

    def __init__(self, response: httpx.Response | None, *, is_head: bool = False) -> None:
        self._response = response
        self.status = 0 if response is None else response.status_code
        raw = () if response is None else response.headers.raw
        self.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw
                        if name.lower() not in ANSWERED]  # fmt: skip
        is_bodiless = not self.status or is_head or self.status in BODILESS
        said = "0" if is_bodiless else next((value for name, value in self.headers if name.lower() == LENGTH), "")
        self.length = int(said) if said.isdigit() else None
        self.is_whole = self.status > 0 and self.length == 0

    @property
    def reason(self) -> str:
        """The words that stand beside the status."""
        return responses.get(self.status, "")

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it comes; it may end before its promised length."""
        if self._response is None or self.length == 0:
            return
        count = 0
        try:
            for piece in raw_pieces(self._response):
                count += len(piece)
                yield piece
        except httpx.RemoteProtocolError:
            return
        finally:
            let_go(self._response)
            self.is_whole = count == self.length

    def written(self) -> Iterator[bytes]:
        """Give head and body as they travel: in one piece, where it is known how much that is."""
        if not self.status:
            return
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        lines += ["Connection: close"] if self.length is None else []
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if self.length is not None:
            yield b"".join((head, *self.pieces()))
            return
        yield head
        yield from self.pieces()


@lru_cache(maxsize=KNOWN)
def _url(url: str) -> httpx.URL:
    """Read a URL; clients ask for few, and reading one takes as long as half a call."""
    return httpx.URL(url)
