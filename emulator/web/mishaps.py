"""What a fault does to an answer on the wire: nothing, rubbish, or half of it."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from flask import Response

HANG_UP = "offair.hang_up"  # how whoever calls the application without a socket is told that the connection ends
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
    hang_up = environ.get(HANG_UP)
    if hang_up is not None:
        hang_up()
        return response
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is None:
        raise ConnectionAbortedError(f"a fault ({kind}) ended this call")
    with suppress(OSError):
        if kind == "garbage":
            connection.sendall(RUBBISH)
        connection.shutdown(socket.SHUT_RDWR)
    return response


def _first(body: Iterable[bytes], count: int) -> Iterator[bytes]:
    for piece in body:
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return
