"""Is what was written somewhere read there again? Judging what stands below things, and beside them."""

from collections.abc import Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import HIDDEN, STATES, is_secret, row_of
from offair.contracts.checks.pages import paging_of
from offair.contracts.checks.reads import TIME, was_just
from offair.contracts.checks.resources import homes, lives, thing_at
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

APART = "RFC 9110 section 9.3: a method is applied to its target resource"
WRITES = frozenset({"POST", "PUT", "PATCH"})
SHORTEST = 3  # letters of a text that does not stand in an answer by chance


@check(
    "lifecycle/kept",
    "RFC 9110 sections 9.3.1, 9.3.3 and 9.3.4",
    absent="nothing was written that a read of the same place, or the one above, has a member for",
)
def kept(history: History) -> Iterator[Violation | None]:
    """A text that was written to a place stands there, or right above, when that is read next."""
    latest: dict[tuple[str | None, str], Seen] = {}
    there = homes(history)  # how those look is judged else
    made = {id(thing.made) for thing, _ in lives(history)}
    for call in history.calls:
        if not call.is_read:
            latest.clear()
        if call.exchange.method in WRITES and call.is_success and id(call) not in made:
            latest[call.exchange.who, call.path] = call
            latest[call.exchange.who, call.path.rpartition("/")[0]] = call
        is_meant = call.is_read and call.is_success and call.path not in there and paging_of(call.operation) is None
        wrote = latest.get((call.exchange.who, call.path)) if is_meant else None
        if wrote is not None and wrote.path == call.path and call.answer == [] and wrote.exchange.method == "POST":
            message = f"has nothing, and {wrote.key} has put something there a moment before"
            yield call.breach(message, where="response.body", rule="kept")
        for name, value in _texts(wrote.asked) if wrote is not None and not call.query else ():
            shown = [node[name] for node in objects_in(call.answer) if isinstance(node.get(name, 0), str | None)]
            if shown:
                message = f"shows no {name} as it was written a moment before by {wrote.key if wrote else 'us'}"
                is_wrong = value not in shown
                found = call.breach(message, where="response.body", rule="kept", expected=value, got=shown[0])
                yield led_by(wrote or call, call, found) if is_wrong else None


@check("lifecycle/apart", APART, absent="nothing was looked at before and after something was done with another thing")
def apart(history: History) -> Iterator[Violation | None]:
    """What is done with one thing does nothing to another: its texts and keys stay; only its state may go on."""
    looks: dict[str, tuple[Seen, Seen | None]] = {}
    for call in history.calls:
        thing = thing_at(history, call.path)
        if not call.is_read and call.is_success:
            others = {} if thing is None else {name: look for name, look in looks.items() if name != thing.id}
            looks = {name: (look, call) for name, (look, _) in others.items()}
        elif call.is_success and thing is not None and call.path == thing.path:
            before, done = looks.get(thing.id, (call, None))
            if done is not None and before.exchange.who == call.exchange.who and was_just(before, call):
                yield led_by(done, call, _touched(before, call, done, thing.id))
            looks[thing.id] = call, None


def _touched(before: Seen, call: Seen, done: Seen, name: str) -> Violation | None:
    was, row = row_of(before.answer, name), row_of(call.answer, name)
    for member, value in row.items():
        is_text = isinstance(value, str) and isinstance(was.get(member), str) and not TIME.match(value)
        if is_text and member not in STATES and value != was[member]:
            said, now = (HIDDEN, HIDDEN) if is_secret(member) else (was[member], value)
            message = f"has another {member} since {done.key} was asked for another thing"
            return call.breach(message, where="response.body", rule="apart", expected=said, got=now)
    return None


def _texts(asked: Any) -> Iterator[tuple[str, str]]:
    for node in objects_in(asked):
        for name, value in node.items():
            if isinstance(value, str) and len(value) >= SHORTEST and not is_secret(name):
                yield name, value
