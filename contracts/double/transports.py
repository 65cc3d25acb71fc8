"""Beneath httpx: its transports ask the routers themselves, and no request is rewritten for httpcore and back.

respx stands there too, and hears what comes by another way; what is passed on it is not to ask about once more.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx

from offair.contracts.double.asking import PASSED, ask_routers, ask_routers_together, lets_pass


def patched() -> AbstractContextManager[None]:
    """Let transports of httpx ask the routers for a while."""
    return _asking(httpx.HTTPTransport, httpx.AsyncHTTPTransport)


@contextmanager
def _asking(plain: Any, turning: Any) -> Iterator[None]:
    send, asend = plain.handle_request, turning.handle_async_request

    def handle_request(self: Any, request: httpx.Request) -> Any:
        if lets_pass(request.url.host, request.url.port):
            return send(self, request)
        request.read()
        answer = ask_routers(request)
        return send(self, _passed(request)) if answer is None else _arriving(answer)

    async def handle_async_request(self: Any, request: httpx.Request) -> Any:
        if lets_pass(request.url.host, request.url.port):
            return await asend(self, request)
        await request.aread()
        answer = await ask_routers_together(request)
        return await asend(self, _passed(request)) if answer is None else _arriving(answer)

    plain.handle_request, turning.handle_async_request = handle_request, handle_async_request
    try:
        yield
    finally:
        plain.handle_request, turning.handle_async_request = send, asend


def _passed(request: httpx.Request) -> httpx.Request:
    request.extensions = {**request.extensions, PASSED: True}
    return request


def _arriving(answer: httpx.Response) -> httpx.Response:
    """The answer as one that nobody has read yet: the routers keep theirs."""
    return httpx.Response(
        answer.status_code, headers=answer.headers, stream=answer.stream, extensions=answer.extensions
    )
