"""Asking the routers that are active, for libraries that respx does not know."""

from collections.abc import Iterator

import httpx
from respx.mocks import HTTPCoreMocker
from respx.models import PassThrough

from offair.contracts.double.addresses import Directory

PASSED = "offair.passed"
"""Marks a request that a route lets go on: nobody asks about it again."""


def ask_routers(request: httpx.Request) -> httpx.Response | None:
    """Ask every router that is active, as respx does for httpx; None where the request is to go on to a socket."""
    try:
        response: httpx.Response = HTTPCoreMocker.handler(request)  # type: ignore[no-untyped-call] # of respx
    except PassThrough:
        return None
    return response


async def ask_routers_together(request: httpx.Request) -> httpx.Response | None:
    """Do the same in an event loop, where routes may be coroutines."""
    try:
        response: httpx.Response = await HTTPCoreMocker.async_handler(request)  # type: ignore[no-untyped-call] # of respx
    except PassThrough:
        return None
    return response


def lets_pass(host: str, port: int | None) -> bool:
    """Say whether a host is the stand-in of a double that is active."""
    found = (getattr(router, "directory", None) for router in HTTPCoreMocker.routers)
    return any(isinstance(one, Directory) and one.is_stand_in(host, port) for one in found)


def raw_pieces(response: httpx.Response) -> Iterator[bytes]:
    """Give a body as it travels; a router may have read it, and its stream can be read once more."""
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - no route here is asynchronous
    yield from response.stream


def let_go(response: httpx.Response) -> None:
    """End a body that may be without end; what is all there is read from the router's calls later."""
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - no route here is asynchronous
    response.stream.close()
