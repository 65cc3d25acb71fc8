"""HTTP archives (HAR 1.2), as browsers, proxies and the stand-in write them.

An entry is read when it is its turn, and of it only what is judged: an archive of 100 MB is held once as bytes, and
once as the bodies in it.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from offair.contracts.exchange import BINARY, TEXT, Exchange, Side, header
from offair.contracts.traffic.coding import opened
from offair.contracts.traffic.unread import UnreadError

Attached = Callable[[str], bytes]

PLAIN = rb'"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,\s*'  # what somebody wrote before the log
OPENING = re.compile(rb"\{\s*(?:" + PLAIN + rb')*"log"\s*:')
ENTRIES = re.compile(r'"entries"\s*:\s*\[\s*')
ENDS = (b"}", b"]", b">")  # of JSON, and of pages for people
MILLISECONDS = 1000
BARE = frozenset({101, 204, 205, 304})  # answers that have no body (RFC 9110 section 15)
SENT = frozenset({"send", "sent", "request", "outgoing"})  # what recorders call the client's frames


class HarPair(msgspec.Struct):
    """A header, a cookie, or a field of a form."""

    name: str
    value: str | None = None


class HarText(msgspec.Struct):
    """A body. ``size`` is that of the body, of which there may be no text; ``file`` has it where it was put apart."""

    text: str | None = None
    encoding: str | None = None
    size: float | None = None
    params: list[HarPair] | None = None
    mimeType: str | None = None  # noqa: N815 - the archive's own word
    file: str | None = msgspec.field(name="_file", default=None)


class HarRequest(msgspec.Struct):
    """What was asked."""

    method: str
    url: str
    headers: list[HarPair] | None = None
    cookies: list[HarPair] | None = None
    size: float | None = msgspec.field(name="bodySize", default=None)
    posted: HarText | None = msgspec.field(name="postData", default=None)


class HarResponse(msgspec.Struct):
    """What was answered; recorders write 0 or -1 for a status where nothing was."""

    status: int | None = None
    headers: list[HarPair] | None = None
    content: HarText | None = None


class HarFrame(msgspec.Struct):
    """What one side said over a WebSocket; binary in base64. Browsers write other opcodes where something failed."""

    type: str
    data: str | None = None
    opcode: int = TEXT


class HarEntry(msgspec.Struct):
    """One request with its answer, and what was said then over the WebSocket that it opened."""

    request: HarRequest
    response: HarResponse | None = None
    began: str | float | None = msgspec.field(name="startedDateTime", default=None)
    comment: str | None = None
    frames: list[HarFrame] | None = msgspec.field(name="_webSocketMessages", default=None)


class HarLog(msgspec.Struct):
    """All entries, none of them read."""

    entries: list[msgspec.Raw]


class HarFile(msgspec.Struct):
    """The archive."""

    log: HarLog


def is_har(head: bytes) -> bool:
    """Say whether a file begins as an archive does."""
    return OPENING.match(head) is not None


def read_har(content: bytes, attached: Attached) -> list[Exchange]:
    """Read an archive; ``attached`` gives a body that lies beside it, or b"".

    UnreadError finishes the sentence "<file> ...".
    """
    try:
        archive = msgspec.json.decode(content, type=HarFile)
    except msgspec.ValidationError as error:
        raise UnreadError(f"is no HTTP archive: {error}") from error
    except msgspec.DecodeError as error:
        raise UnreadError(_where_it_ends(content, error)) from error
    return list(_exchanges(archive.log.entries, attached))


def _exchanges(entries: list[msgspec.Raw], attached: Attached) -> Iterator[Exchange]:
    for number, raw in enumerate(entries, 1):
        try:
            entry = msgspec.json.decode(raw, type=HarEntry, strict=False)
            if entry.response is not None and (entry.response.status or 0) > 0:
                yield _exchange(entry.request, entry.response, entry, attached)
        except (ValueError, binascii.Error) as error:
            raise UnreadError(f"is no HTTP archive: its entry {number} cannot be read: {error}") from error


def _exchange(asked: HarRequest, answered: HarResponse, entry: HarEntry, attached: Attached) -> Exchange:
    content, posted = answered.content or HarText(), asked.posted or HarText()
    request_headers, response_headers = _headers(asked.headers or []), _headers(answered.headers or [])
    if asked.cookies and header(request_headers, "Cookie") is None:
        request_headers["Cookie"] = "; ".join(f"{one.name}={one.value or ''}" for one in asked.cookies)
    request_body, body = _body(posted, attached), _body(content, attached)
    body, is_closed = opened(body, header(response_headers, "Content-Encoding") or "")
    if request_body and posted.mimeType and header(request_headers, "Content-Type") is None:
        request_headers["Content-Type"] = posted.mimeType
    if content.mimeType and header(response_headers, "Content-Type") is None:
        response_headers["Content-Type"] = content.mimeType
    is_unasked = (asked.size or 0) > 0 and not request_body
    return Exchange(
        method=asked.method.upper(),
        path=asked.url,
        status=answered.status or 0,
        title=entry.comment or "",
        request_headers=request_headers,
        request_body=request_body,
        response_headers=response_headers,
        response_body=body,
        at=_moment(entry.began),
        frames=tuple(_frames(entry.frames or [])),
        is_cut=is_closed
        or is_unasked
        or (answered.status not in BARE and _is_cut(answered.content, response_headers, body)),
    )


def _frames(said: list[HarFrame]) -> Iterator[tuple[Side, str | bytes]]:
    for one in said:
        side: Side = "from_client" if one.type in SENT else "from_server"
        if one.opcode == TEXT:
            yield side, one.data or ""
        elif one.opcode == BINARY:
            yield side, base64.b64decode(one.data or "")


def _is_cut(content: HarText | None, headers: Mapping[str, str], body: bytes) -> bool:
    """Say whether a recorder left a body out, or ended it where it had enough; an unknown size is below 0."""
    if content is None:
        return True
    if not body:
        told = header(headers, "Content-Length") or ""
        return (content.size or 0) != 0 or (content.text is None and told.isdigit() and int(told) > 0)
    return len(body) < (content.size or 0) and not body.rstrip().endswith(ENDS)


def _moment(said: str | float | None) -> float | None:
    """When it was asked, in seconds; None where it cannot be read, which costs nobody more than the limits."""
    if said is None or isinstance(said, int | float):
        return None if said is None else said / MILLISECONDS
    try:
        return datetime.fromisoformat(said).timestamp()
    except ValueError:
        return None


def _headers(pairs: list[HarPair]) -> dict[str, str]:
    """Join what stands twice, and leave out what HTTP/2 calls headers (``:path``)."""
    found: dict[str, str] = {}
    for pair in pairs:
        if not pair.name.startswith(":"):
            value = pair.value or ""
            found[pair.name] = f"{found[pair.name]}, {value}" if pair.name in found else value
    return found


def _body(said: HarText, attached: Attached) -> bytes:
    if said.text is None and said.file:
        return attached(said.file)
    if said.text is None and said.params:
        return urlencode([(pair.name, pair.value or "") for pair in said.params]).encode()
    text = said.text or ""
    return base64.b64decode(text) if said.encoding == "base64" else text.encode("utf-8", "surrogatepass")


def _where_it_ends(content: bytes, error: Exception) -> str:
    """Say up to where an archive can be read: which entry is not whole, and which was the last that is."""
    text = content.decode("utf-8", "replace")
    found = ENTRIES.search(text)
    if found is None:
        return f"is half an HTTP archive: it ends before its entries, at byte {len(content)}"
    decoder, place, count, last = json.JSONDecoder(), found.end(), 0, ""
    while text[place : place + 1] == "{":
        try:
            entry: Any
            entry, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            break
        count, last = count + 1, _line(entry)
        place = re.compile(r"[\s,]*").match(text, place).end()  # type: ignore[union-attr] # it matches nothing too
    at = len(text[:place].encode("utf-8", "replace"))
    after = f" The last that is whole is {last}." if last else ""
    return f"is half an HTTP archive: entry {count + 1}, which begins at byte {at}, is not whole ({error}).{after}"


def _line(entry: Any) -> str:
    request = entry.get("request", {}) if isinstance(entry, dict) else {}
    return f"{request.get('method')} {request.get('url')}"
