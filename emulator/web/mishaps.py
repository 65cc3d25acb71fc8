"""What a fault does to an answer on the wire: nothing, rubbish, or half of it."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from flask import Response

from offair.contracts.wsgi import HANG_UP

RUBBISH = b"\x00\xff this is not HTTP \xfe\x01\r\n\r\n"


def suffer(kind: str, response: Response, environ: dict[str, Any]) -> Response:
    """Spoil an answer: ``drop`` sends nothing, ``garbage`` rubbish, ``truncate`` half of the body.

    The connection closes afterwards, in the middle of what the client was promised.
    """
    if kind == "truncate":
        promised = response.content_length or response.calculate_content_length() or 0
        body = response.response  # a large file's is read as it is sent
        response.response = _first(body, promised // 2)  # type: ignore[arg-type] # a response of ours is bytes
        response.direct_passthrough = False  # what was opened for it is closed when the response is
        response.automatically_set_content_length = False
        response.headers["Content-Length"] = str(promised)
        return response
    hang_up(environ, RUBBISH if kind == "garbage" else b"", why=f"a fault ({kind})")
    return response


def hang_up(environ: dict[str, Any], last_words: bytes = b"", *, why: str = "somebody who listens") -> None:
    """Close the connection that a request came by; ConnectionAbortedError where it came by none, in this process.

    Whoever calls the application without a socket is told by HANG_UP, where the request brings it.
    """
    tell = environ.get(HANG_UP)
    if tell is not None:
        tell()
        return
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is None:
        raise ConnectionAbortedError(f"{why} ended this call")
    with suppress(OSError):
        if last_words:
            connection.sendall(last_words)
        connection.shutdown(socket.SHUT_RDWR)


def _first(body: Iterable[bytes], count: int) -> Iterator[bytes]:
    for piece in body:
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return
