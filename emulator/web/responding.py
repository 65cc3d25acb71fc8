"""From a reply to HTTP."""

from pathlib import Path

from flask import Response, request

from offair.emulator.provider.reply import Reply
from offair.emulator.web.delivery import deliver


def respond(reply: Reply) -> Response:
    """Write a reply as HTTP."""
    if isinstance(reply.body, Path):
        return deliver(request, reply.body, reply.media_type, headers=reply.headers, freshness="no-cache")
    response = Response(reply.content, status=reply.status)
    for name, value in reply.headers.items():
        response.headers[name] = value
    if reply.body is None:
        response.headers.pop("Content-Type", None)
    else:
        response.headers["Content-Type"] = reply.media_type
    return response
