"""From a reply to HTTP."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.http import HTTP_STATUS_CODES

from offair.emulator.provider.reply import Reply
from offair.emulator.web.delivery import deliver

LINES = {status: f"{status} {phrase.upper()}" for status, phrase in HTTP_STATUS_CODES.items()}
WITHOUT_LENGTH = (100, 101, 102, 103, 204, 304)  # RFC 9110, section 8.6


def respond(reply: Reply, asked: Request) -> Response:
    """Write a reply as HTTP."""
    if isinstance(reply.body, Path):
        return deliver(asked, reply.body, reply.media_type, headers=reply.headers, freshness="no-cache")
    content = reply.body if isinstance(reply.body, Iterator) else reply.content
    response = Response(content, reply.status, Headers([*reply.headers.items()]), content_type=reply.media_type)
    if reply.body is None:
        del response.headers["Content-Type"]
    return response


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """What ``respond`` makes of most replies, as a WSGI application that costs a fifth of Flask's."""

    reply: Reply

    @classmethod
    def can(cls, reply: Reply) -> bool:
        """Tell whether a reply is one of these: with a body that is at hand, and nowhere else to go."""
        return (
            reply.status in LINES
            and reply.status not in WITHOUT_LENGTH
            and reply.body is not None
            and not isinstance(reply.body, Path | Iterator)
            and "Location" not in reply.headers
        )

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Send it; ValueError when a field would break the head (RFC 9110, section 5.5)."""
        reply, content = self.reply, self.reply.content
        values = "".join(reply.headers.values())
        if "\r" in values or "\n" in values:
            raise ValueError(f"a field of the answer has a line's end in it: {dict(reply.headers)}")
        length = ("Content-Length", str(len(content)))
        start(LINES[reply.status], [("Content-Type", reply.media_type), length, *reply.headers.items()])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]
