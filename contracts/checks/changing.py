"""Is what was changed as it was asked to be, at once and from then on? Judging updates."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.checks.agreement import is_plain
from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import SOURCE, is_secret, may_stand, row_of
from offair.contracts.checks.resources import things
from offair.contracts.checks.seen import History, Seen
from offair.contracts.violation import Violation

CHANGES = frozenset({"PUT", "PATCH"})  # RFC 9110 section 9.3.4; RFC 5789


@check("lifecycle/changed-is-as-asked", SOURCE, absent="nothing was changed by a text, and looked at")
def changed_is_as_asked(history: History) -> Iterator[Violation | None]:
    """What a thing is changed to is what it has: the answer shows what was asked, and so does the next look."""
    for thing in things(history):
        asked: Mapping[str, Any] = {}
        for call in history.calls:
            if not thing.is_at(call.path) or not call.is_success:
                continue
            if not call.is_read:  # whoever did it, what was asked before may be over
                asked = _asked(call) if call.exchange.method in CHANGES else {}
            yield from _differing(call, thing.id, asked)


def _asked(call: Seen) -> dict[str, Any]:
    """The texts, and lists of texts, that a request says."""
    asked = call.asked if isinstance(call.asked, dict) else {}
    return {name: value for name, value in asked.items() if value and is_plain(value) and not is_secret(name)}


def _differing(call: Seen, thing: str, asked: Mapping[str, Any]) -> Iterator[Violation | None]:
    row: Mapping[str, Any] = row_of(call.answer, thing)
    for name, value in asked.items():
        if is_plain(row.get(name)) and type(row[name]) is type(value):
            message = f"has another {name} than it was changed to"
            found = call.breach(message, where="response.body", rule="asked", expected=value, got=row[name])
            yield found if row[name] != value and may_stand(call, thing, name, value) else None
