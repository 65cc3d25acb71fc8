"""Are the id, the place and the key of a thing its own, and is the key another once it was reset? Judging names."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import Thing, lives, things
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.checks.vocabulary import members_told
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

SOURCE = "what the member is called: who has the key of a thing publishes to it"
KEYS = re.compile(r"^(stream|ingest|rtmps?|publish(ing)?|push)_?key$|^streamname$", re.IGNORECASE)
PLACE = "RFC 9110 section 3.1: an identifier stands for one resource"
PLAYED = (".m3u8", ".mpd")  # RFC 8216 section 4; ISO/IEC 23009-1 annex C
RESETS = re.compile(r"^(reset|renew|rotate|regenerate|refresh)[-_]?(stream)?[-_]?key$", re.IGNORECASE)


@check("lifecycle/own-key", SOURCE, absent="nothing that was made has a key that one publishes with")
def own_key(history: History) -> Iterator[Violation | None]:
    """No two things have the same key."""
    owners: dict[str, Thing] = {}
    for thing, calls in lives(history):
        for call in (thing.made, *calls):
            is_theirs = call.exchange.who == thing.made.exchange.who and thing.is_shown_by(call)
            for key in _keys(call) if is_theirs else ():
                owner = owners.setdefault(key, thing)
                message = "has the key of another thing"
                is_wrong = owner.id != thing.id
                yield call.breach(message, where="response.body", rule="own-key", got=key) if is_wrong else None


@check("lifecycle/own-place", PLACE, absent="nothing was made")
def own_place(history: History) -> Iterator[Violation | None]:
    """No two things have one id, or are played at one URL: but for what their makers have called so."""
    owners: dict[str, Thing] = {}
    gone = {call.path: call for _, calls in lives(history) for call in calls if call.exchange.method == "DELETE"}
    order = {id(call): place for place, call in enumerate(history.calls)}
    for thing in things(history):
        if thing.is_named or "{" in thing.made.operation.path:
            continue
        for place in (thing.path, *_played(thing.made)):
            owner = owners.setdefault(place, thing)
            end = gone.get(owner.path)
            is_over = end is not None and order[id(end)] < order[id(thing.made)]
            message = (
                f"has the id of another thing: {thing.id}" if place == thing.path else "is played where another is"
            )
            found = thing.made.breach(message, where="response.body", rule="own-place", got=place)
            yield None if owner is thing or is_over else led_by(owner.made, thing.made, found)


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


def _played(call: Seen) -> set[str]:
    """The playlists and manifests that an answer names: none that is for all, and none that the request names."""
    asked = {value for node in objects_in(call.asked) for value in node.values() if isinstance(value, str)}
    told = ((value, nodes) for value, nodes in members_told(call) if isinstance(value, str) and "://" in value)
    urls = {value for value, nodes in told if not any(node.get("x-for-all") for node in nodes)}
    played = {url for url in urls if urlsplit(url).path.endswith(PLAYED)}
    return {url for url in played if not any(f"/{text}/" in f"/{unquote(url)}/" for text in asked)}


def _keys(call: Seen) -> set[str]:
    found: Any = call.answer if call.is_success else None
    return {
        value
        for node in objects_in(found)
        for name, value in node.items()
        if KEYS.match(name) and isinstance(value, str) and value
    }
