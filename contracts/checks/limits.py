"""Does a server allow what it documents: never more, never less, each tenant alone? Judging by the clock.

A window slides: "10 a minute" is at most ten in any minute. A refused call does not count for the next, and yet a
server that counts it is not blamed: it had more calls than it allows.
"""

import math
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime

from offair.contracts.checks.check import check
from offair.contracts.checks.requests import MALFORMED
from offair.contracts.checks.seen import History, Seen
from offair.contracts.digits import is_number
from offair.contracts.exchange import header
from offair.contracts.limit import LimitTerm
from offair.contracts.operation import Operation
from offair.contracts.violation import Violation

DOCUMENT = "the cloud's limits"
TOO_MANY = 429  # RFC 6585 section 4
# what is refused for its form or its caller: nobody documents whether it counts, so that no server is blamed for it
UNCOUNTED = frozenset({TOO_MANY, 401, 403, *MALFORMED})
COUNTED = frozenset({"requests", "calls"})
EDGE = 1e-6  # seconds: what rounding may do to the edge of a window
ABSENT = "no rate is documented whose calls were seen with their times; --limit OPERATION=CALLS/SECONDS gives one"


@check("limits/never-over", DOCUMENT, absent=ABSENT)
def never_over(history: History) -> Iterator[Violation | None]:
    """No more calls are answered in a window than the limit allows."""
    for term, calls in _counted(history):
        passed = [call for call in calls if call.exchange.status not in UNCOUNTED]
        yield next(_too_many(term, passed), None)


@check("limits/never-under", DOCUMENT, absent=ABSENT)
def never_under(history: History) -> Iterator[Violation | None]:
    """No call is refused while its tenant has calls left in the window."""
    for term, calls in _counted(history):
        yield next(_too_few(history, term, calls), None)


@check("limits/retry-after", "RFC 9110 section 10.2.3; RFC 6585 section 4", absent="no answer had a Retry-After")
def retry_after(history: History) -> Iterator[Violation | None]:
    """Who waits for as long as Retry-After says is let in, and that is no longer than the window."""
    waiting: dict[tuple[str, str | None], tuple[float, Seen]] = {}
    for call in history.calls:
        at, whose = call.exchange.at, (call.key, call.exchange.who)
        until = waiting.get(whose)
        if until is not None and at is not None and at >= until[0] - EDGE:
            del waiting[whose]
            is_refused = call.exchange.status == TOO_MANY
            message = f"refuses {at - (until[1].exchange.at or 0):g} s later who was told to wait that long"
            yield (
                call.breach(message, where="response.status", rule="retry-after", got=TOO_MANY) if is_refused else None
            )
        said = header(call.exchange.response_headers, "Retry-After")
        if call.exchange.status != TOO_MANY or said is None:
            continue
        seconds = _seconds(said, at)
        if seconds is None:
            message = "is neither seconds nor a date"
            yield call.breach(message, where="response.headers", rule="retry-after", expected="seconds", got=said)
        elif at is not None:
            waiting[whose] = (at + seconds, call)
            longest = _longest_window(history, call)
            if seconds > longest + EDGE:
                message = f"tells to wait {seconds:g} s, and the window is {longest:g} s"
                yield call.breach(message, where="response.headers", rule="retry-after", expected=longest, got=said)


@check("limits/says-when", DOCUMENT, absent="nobody was refused where Retry-After is documented")
def says_when(history: History) -> Iterator[Violation | None]:
    """Who is refused for a rate is told when to try again, where the document has Retry-After."""
    for call in history.calls:
        answer = call.operation.answer(TOO_MANY)
        is_documented = answer is not None and any(name.lower() == "retry-after" for name in answer.headers)
        if call.exchange.status == TOO_MANY and is_documented:
            is_said = header(call.exchange.response_headers, "Retry-After") is not None
            message = "lacks Retry-After, which the document has for this answer"
            yield None if is_said else call.breach(message, where="response.headers", rule="says-when")


def _longest_window(history: History, call: Seen) -> float:
    """Seconds after which every rate that counts a call has forgotten it; endless where none is known."""
    windows = [term.seconds or 0.0 for term in terms_for(history) if counts(term, call.operation)]
    return max(windows, default=math.inf)


def is_countable(term: LimitTerm) -> bool:
    """Say whether it is a rate whose calls can be counted."""
    return term.kind == "rate" and bool(term.allowed) and bool(term.seconds) and term.unit in COUNTED


def counts(term: LimitTerm, operation: Operation) -> bool:
    """Say whether a limit is about an operation."""
    return term.subject in {"*", operation.key, operation.operation_id}


def terms_for(history: History) -> list[LimitTerm]:
    """The documented rates that can be counted."""
    return [term for term in history.contract.limits if is_countable(term)]


def _counted(history: History) -> Iterator[tuple[LimitTerm, list[Seen]]]:
    """Pair each rate with the calls that it counts, of each tenant."""
    for term in terms_for(history):
        by: dict[str | None, list[Seen]] = {}
        for call in history.calls:
            if call.exchange.at is not None and counts(term, call.operation):
                by.setdefault(call.exchange.who, []).append(call)
        yield from ((term, calls) for calls in by.values())


def _too_many(term: LimitTerm, passed: Sequence[Seen]) -> Iterator[Violation]:
    allowed, seconds = term.allowed or 0, term.seconds or 0.0
    for place in range(allowed, len(passed)):
        took = _at(passed[place]) - _at(passed[place - allowed])
        if took < seconds - EDGE:
            message = f"answers {allowed + 1} calls in {took:g} s"
            yield _broken(term, passed[place], message, f"{allowed} in {seconds:g} s")


def _too_few(history: History, term: LimitTerm, calls: Sequence[Seen]) -> Iterator[Violation]:
    allowed, seconds = term.allowed or 0, term.seconds or 0.0
    others = [one for one in terms_for(history) if one is not term]  # which may be why a call is refused
    for place, call in enumerate(calls):
        now = _at(call)
        before = sum(now - seconds - EDGE < _at(one) for one in calls[:place])
        if (
            call.exchange.status == TOO_MANY
            and before < allowed
            and not any(counts(one, call.operation) for one in others)
        ):
            message = f"refuses a call after {before} in {seconds:g} s"
            yield _broken(term, call, message, f"{allowed} in {seconds:g} s")


def _broken(term: LimitTerm, call: Seen, message: str, expected: str) -> Violation:
    return Violation(
        rule="rate",
        where="response.status",
        message=message,
        expected=expected,
        got=call.exchange.status,
        grade=term.grade,
        source=term.source,
        operation=call.key,
        reproduce=call.again,
    )


def _at(call: Seen) -> float:
    return call.exchange.at or 0.0


def _seconds(said: str, at: float | None) -> float | None:
    if is_number(said.strip()):
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - (at or 0.0))
    except (ValueError, TypeError):
        return None
