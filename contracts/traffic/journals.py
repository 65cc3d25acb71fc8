"""The stand-in's journal: as its control surface gives it, or a line of JSON an entry (``offair logs --json``)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.bodies import essence
from offair.contracts.exchange import Exchange, header
from offair.contracts.forms import FORM, write_form
from offair.contracts.traffic.unread import UnreadError
from offair.contracts.utterance import Utterance, heard_in, read_utterance

NO_ANSWER = 599  # of a call that nobody answered: it was not taken
LENGTH = "bytes"  # what the journal keeps of a body that is long, or no text: "5000 bytes of video/mp4"


def is_journal(head: bytes) -> bool:
    """Say whether a file begins as a journal does."""
    return head.startswith((b'{"number"', b'{"entries"')) or (head[:1] in {b"{", b"["} and b'"number"' in head[:80])


def read_journal(content: bytes) -> list[Exchange]:
    """Read its requests with what was said over their WebSockets, and its hooks as far as it has their headers.

    UnreadError finishes "<file> ...".
    """
    return heard_in(_told(content))


def _told(content: bytes) -> Iterator[Exchange | Utterance]:
    for entry in _entries(content):
        said = read_utterance(entry)
        if said is not None:
            yield said
        elif _is_whole(entry):
            yield _exchange(entry)


def _entries(content: bytes) -> Iterator[Mapping[str, Any]]:
    text, decoder, place, count = content.decode("utf-8", "replace"), json.JSONDecoder(), 0, 0
    while place < len(text):
        try:
            said, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            line = text.count("\n", 0, place) + 1
            raise UnreadError(
                f"is half a journal: line {line} is not whole ({error}); {count} before it are"
            ) from error
        count += 1
        place = re.compile(r"\s*").match(text, place).end()  # type: ignore[union-attr] # it matches nothing too
        yield from said if isinstance(said, list) else said.get("entries", [said])


def _is_whole(entry: Mapping[str, Any]) -> bool:
    told = entry.get("details")
    if not isinstance(told, dict) or not isinstance(told.get("request_headers"), dict):
        return False
    return entry.get("kind") == "hook" or (entry.get("kind") == "request" and isinstance(told.get("status"), int))


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    told, is_hook = entry["details"], entry["kind"] == "hook"
    asked, answered = told.get("body" if is_hook else "request_body"), told.get("response_body")
    request_headers, response_headers = dict(told["request_headers"]), dict(told.get("response_headers") or {})
    if isinstance(answered, dict | list) and header(response_headers, "Content-Type") is None:
        response_headers["Content-Type"] = (
            "application/json"  # the journal keeps the value, and not how it was labelled
        )
    return Exchange(
        method=told.get("method", "POST"),  # as the stand-in calls
        path=told["url"],
        status=told.get("status") or NO_ANSWER,
        title=entry.get("summary", ""),
        request_headers=request_headers,
        request_body=_form(asked) if is_hook and _is_form(request_headers) else _body(asked),
        response_headers=response_headers,
        response_body=_body(answered),
        at=entry.get("at"),
        who=entry.get("tenant"),
        is_hook=is_hook,
        is_cut=isinstance(answered, str) or (isinstance(asked, str) and LENGTH in asked),
    )


def _is_form(headers: Mapping[str, str]) -> bool:
    return essence(header(headers, "Content-Type") or "") == FORM


def _form(fields: Mapping[str, str]) -> bytes:
    return write_form(list(fields.items()))


def _body(value: Any) -> bytes:
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode()
