"""What the journal tells of a request: kept as it came, and written out when somebody reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from flask import Request

from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.violation import Violation, brief
from offair.contracts.wsgi import FIELDS
from offair.emulator.core.journal import Journal
from offair.emulator.provider.reply import Reply
from offair.emulator.web.body import OPENING, SHOWN, Received, shown

SPELT_OUT = 4  # times as long as the words are with them the broken rules that they tell of


def tell(journal: Journal, request: Request, reply: Reply, refused: str, *, cloud: str | None = None) -> None:
    """Tell of a request that no operation heard of, and why."""
    journal.write(
        "request",
        f"{request.method} {request.path} {reply.status}",
        cloud=cloud,
        method=request.method,
        url=url_of(request),
        request_headers=headers_of(request),
        status=reply.status,
        response_headers=reply.headers,
        response_body=body_of(reply),
        refused=refused,
    )


def tell_of_strangers(journal: Journal) -> Callable[[str, str], None]:
    """Give what tells of a peer whose bytes are no request."""

    def tell_of(peer: str, words: str) -> None:
        journal.write("request", f"{peer} is refused", peer=peer, refused=words)

    return tell_of


def url_of(request: Request) -> Callable[[], str]:
    """Tell the whole URL, as it was asked for."""
    environ = request.environ
    target = environ.get("RAW_URI") or request.full_path
    return partial("{}://{}{}".format, environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), target)


def headers_of(request: Request) -> Callable[[], dict[str, str]]:
    """Tell the request's header."""
    fields: Mapping[str, str] | None = request.environ.get(FIELDS)
    return partial(dict, list(request.headers)) if fields is None else partial(_titled, fields)


def asked_of(received: Received) -> Any:
    """Tell a request's body; of JSON its text is kept, which is a twentieth of what it may be read as."""
    if received.files or not received.content:
        return received.tell
    if len(received.content) > SHOWN or received.problem is not None:
        return received.tell()
    if received.content.lstrip()[:1] in OPENING:
        return partial(_read, received.content)
    return partial(shown, received.content, received.body)


def weight_of(request: Request, received: Received, reply: Reply, refused: str | None) -> int:
    """Tell how many bytes the journal keeps of a request and its answer, about; and of why it was refused."""
    fields: Mapping[str, str] = request.environ.get(FIELDS, {})
    head = len(f"{request.environ.get('RAW_URI')}{fields}")
    asked, answered = len(received.content), len(reply.content)
    why = SPELT_OUT * len(refused) if refused else 0
    return head + why + (asked if asked <= SHOWN else 0) + (answered if answered <= SHOWN else 0)


def body_of(reply: Reply) -> Any:
    """Tell an answer's body: JSON and text as they are, the path of a file, and how long anything else is."""
    if isinstance(reply.body, Path):
        return reply.body.as_posix
    content, media_type = reply.content, reply.media_type
    if reply.body is None or len(content) > SHOWN:
        return None if reply.body is None else f"{len(content)} bytes"
    return partial(_told, content, media_type)


def broken_rules_of(violations: Sequence[Violation]) -> Callable[[], Any]:
    """Tell which rules of the contract a request broke; of what stood there as much as a line has."""
    return partial(msgspec.to_builtins, [replace(one, got=brief(one.got)) for one in violations], enc_hook=str)


def _titled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in fields.items()}


def _read(content: bytes) -> Any:
    try:
        return parse(content)
    except NotJsonError:
        return content.decode("utf-8", "replace")


def _told(content: bytes, media_type: str) -> Any:
    if "json" in media_type:
        return _read(content)
    return content.decode() if media_type.startswith("text/") else f"{len(content)} bytes of {media_type}"
