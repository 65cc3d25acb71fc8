"""Do the moments in answers fit the moment at which they were asked for? Judging times."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from offair.contracts.checks.changing import CHANGES
from offair.contracts.checks.check import check
from offair.contracts.checks.keys import RESETS
from offair.contracts.checks.lifecycle import row_of, state_of
from offair.contracts.checks.resources import lives, things
from offair.contracts.checks.seen import History, Seen
from offair.contracts.checks.wishes import asked_of
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

SOURCE = "what the member's name says has happened"
PAST = re.compile(r"^(created|updated|modified|started|ended|stopped|deleted|last)", re.IGNORECASE)
UPDATED = re.compile(r"^(updated|modified|changed)", re.IGNORECASE)
LAST = re.compile(r"^last_?(?P<state>[a-z]+?)_?at$", re.IGNORECASE)
SLACK = 2.0  # seconds: what a clock may be ahead, and an answer may take
ABSENT = "no answer had a moment of the past, asked for at a known time"


@check("clock/not-ahead", SOURCE, absent=ABSENT)
def not_ahead(history: History) -> Iterator[Violation | None]:
    """Nothing was made, changed or ended later than the cloud's clock says."""
    for call in history.calls:
        at = call.exchange.at
        for name, moment in _moments(call):
            if at is not None:
                message = f"has {name} {moment - at:.0f} s ahead of the clock"
                is_wrong = moment > at + SLACK
                yield call.breach(message, where="response.body", rule="clock", got=moment) if is_wrong else None


@check("clock/made-now", SOURCE, absent="nothing was made that says when, at a known time")
def made_now(history: History) -> Iterator[Violation | None]:
    """What is made now says that it was made now."""
    for thing in things(history):
        call, at = thing.made, thing.made.exchange.at
        for name, moment in _moments(call) if thing.is_shown_by(call) else ():
            if at is not None and name.lower().startswith("created"):
                message = f"has {name} {at - moment:.0f} s before it was made"
                is_wrong = moment < at - SLACK
                yield call.breach(message, where="response.body", rule="clock", got=moment) if is_wrong else None


@check("clock/made-once", SOURCE, absent="nothing was looked at that says when it was made")
def made_once(history: History) -> Iterator[Violation | None]:
    """When a thing was made does not change."""
    for thing, calls in lives(history):
        said = dict(_moments_of(row_of(thing.made.answer, thing.id)))
        for call in calls if thing.made.exchange.who else ():
            now = dict(_moments_of(row_of(call.answer, thing.id))) if call.is_success else {}
            for name in (name for name in said if name in now and name.lower().startswith("created")):
                message = f"has another {name} than when it was made"
                is_wrong = said[name] != now[name]
                yield (
                    call.breach(message, where="response.body", rule="clock", expected=said[name], got=now[name])
                    if is_wrong
                    else None
                )


@check("clock/in-order", SOURCE, absent="nothing was looked at that says when it was made, and what happened to it")
def in_order(history: History) -> Iterator[Violation | None]:
    """Nothing has happened to a thing before it was made."""
    for thing, calls in lives(history):
        for call in (one for one in (thing.made, *calls) if one.is_success):
            said = dict(_moments_of(row_of(call.answer, thing.id)))
            began = next((moment for name, moment in said.items() if name.lower().startswith("created")), None)
            if began is None:
                continue
            for name, moment in said.items():
                message = f"has {name} {began - moment:.0f} s before it was made"
                is_wrong = moment < began - SLACK
                yield call.breach(message, where="response.body", rule="clock", got=moment) if is_wrong else None


@check("clock/changed-now", SOURCE, absent="nothing was changed that says when, at a known time")
def changed_now(history: History) -> Iterator[Violation | None]:
    """What is changed now says that it was changed now."""
    for thing, calls in lives(history):
        for call in calls:
            at, is_reset = call.exchange.at, bool(RESETS.match(call.operation.path.rpartition("/")[2]))
            is_change = is_reset or (call.exchange.method in CHANGES and bool(asked_of(call)))
            for name, moment in _moments_of(row_of(call.answer, thing.id)) if is_change and call.is_success else ():
                if at is not None and UPDATED.match(name):
                    message = f"was changed, and its {name} is {at - moment:.0f} s before that"
                    is_wrong = moment < at - SLACK
                    yield call.breach(message, where="response.body", rule="clock", got=moment) if is_wrong else None


@check("clock/was-so", SOURCE, absent="nothing was seen in a state of which its members say when it was last")
def was_so(history: History) -> Iterator[Violation | None]:
    """What was seen in a state says from then on when it last was, where it has a member for that."""
    for thing, calls in lives(history):
        seen: set[str] = set()
        for call in calls:
            row = row_of(call.answer, thing.id) if call.is_success and call.path == thing.path else {}
            for name, value in row.items():
                found = LAST.match(name)
                if found is not None and found["state"].lower() in seen:
                    message = f"was seen {found['state'].lower()} before, and {name} says that it never was"
                    yield call.breach(message, where="response.body", rule="clock") if value is None else None
            state = state_of(row)
            seen |= set() if state is None else {state.lower()}


def _moments(call: Seen) -> Iterator[tuple[str, float]]:
    for node in objects_in(call.answer) if call.is_success else ():
        yield from _moments_of(node)


def _moments_of(node: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in node.items():
        moment = moment_of(value) if PAST.match(name) else None
        if moment is not None:
            yield name, moment


def moment_of(value: Any) -> float | None:
    """Read RFC 3339 as seconds; numbers are not read, since nobody says of what unit they are."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
