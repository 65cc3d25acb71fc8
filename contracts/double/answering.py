"""A request of httpx, answered by the stand-in's application: as a network would, with its mishaps."""

from collections.abc import AsyncIterator, Iterator

import httpx

from offair.contracts.double.addresses import Place
from offair.contracts.wsgi import WsgiAnswer, begin_wsgi

HOP = frozenset({b"transfer-encoding", b"connection", b"host"})  # between two sockets, and here is none
SILENT = "Server disconnected without sending a response."


def answer_for(place: Place, request: httpx.Request) -> httpx.Response:
    """Ask the application for what was asked for at a production address.

    What ends a connection there ends the call here: httpx.RemoteProtocolError.
    """
    target = request.url.raw_path.decode("ascii")
    raw = request.headers.raw  # as text they would be guessed at for every header once more
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw if name.lower() not in HOP]
    try:
        answer = begin_wsgi(place.application, request.method, place.root + target, headers, request.read())
    except ConnectionError as error:
        raise httpx.RemoteProtocolError(SILENT, request=request) from error
    return _response(answer, request)


def _response(answer: WsgiAnswer, request: httpx.Request) -> httpx.Response:
    length, status = answer.header("content-length"), answer.status
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if request.method == "HEAD" or status in {204, 304}:
        answer.close()
        return httpx.Response(status, headers=headers, request=request)
    if length is None:
        return httpx.Response(status, headers=headers, stream=Flow(answer), request=request)
    content = answer.read()
    if len(content) == int(length):
        return Told(status, headers=headers, stream=Whole(content), request=request)
    cut = WsgiAnswer(status, answer.headers, iter((content,)), answer.close)
    return httpx.Response(status, headers=headers, stream=Flow(cut, promised=int(length)), request=request)


class Told(httpx.Response):
    """An answer that is read when somebody looks at it: of most that a router keeps nobody does."""

    @property
    def content(self) -> bytes:
        """The body."""
        try:
            return super().content
        except httpx.ResponseNotRead:
            return self.read()


class Whole(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is all there; respx would read httpx's own at once, for every call."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        """Give it in one piece, as often as is asked."""
        yield self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the same to an event loop."""
        yield self._content


class Flow(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body as it comes, perhaps without end, or short of the bytes that were ``promised``."""

    def __init__(self, answer: WsgiAnswer, promised: int | None = None) -> None:
        self._answer = answer
        self._promised = promised

    def __iter__(self) -> Iterator[bytes]:
        """Give the body; RemoteProtocolError where it ends too early."""
        got = 0
        for piece in self._answer.pieces:
            got += len(piece)
            yield piece
        if self._promised is not None and got < self._promised:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body "
                f"(received {got} bytes, expected {self._promised})"
            )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the same to an event loop, which waits for it."""
        for piece in self:
            yield piece

    def close(self) -> None:
        """Let the application go."""
        self._answer.close()

    async def aclose(self) -> None:
        """Let the application go."""
        self._answer.close()
