"""Do the moments in answers fit the moment at which they were asked for? Judging times."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import things
from offair.contracts.checks.seen import History, Seen
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

SOURCE = "what the member's name says has happened"
PAST = re.compile(r"^(created|updated|modified|started|ended|stopped|deleted|last)", re.IGNORECASE)
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
        for name, moment in _moments(call):
            if at is not None and name.lower().startswith("created"):
                message = f"has {name} {at - moment:.0f} s before it was made"
                is_wrong = moment < at - SLACK
                yield call.breach(message, where="response.body", rule="clock", got=moment) if is_wrong else None


def _moments(call: Seen) -> Iterator[tuple[str, float]]:
    for node in objects_in(call.answer) if call.is_success else ():
        for name, value in node.items():
            moment = _moment(value) if PAST.match(name) else None
            if moment is not None:
                yield name, moment


def _moment(value: Any) -> float | None:
    """Read RFC 3339; numbers are not read, since nobody says of what unit they are."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
