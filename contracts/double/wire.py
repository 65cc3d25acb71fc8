"""HTTP without a socket: the bytes of a request in, those of its answer out. What ends a connection ends it here."""

from collections.abc import Callable, Iterator
from http.client import responses
from typing import Any

import httptools
import httpx

from offair.contracts.double.asking import let_go, raw_pieces

ANSWERED = frozenset({"connection", "transfer-encoding"})  # what the wire says itself

Ask = Callable[[httpx.Request], httpx.Response | None]


class Wire:
    """One request and its answer at ``origin`` (``https://host``); every answer ends the connection."""

    def __init__(self, origin: str, ask: Ask) -> None:
        self._origin, self._ask = origin, ask
        self._parser: Any = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._is_whole = False

    def send(self, data: bytes) -> Iterator[bytes] | None:
        """Take bytes of the request; once it is whole, give the answer's bytes as they come. None before.

        What the router raises comes through; where an answer breaks off, its bytes end.
        """
        self._parser.feed_data(data)
        if not self._is_whole:
            return None
        self._is_whole = False
        return self._answer()

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

    def _answer(self) -> Iterator[bytes]:
        target = self._target.decode("latin-1")
        url = target if "://" in target else self._origin + target
        method = self._parser.get_method().decode()
        request = httpx.Request(method, url, headers=self._headers, content=b"".join(self._body))
        try:
            response = self._ask(request)
        except httpx.RemoteProtocolError:
            return iter(())
        except httpx.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except httpx.TransportError as error:
            raise ConnectionRefusedError(str(error)) from error
        if response is None:
            raise ConnectionRefusedError(f"{url} is the stand-in's own, and nobody called it over a socket")
        return _written(response)


def _written(response: httpx.Response) -> Iterator[bytes]:
    status = response.status_code
    lines = [b"HTTP/1.1 %d %b" % (status, responses.get(status, "").encode())]
    lines += [b"%b: %b" % pair for pair in response.headers.raw if pair[0].lower().decode() not in ANSWERED]
    yield b"\r\n".join([*lines, b"Connection: close", b"", b""])
    try:
        yield from raw_pieces(response)
    except httpx.RemoteProtocolError:
        return
    finally:
        let_go(response)
