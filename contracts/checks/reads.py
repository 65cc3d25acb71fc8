"""Does reading change nothing, and say the same again? Judging reads."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import HIDDEN, is_secret
from offair.contracts.checks.resources import member_of, shown_by
from offair.contracts.checks.seen import History, Seen, led_by
from offair.contracts.exchange import NOBODY
from offair.contracts.jsontext import is_json_number
from offair.contracts.violation import Violation

SOURCE = "RFC 9110 section 9.2.1: GET asks for no change"
REFUSED = "RFC 9110 section 15.5: the client seems to have erred, and what it asked is not done"
REFUSALS, FAILURES = 400, 500
NAMED = re.compile(r"._id$|[a-z]Id$")  # which of the things of a kind: what is called "id" alone may be another's
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


@check("reads/same", SOURCE, absent="nothing was read twice with nothing between")
def same(history: History) -> Iterator[Violation | None]:
    """What is read again, with nothing changed in between, is the same; numbers and times may go on."""
    latest: dict[tuple[str | None, str], Seen] = {}
    for call in history.calls:
        if not call.is_read:
            latest.clear()
            continue
        if call.operation.is_fresh or call.exchange.who == NOBODY:  # two of those are two
            continue
        whose = call.exchange.who, f"{call.exchange.method} {call.exchange.path}"
        before = latest.get(whose)
        if before is not None and was_just(before, call):
            yield _changed_since(before, call, "a moment before")
        latest[whose] = call


@check("reads/names-it", SOURCE, absent="no answer has a member that is called as a parameter of its path is")
def names_it(history: History) -> Iterator[Violation | None]:
    """An answer that says which thing it is of says the one that its path names."""
    for call in history.calls:
        for name, value in call.parameters.items() if call.is_success else ():
            told = member_of(call.answer, (name,)) if NAMED.search(name) else None
            if told is not None and value != shown_by(call.answer):  # two ids may stand for one thing
                message = f"has {name} {told}, and was asked for {value}"
                found = call.breach(message, where="response.body", rule="names-it", expected=value, got=told)
                yield None if str(told) == value else found


@check("lifecycle/refused-does-nothing", REFUSED, absent="nothing was read before and after something was refused")
def refused_does_nothing(history: History) -> Iterator[Violation | None]:
    """What is refused changes nothing: what is read before it and after it is the same."""
    latest: dict[tuple[str | None, str], tuple[Seen, Seen | None]] = {}
    for call in history.calls:
        status = call.exchange.status
        if not call.is_read and REFUSALS <= status < FAILURES:
            latest = {whose: (before, call) for whose, (before, _) in latest.items()}
        elif not call.is_read:
            latest.clear()
        elif not call.operation.is_fresh and call.exchange.who not in {None, NOBODY}:
            whose = call.exchange.who, f"{call.exchange.method} {call.exchange.path}"
            before, refused = latest.get(whose, (call, None))
            if refused is not None and was_just(before, call):
                said = f"before {refused.key}, which was refused with {refused.exchange.status}"
                yield led_by(refused, call, _changed_since(before, call, said))
            latest[whose] = call, None


def was_just(before: Seen, call: Seen) -> bool:
    """At the same moment of the cloud's clock: what happens by itself had no time to.

    429 is another rule's, and how two requests are refused, with other wrong credentials perhaps, is not compared.
    """
    ats, statuses = (before.exchange.at, call.exchange.at), {before.exchange.status, call.exchange.status}
    return None not in ats and ats[0] == ats[1] and 429 not in statuses and min(statuses) < 400


def _changed_since(before: Seen, call: Seen, when: str) -> Violation | None:
    """Hold what is read to what was read before; numbers and times may go on."""
    if before.exchange.status != call.exchange.status:
        said = before.exchange.status
        return call.breach(
            f"is another than {when}",
            where="response.status",
            rule="reads",
            expected=said,
            got=call.exchange.status,
        )
    place = _first_difference(_still(before.answer), _still(call.answer))
    if place is None:
        return None
    where, expected, got = place
    if is_secret(where.rpartition(".")[2]):
        expected = got = HIDDEN
    message = f"{where or 'the body'} is another than {when}"
    return call.breach(message, where="response.body", rule="reads", expected=expected, got=got)


def _first_difference(before: Any, now: Any, way: str = "") -> tuple[str, Any, Any] | None:
    """Find where two values begin to differ; None where they are the same."""
    if before == now:
        return None
    steps: Iterable[Any] = ()
    if isinstance(before, dict) and isinstance(now, dict):
        alone = next((name for name in {**before, **now} if name not in before or name not in now), None)
        if alone is not None:
            return f"{way}.{alone}".lstrip("."), before.get(alone), now.get(alone)
        steps = before
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        steps = range(len(now))
    elif isinstance(before, list) and isinstance(now, list):
        return way, f"{len(before)} in the list", f"{len(now)} in the list"
    below = (_first_difference(before[step], now[step], f"{way}.{step}".lstrip(".")) for step in steps)
    return next((one for one in below if one is not None), (way, before, now))


def _still(value: Any) -> Any:
    """Take out what may go on by itself."""
    if isinstance(value, dict):
        return {name: _still(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_still(inner) for inner in value]
    if is_json_number(value):
        return "a number"
    return "a time" if isinstance(value, str) and TIME.match(value) else value
