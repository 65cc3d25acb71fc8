"""Does what was done with a thing show? Judging states that are called as the doing is."""

from collections.abc import Collection, Iterator

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import STATES, state_of
from offair.contracts.checks.resources import lives
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.checks.vocabulary import words_of
from offair.contracts.violation import Violation

UNDO = "un"  # as in unlock


@check(
    "lifecycle/done-shows",
    "what the operation is called, with the documented states",
    absent="nothing was done that a documented state is called after",
)
def done_shows(history: History) -> Iterator[Violation | None]:
    """What was done with a thing shows: what was locked is locked when it is looked at, and not after an unlock."""
    for thing, calls in lives(history):
        before, done = state_of(thing.made.answer), None
        for call in calls:
            if not call.is_read:
                is_ours = call.exchange.who == thing.made.exchange.who
                done = call if is_ours and call.is_success else None if call.is_success else done
            elif call.path == thing.path and call.is_success and state_of(call.answer) is not None:
                now = state_of(call.answer)
                if done is not None and done.path.rpartition("/")[0] in thing.homes:
                    yield from (led_by(done, call, one) for one in _shown(done, call, before, now))
                before, done = now, None


def _shown(done: Seen, look: Seen, before: str | None, now: str | None) -> Iterator[Violation | None]:
    verb = done.path.rpartition("/")[2]
    words = words_of(look, STATES)
    wanted, unwanted = _participle(verb, words), _participle(verb.removeprefix(UNDO), words)
    if wanted is not None:
        message = f"is {now}, as it was before {done.key}"
        is_wrong = now == before != wanted
        yield look.breach(message, where="response.body", rule="done", expected=wanted, got=now) if is_wrong else None
    elif unwanted is not None:
        message = f"is {now} after {done.key}"
        is_wrong = now == unwanted
        expected = f"another state than {unwanted}"
        yield look.breach(message, where="response.body", rule="done", expected=expected, got=now) if is_wrong else None


def _participle(verb: str, words: Collection[str]) -> str | None:
    """The state that is called after what is done."""
    return next((word for word in (f"{verb}ed", f"{verb}d", f"{verb}{verb[-1:]}ed") if verb and word in words), None)
