"""HTTP archives (HAR 1.2), as browsers, proxies and the stand-in write them.

An entry is read when it is its turn, and of it only what is judged: an archive of 100 MB is held once as bytes, and
once as the bodies in it.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from offair.contracts.exchange import Exchange, header
from offair.contracts.traffic.unread import UnreadError

OPENING = re.compile(rb'\{\s*"log"')
ENTRIES = re.compile(r'"entries"\s*:\s*\[\s*')
ABORTED = 0  # a status that browsers write where no answer came


class HarPair(msgspec.Struct):
    """A header, or a field of a form."""

    name: str
    value: str = ""


class HarText(msgspec.Struct):
    """A body. ``size`` is that of the body, of which there may be no text."""

    text: str | None = None
    encoding: str | None = None
    size: float = 0
    params: list[HarPair] = []
    mimeType: str | None = None  # noqa: N815 - the archive's own word


class HarRequest(msgspec.Struct):
    """What was asked."""

    method: str
    url: str
    headers: list[HarPair] = []
    size: float = msgspec.field(name="bodySize", default=0)
    posted: HarText | None = msgspec.field(name="postData", default=None)


class HarResponse(msgspec.Struct):
    """What was answered."""

    status: int
    headers: list[HarPair] = []
    content: HarText = msgspec.field(default_factory=HarText)


class HarEntry(msgspec.Struct):
    """One request with its answer."""

    request: HarRequest
    response: HarResponse
    began: str | None = msgspec.field(name="startedDateTime", default=None)
    comment: str = ""


class HarLog(msgspec.Struct):
    """All entries, none of them read."""

    entries: list[msgspec.Raw]


class HarFile(msgspec.Struct):
    """The archive."""

    log: HarLog


def is_har(head: bytes) -> bool:
    """Say whether a file begins as an archive does."""
    return OPENING.match(head) is not None


def read_har(content: bytes) -> list[Exchange]:
    """Read an archive; UnreadError finishes the sentence "<file> ..."."""
    try:
        archive = msgspec.json.decode(content, type=HarFile)
    except msgspec.ValidationError as error:
        raise UnreadError(f"is no HTTP archive: {error}") from error
    except msgspec.DecodeError as error:
        raise UnreadError(_where_it_ends(content, error)) from error
    return list(_exchanges(archive.log.entries))


def _exchanges(entries: list[msgspec.Raw]) -> Iterator[Exchange]:
    for number, raw in enumerate(entries, 1):
        try:
            entry = msgspec.json.decode(raw, type=HarEntry)
            if entry.response.status != ABORTED:
                yield _exchange(entry)
        except (ValueError, binascii.Error) as error:
            raise UnreadError(f"is no HTTP archive: its entry {number} cannot be read: {error}") from error


def _exchange(entry: HarEntry) -> Exchange:
    asked, answered = entry.request, entry.response
    content, posted = answered.content, asked.posted or HarText()
    request_headers, response_headers = _headers(asked.headers), _headers(answered.headers)
    request_body = _body(posted)
    is_cut = bool((content.size > 0 and content.text is None) or (asked.size > 0 and not request_body))
    if request_body and posted.mimeType and header(request_headers, "Content-Type") is None:
        request_headers["Content-Type"] = posted.mimeType
    if content.mimeType and header(response_headers, "Content-Type") is None:
        response_headers["Content-Type"] = content.mimeType
    return Exchange(
        method=asked.method.upper(),
        path=asked.url,
        status=answered.status,
        title=entry.comment,
        request_headers=request_headers,
        request_body=request_body,
        response_headers=response_headers,
        response_body=_body(content),
        at=None if entry.began is None else datetime.fromisoformat(entry.began).timestamp(),
        is_cut=is_cut,
    )


def _headers(pairs: list[HarPair]) -> dict[str, str]:
    """Join what stands twice, and leave out what HTTP/2 calls headers (``:path``)."""
    found: dict[str, str] = {}
    for pair in pairs:
        if not pair.name.startswith(":"):
            found[pair.name] = f"{found[pair.name]}, {pair.value}" if pair.name in found else pair.value
    return found


def _body(said: HarText) -> bytes:
    if said.text is None and said.params:
        return urlencode([(pair.name, pair.value) for pair in said.params]).encode()
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
