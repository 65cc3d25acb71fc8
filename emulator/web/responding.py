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
    headers = Headers(list(reply.headers.items()))
    if reply.body is None:
        response = Response(reply.content, reply.status, headers)
        response.headers.pop("Content-Type", None)
        return response
    headers["Content-Type"] = reply.media_type
    return Response(reply.content, reply.status, headers)
