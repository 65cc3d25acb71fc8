"""Is the key of a thing its own, and another once it was reset? Judging what encoders are let in by."""

import re
from collections.abc import Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import Thing, lives
from offair.contracts.checks.seen import History, Seen
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

SOURCE = "what the member is called: who has the key of a thing publishes to it"
KEYS = re.compile(r"^(stream|ingest|rtmps?|publish(ing)?|push)_?key$|^streamname$", re.IGNORECASE)
RESETS = re.compile(r"^(reset|renew|rotate|regenerate|refresh)[-_]?(stream)?[-_]?key$", re.IGNORECASE)


@check("lifecycle/own-key", SOURCE, absent="nothing that was made has a key that one publishes with")
def own_key(history: History) -> Iterator[Violation | None]:
    """No two things have the same key."""
    owners: dict[str, Thing] = {}
    for thing, calls in lives(history):
        for call in (thing.made, *calls):
            for key in _keys(call) if call.exchange.who == thing.made.exchange.who else ():
                owner = owners.setdefault(key, thing)
                message = "has the key of another thing"
                is_wrong = owner.id != thing.id
                yield call.breach(message, where="response.body", rule="own-key", got=key) if is_wrong else None


@check("lifecycle/new-key", SOURCE, absent="no key was reset")
def new_key(history: History) -> Iterator[Violation | None]:
    """A key that was reset is another from then on."""
    for thing, calls in lives(history):
        before = _keys(thing.made)
        old: set[str] = set()
        for call in calls:
            if not call.is_success or call.exchange.who != thing.made.exchange.who:
                continue
            if RESETS.match(call.operation.path.rpartition("/")[2]):
                old |= before
            now = _keys(call)
            if now and old:
                message = "has the key that it had before it was reset"
                yield call.breach(message, where="response.body", rule="new-key", got=min(now)) if now & old else None
            before = now or before


def _keys(call: Seen) -> set[str]:
    found: Any = call.answer if call.is_success else None
    return {
        value
        for node in objects_in(found)
        for name, value in node.items()
        if KEYS.match(name) and isinstance(value, str) and value
    }
