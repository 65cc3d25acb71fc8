"""Does what was made stay until it is deleted, and is then gone? Does what was stopped come to rest? Judging state."""

import json
from collections.abc import Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import Thing, id_of, lives, names_in, names_listed, shown_by
from offair.contracts.checks.seen import History, Seen
from offair.contracts.violation import Violation

SOURCE = "RFC 9110 sections 9.3.3 and 9.3.5, with the cloud's document"
GONE = frozenset({404, 410})
STOPS = ("stop", "end", "finish")
STARTS = ("start", "restart", "resume", "publish")
ON_ITS_WAY = "ing"  # as in starting, stopping, reconnecting
STATES = ("status", "state")
AWAY = "deleted"
HIDDEN = "…"  # in the place of a secret
PATIENCE = 10.0  # cloud seconds within which what was stopped has come to rest


@check("lifecycle/made-is-there", SOURCE, absent="nothing that was made was read afterwards")
def made_is_there(history: History) -> Iterator[Violation | None]:
    """What was made is there until somebody deletes it."""
    for call, thing, is_deleted in _visits(history):
        if call.is_read and call.path == thing.path and not is_deleted:
            status = call.exchange.status
            message = "says that there is nothing, and it was made and not deleted"
            yield call.breach(message, where="response.status", rule="lost", got=status) if status in GONE else None
            other = shown_by(call.answer) if call.is_success and row_of(thing.made.answer, thing.id) else None
            if other is not None and not row_of(call.answer, thing.id):
                message = "shows another thing than was made there"
                yield call.breach(message, where="response.body", rule="lost", expected=thing.id, got=other)


@check("lifecycle/deleted-is-gone", SOURCE, absent="nothing that was deleted was asked for afterwards")
def deleted_is_gone(history: History) -> Iterator[Violation | None]:
    """What was deleted answers to nothing any more."""
    for call, _, is_deleted in _visits(history):
        if is_deleted:
            got = call.exchange.status
            message = "answers for what was deleted"
            yield (
                call.breach(message, where="response.status", rule="gone", expected=404, got=got)
                if call.is_success
                else None
            )


@check("lifecycle/deleted-is-unlisted", SOURCE, absent="nothing was listed after something was deleted")
def deleted_is_unlisted(history: History) -> Iterator[Violation | None]:
    """What was deleted stands in no list any more."""
    ends = {id(call): thing for call, thing, is_deleted in _visits(history) if not is_deleted and _deletes(call, thing)}
    deleted: dict[str | None, dict[str, Thing]] = {}
    written: dict[str, bytes] = {}
    for call in history.calls:
        theirs = deleted.setdefault(call.exchange.who, {})
        if not call.is_read and call.is_success:  # what is named by people may be named again
            for name in [name for name in theirs if written[name] in call.exchange.request_body]:
                del theirs[name]
        rows = names_listed(call.answer) if theirs and call.is_read else None
        if rows is not None and any(_is_listed_by(call, one) for one in theirs.values()):
            around = [one for one in theirs.values() if call.path == one.made.path.rpartition("/")[0]]
            shown = [theirs[name] for name in rows if name in theirs and _is_listed_by(call, theirs[name])]
            shown += [one for one in around if one.id in names_in(call.answer)]  # a thing shows what is kept within it
            message = "lists what was deleted"
            yield call.breach(message, where="response.body", rule="gone", got=shown[0].id) if shown else None
        if id(call) in ends:
            thing = ends[id(call)]
            theirs[thing.id], written[thing.id] = thing, json.dumps(thing.id).encode()


@check("lifecycle/stopped-rests", SOURCE, absent="nothing that was stopped was read ten seconds later")
def stopped_rests(history: History) -> Iterator[Violation | None]:
    """What was stopped comes to rest: some seconds later it is neither as it was on air, nor on its way."""
    stops: dict[str, Seen] = {}
    before: dict[str, str | None] = {}
    done: dict[str, str] = {}
    for call, thing, _ in _visits(history):
        if not call.is_read:
            stops.pop(thing.id, None)
            verb = call.operation.path.rpartition("/")[2]
            if call.is_success and verb in STOPS:
                stops[thing.id] = call
            elif call.is_success and verb not in STARTS:
                done[thing.id] = verb
            continue
        if call.path != thing.path or not call.is_success:
            continue
        stop, now = (
            stops.pop(thing.id, None),
            state_of(call.answer),
        )  # the first look tells: later it may be on air again
        if stop is None:
            is_done = thing.id in done and (now or "").startswith(done[thing.id])  # what was locked is not on air
            before[thing.id] = now if now != state_of(thing.made.answer) and not is_done else None
        elif now is not None and _is_later(stop, call):
            message = f"is {now} some seconds after it was stopped"
            found = call.breach(message, where="response.body", rule="rest", expected="another state", got=now)
            yield found if now == before.get(thing.id) or now.lower().endswith(ON_ITS_WAY) else None


def _visits(history: History) -> Iterator[tuple[Seen, Thing, bool]]:
    """Pair each later call of a thing by its maker with whether it was deleted before."""
    for thing, calls in lives(history):
        is_deleted = False
        for call in calls:
            if call.exchange.who == thing.made.exchange.who:
                yield call, thing, is_deleted
                is_deleted = is_deleted or _deletes(call, thing)
            if _is_put_away(call):
                break


def _deletes(call: Seen, thing: Thing) -> bool:
    return call.exchange.method == "DELETE" and call.path in thing.homes and call.is_success


def _is_put_away(call: Seen) -> bool:
    """It was asked to be in a state that is called so: whether it is there afterwards, nobody documents."""
    asked = call.asked if isinstance(call.asked, dict) else {}
    said = [*(asked.get(name) for name in STATES), *(word for name in STATES for word in call.query.get(name, ()))]
    return not call.is_read and call.is_success and AWAY in said


def _is_listed_by(call: Seen, thing: Thing) -> bool:
    """A list where the thing was made, or one of everything elsewhere, which is not below the thing itself."""
    return (thing.is_listed_at(call.path) or not call.query) and not thing.is_at(call.path)


def row_of(answer: Any, name: str) -> dict[str, Any]:
    """The object of an answer that has the thing's id."""
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            if id_of(node) == name:
                return node
            waiting.extend(node.values())
    return {}


def state_of(answer: Any) -> str | None:
    """Read the state that an answer tells: its shallowest ``status`` or ``state``."""
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            found = next((node[name] for name in STATES if isinstance(node.get(name), str)), None)
            if found is not None:
                return str(found)
            waiting.extend(node.values())
    return None


def _is_later(stop: Seen, call: Seen) -> bool:
    return (
        stop.exchange.at is not None
        and call.exchange.at is not None
        and call.exchange.at - stop.exchange.at >= PATIENCE
    )


def is_plain(value: Any) -> bool:
    """A text, a truth, or a list of texts; numbers may go on by themselves."""
    return isinstance(value, str | bool) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def is_secret(name: str) -> bool:
    """A member's name says that its value is kept from those who look."""
    return any(word in name.lower() for word in ("secret", "password", "key", "token"))
