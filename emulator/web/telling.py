"""What the journal tells of a request: kept as it came, and written out when somebody reads it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Request

from offair.contracts.jsontext import NotJsonError, parse
from offair.emulator.provider.reply import Reply
from offair.emulator.web.body import SHOWN
from offair.emulator.web.host.environ import FIELDS


def url_of(request: Request) -> Callable[[], str]:
    """Tell the whole URL, as it was asked for."""
    environ = request.environ
    scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
    target = environ.get("RAW_URI") or request.full_path
    return lambda: f"{scheme}://{host}{target}"


def headers_of(request: Request) -> Callable[[], dict[str, str]]:
    """Tell the request's header."""
    fields: Mapping[str, str] | None = request.environ.get(FIELDS)
    if fields is None:
        given = list(request.headers)
        return lambda: dict(given)
    return lambda: {name.title(): value for name, value in fields.items()}


def body_of(reply: Reply) -> Callable[[], Any]:
    """Tell an answer's body: JSON and text as they are, the path of a file, and how long anything else is."""
    if isinstance(reply.body, Path):
        return reply.body.as_posix
    content, media_type, is_none = reply.content, reply.media_type, reply.body is None

    def tell() -> Any:
        if is_none or len(content) > SHOWN:
            return None if is_none else f"{len(content)} bytes"
        if "json" in media_type:
            try:
                return parse(content)
            except NotJsonError:
                return content.decode("utf-8", "replace")
        return content.decode() if media_type.startswith("text/") else f"{len(content)} bytes of {media_type}"

    return tell
