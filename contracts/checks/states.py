"""Does a thing begin, go on and refuse as the document says of its states? Judging states."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from offair.contracts.checks.check import Found, check
from offair.contracts.checks.lifecycle import STATES, row_of, state_of
from offair.contracts.checks.resources import lives, things
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.checks.vocabulary import nodes_of
from offair.contracts.violation import Violation
from offair.contracts.vouching import vouch

ON_AIR = "it is on air"  # the title of a look at what somebody publishes to
AT_ONCE = 0.5  # cloud seconds in which no state has changed by itself


@check("lifecycle/state-forbids", "the cloud's document", absent="nothing was tried that the state of a thing forbids")
def state_forbids(history: History) -> Iterator[Violation | None]:
    """What is documented to be refused in a state is refused to a thing that was just seen in it."""
    for thing, calls in lives(history):
        latest: Seen | None = None  # what answers a creation may be over by now
        for call in calls:
            if call.is_read:
                latest = call if call.path == thing.path and call.is_success else latest
                continue
            state = state_of(latest.answer) if latest is not None and _is_at_once(latest, call) else None
            bar = next((one for one in call.operation.bars if state in one.states), None)
            if bar is not None and call.exchange.who == thing.made.exchange.who:
                message = f"is done, and the thing was {state}"
                found = call.breach(message, where="response.status", rule="state", grade=bar.grade)
                is_wrong = call.is_success
                yield replace(found, source=bar.source, got=call.exchange.status) if is_wrong else None
            latest = None  # what was done may have changed it


@check("lifecycle/begins", "the document's states", absent="no state was documented to be the first of what is made")
def begins(history: History) -> Iterator[Violation | None]:
    """What was just made is in a state that the document has things begin in."""
    for thing in things(history):
        state = state_of(row_of(thing.made.answer, thing.id))
        said = nodes_of(thing.made, STATES, "x-begins") if state is not None else ()
        for node in said:
            found = f"is {state} as soon as it is made"
            yield _unlike(thing.made, node, found, node["x-begins"], state)


@check("lifecycle/moves", "the document's states", absent="no state was seen twice of which the document has the moves")
def moves(history: History) -> Iterator[Violation | None]:
    """A thing's state goes on as the document has it go on, and never back."""
    for thing, calls in lives(history):
        before, was = thing.made, state_of(row_of(thing.made.answer, thing.id))
        for call in (one for one in calls if one.is_success):
            now = state_of(row_of(call.answer, thing.id))
            if now is None:
                continue
            for node in nodes_of(call, STATES, "x-moves") if was is not None else ():
                ahead = _ahead(node["x-moves"], was or "")
                yield led_by(before, call, _unlike(call, node, f"is {now}, and was {was} before", ahead, now))
            before, was = call, now


@check("lifecycle/airs", "the document's states", absent="nothing was looked at while it was known to be on air")
def airs(history: History) -> Iterator[Violation | None]:
    """What an encoder is let publish to is shown in another state than the one in which it waited."""
    for thing, calls in lives(history):
        before, was = thing.made, state_of(row_of(thing.made.answer, thing.id))
        for call in (one for one in calls if one.is_success and one.is_read and one.path == thing.path):
            now = state_of(row_of(call.answer, thing.id))
            firsts = {word for node in nodes_of(call, STATES, "x-begins") for word in node["x-begins"]}
            if call.exchange.title == ON_AIR and now is not None and firsts:
                message = f"is {now} while it is on air, as it was before"
                found = call.breach(message, where="response.body", rule="airs", expected="another state", got=now)
                yield led_by(before, call, found) if now == was and now in firsts else None
            before, was = call, now


@check(
    "lifecycle/has",
    "the document's states",
    absent="nothing was seen in a state of which the document says what it has",
)
def has(history: History) -> Iterator[Violation | None]:
    """What is in a state has the members that the document says it has in it: none of them is null."""
    for thing, calls in lives(history):
        for call in (one for one in calls if one.is_success and one.is_read and one.path == thing.path):
            row = row_of(call.answer, thing.id)
            state = state_of(row)
            for node in nodes_of(call, STATES, "x-has") if state is not None else ():
                said = vouch(node, source=call.operation.source, grade=call.operation.grade)
                for name in node["x-has"].get(state, ()):
                    message = f"has no {name}, and is {state}"
                    found = call.breach(message, where="response.body", rule="has", expected=name, grade=said.grade)
                    yield replace(found, source=said.source) if row.get(name) is None else None


def _ahead(ways: Mapping[str, Sequence[str]], state: str) -> list[str]:
    """The state, and those that it may come to, however many steps on."""
    found = [state]
    for one in found:
        found += [other for other in ways.get(one, ()) if other not in found]
    return found


def _unlike(call: Seen, node: Mapping[str, Any], message: str, expected: Sequence[str], got: str | None) -> Found:
    """Say that a state is none of those that are expected; whoever tells of the states vouches for it."""
    if got in expected:
        return None
    said = vouch(node, source=call.operation.source, grade=call.operation.grade)
    found = call.breach(message, where="response.body", rule="state", expected=expected, got=got, grade=said.grade)
    return replace(found, source=said.source)


def _is_at_once(before: Seen, call: Seen) -> bool:
    ats = before.exchange.at, call.exchange.at
    return ats[0] is not None and ats[1] is not None and ats[1] - ats[0] <= AT_ONCE
