"""What a fault does to an answer on the wire: nothing, rubbish, or half of it."""

import socket
from contextlib import suppress
from typing import Any

from flask import Response

RUBBISH = b"\x00\xff this is not HTTP \xfe\x01\r\n\r\n"


def suffer(kind: str, response: Response, environ: dict[str, Any]) -> Response:
    """Spoil an answer: ``drop`` sends nothing, ``garbage`` rubbish, ``truncate`` half of the body.

    The connection closes afterwards, in the middle of what the client was promised.
    """
    if kind == "truncate":
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
        response.automatically_set_content_length = False
        response.headers["Content-Length"] = str(len(whole))
        return response
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is None:
        raise ConnectionAbortedError(f"a fault ({kind}) ended this call")
    with suppress(OSError):
        if kind == "garbage":
            connection.sendall(RUBBISH)
        connection.shutdown(socket.SHUT_RDWR)
    return response
