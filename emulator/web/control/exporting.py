"""The journal for other tools: its requests, their WebSockets and its hooks as an HTTP Archive, secrets masked."""

from typing import Any
from urllib.parse import urlencode

import msgspec

from offair.contracts.bodies import essence, is_json
from offair.contracts.exchange import Exchange, header
from offair.contracts.forms import FORM
from offair.contracts.utterance import heard_in, read_utterance
from offair.contracts.writers.har import archive
from offair.emulator.core.journal import Entry
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.observing import wanted_of
from offair.emulator.web.control.steered import Steered

NO_ANSWER = 0  # HAR 1.2 has no word for it; browsers write this
JSON = {"Content-Type": "application/json"}


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operation that exports."""

    @operation("GET /journal.har")
    def export(call: Call) -> Reply:
        entries = steered.journal.entries(wanted_of(steered, call))
        told = (read_utterance(entry.as_json()) or exchange_of(entry) for entry in entries)
        exchanges = heard_in(one for one in told if one is not None)
        return Reply(
            200,
            archive(exchanges, steered.own_rooms.addresses.api, comment="the journal of Offair, secrets masked"),
            {"Content-Disposition": 'attachment; filename="offair.har"'},
        )


def exchange_of(entry: Entry) -> Exchange | None:
    """Read an entry as what went over the wire, as far as the journal keeps it; None of what has no URL."""
    details = entry.details
    url = details.get("url")
    if not url or entry.kind not in {"request", "hook"}:
        return None
    is_hook = entry.kind == "hook"
    asked = details.get("request_headers") or {}
    answered = details.get("response_headers") or {}
    told = details.get("body") if is_hook else details.get("request_body")
    answer = details.get("response_body")
    return Exchange(
        method=details.get("method") or "POST",
        path=str(url),
        status=details.get("status") or NO_ANSWER,
        title=details.get("refused") or details.get("error") or entry.summary,
        request_headers={**_typed(told, asked), **asked},
        request_body=_written(told, header(asked, "Content-Type")),
        response_headers={**_typed(answer, answered), **answered},
        response_body=_written(answer, header(answered, "Content-Type")),
        at=entry.at,
        who=entry.tenant,
        is_hook=is_hook,
    )


def _typed(body: Any, headers: dict[str, str]) -> dict[str, str]:
    """Say that what was read as JSON is JSON, where no header says what it is."""
    is_said = header(headers, "Content-Type") is not None
    return {} if is_said or not isinstance(body, dict | list) else JSON


def _written(body: Any, content_type: str | None) -> bytes:
    """Write a body as it may have travelled: the journal keeps what was read of it."""
    if body is None:
        return b""
    kind = essence(content_type or "")
    if isinstance(body, str) and not is_json(kind):
        return body.encode()
    if isinstance(body, dict) and kind == FORM:
        return urlencode(body, doseq=True).encode()
    return msgspec.json.encode(body)
