"""Is what a thing's state forbids refused? Judging what is done with it."""

from collections.abc import Iterator
from dataclasses import replace

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import state_of
from offair.contracts.checks.resources import lives
from offair.contracts.checks.seen import History, Seen
from offair.contracts.violation import Violation

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


def _is_at_once(before: Seen, call: Seen) -> bool:
    ats = before.exchange.at, call.exchange.at
    return ats[0] is not None and ats[1] is not None and ats[1] - ats[0] <= AT_ONCE
