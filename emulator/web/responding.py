"""From a reply to HTTP."""

from pathlib import Path

from flask import Response, request
from werkzeug.datastructures import Headers

from offair.emulator.provider.reply import Reply
from offair.emulator.web.delivery import deliver


def respond(reply: Reply) -> Response:
    """Write a reply as HTTP."""
    if isinstance(reply.body, Path):
        return deliver(request, reply.body, reply.media_type, headers=reply.headers, freshness="no-cache")
    response = Response(reply.content, reply.status, Headers([*reply.headers.items()]), content_type=reply.media_type)
    if reply.body is None:
        del response.headers["Content-Type"]
    return response
