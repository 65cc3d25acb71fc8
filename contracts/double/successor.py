"""Beneath httpx2, the successor of httpx: its transports ask the same routers."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx

from offair.contracts.double.asking import ask_routers, let_go, lets_pass, raw_pieces


def patched() -> AbstractContextManager[None] | None:
    """Let transports of httpx2 ask the routers for a while; None where it is not installed."""
    try:
        import httpx2
    except ImportError:
        return None
    return _asking(httpx2)


@contextmanager
def _asking(library: Any) -> Iterator[None]:
    plain, turning = library.HTTPTransport, library.AsyncHTTPTransport
    send, asend = plain.handle_request, turning.handle_async_request

    def handle_request(self: Any, request: Any) -> Any:
        if lets_pass(request.url.host, request.url.port):
            return send(self, request)
        return _answer(library, request, request.read())

    async def handle_async_request(self: Any, request: Any) -> Any:
        if lets_pass(request.url.host, request.url.port):
            return await asend(self, request)
        return _answer(library, request, await request.aread())

    plain.handle_request, turning.handle_async_request = handle_request, handle_async_request
    try:
        yield
    finally:
        plain.handle_request, turning.handle_async_request = send, asend


def _answer(library: Any, request: Any, body: bytes) -> Any:
    asked = httpx.Request(request.method, str(request.url), headers=request.headers.raw, content=body)
    with _in_words_of(library, request):
        answer = ask_routers(asked)
    if answer is None:
        raise library.ConnectError(f"{request.url} is nobody's", request=request)
    stream = _stream(library, request, answer)
    return library.Response(answer.status_code, headers=answer.headers.raw, stream=stream, request=request)


def _stream(library: Any, request: Any, answer: httpx.Response) -> Any:
    class Passed(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc] # its library may be missing
        def __iter__(self) -> Iterator[bytes]:
            with _in_words_of(library, request):
                yield from raw_pieces(answer)

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in self:
                yield piece

        def close(self) -> None:
            let_go(answer)

        async def aclose(self) -> None:
            let_go(answer)

    return Passed()


@contextmanager
def _in_words_of(library: Any, request: Any) -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise getattr(library, type(error).__name__)(str(error), request=request) from error
