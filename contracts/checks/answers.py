"""Is what a server answers what it documents, and what it has published? Judging answers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from offair.contracts.checks.check import KEPT, check
from offair.contracts.checks.seen import History, Seen
from offair.contracts.contract import Contract
from offair.contracts.exchange import NOBODY
from offair.contracts.published import Published
from offair.contracts.violation import Path, Violation
from offair.contracts.wording import JSON, KINDS

ABSENT = "no documented operation was called"
DOCUMENT = "the cloud's document"
REFUSED, NOT_THERE, TOO_MANY, FAILED = 400, 404, 429, 500
UNMADE = "0ffa1ba5-e000-4000-8000-0ffa1ba5e000"  # an id that nobody's thing has
UNKNOWN_METHOD = 501  # RFC 9110 section 15.6.2: right for a method that a server has never heard of


@check("answer/status", DOCUMENT, absent=ABSENT)
def status(history: History) -> Iterator[Violation | None]:
    """An answer has a status that is documented for its operation."""
    yield from _told(history, lambda _call, found: found.where == "response.status")
    for call in history.calls:
        answer, got = call.operation.answer(call.exchange.status), call.exchange.status
        said = sorted(name for name in call.operation.answers if name.startswith("2"))
        if got < 300 and said and answer is not None and answer.status == "default":
            message = f"must be a documented success: {', '.join(said)}; what is documented by default says no"
            yield call.breach(message, where="response.status", rule="status", expected=said, got=got)


@check("answer/says-its-status", "RFC 9457 section 3.1.2", absent="no body told the status of its answer")
def says_its_status(history: History) -> Iterator[Violation | None]:
    """An error whose body tells a status tells that of its answer."""
    for call in history.calls:
        told = call.answer.get("status") if isinstance(call.answer, dict) and not call.is_success else None
        if type(told) is int:
            message = f"tells status {told}, and is an answer with {call.exchange.status}"
            found = call.breach(message, where="response.body", rule="status", expected=call.exchange.status, got=told)
            yield None if told == call.exchange.status else found


@check("answer/no-failure", "RFC 9110 section 15.6", absent="nothing was asked")
def no_failure(history: History) -> Iterator[Violation | None]:
    """Nothing that is asked makes a server fail: 5xx says that it has erred, and not who asked."""
    for call in history.calls:
        status, documented = call.exchange.status, call.operation.answers
        is_wrong = status >= FAILED and not {str(status), "5XX"} & {*documented}
        message = "says that it has failed, and not what is wrong with the request"
        yield call.breach(message, where="response.status", rule="failure", got=status) if is_wrong else None
    for one in history.strays:
        is_wrong = one.status >= FAILED and one.status != UNKNOWN_METHOD
        message = "says that it has failed, where what is asked is not documented, and to be refused"
        yield history.stray(one, message, "failure", grade="documented") if is_wrong else None


@check("answer/type", DOCUMENT, absent=ABSENT)
def content_type(history: History) -> Iterator[Violation | None]:
    """An answer has a Content-Type that is documented for its status."""
    return _told(history, lambda _call, found: found.where == "response.content_type")


@check("answer/body", DOCUMENT, absent=ABSENT)
def body(history: History) -> Iterator[Violation | None]:
    """The body of an answer that says yes is as documented."""
    return _told(history, lambda call, found: found.where == "response.body" and call.is_success)


@check("answer/error", DOCUMENT, absent=ABSENT)
def error(history: History) -> Iterator[Violation | None]:
    """The body of an answer that says no is as documented."""
    return _told(history, lambda call, found: found.where == "response.body" and not call.is_success)


@check("answer/not-there", "RFC 9110 section 15.5.5", absent="nothing was asked for that nobody has made")
def not_there(history: History) -> Iterator[Violation | None]:
    """Who asks for what nobody has made is told with 404 that it is not there, where the document has that."""
    for call in history.calls:
        if UNMADE in call.parameters.values() and call.exchange.who not in {None, NOBODY} and not call.faults:
            is_told = str(NOT_THERE) in call.operation.answers
            status = call.exchange.status
            is_wrong = status < REFUSED or (is_told and status < FAILED and status not in {NOT_THERE, TOO_MANY})
            message = "is not told that there is no such thing"
            found = call.breach(message, where="response.status", rule="not-there", expected=NOT_THERE, got=status)
            yield found if is_wrong else None


@check(
    "answer/published", "the cloud's published examples", absent="nothing was asked that an example was published of"
)
def published(history: History) -> Iterator[Violation | None]:
    """What answers a published request has the members of the published answer, and no value of another type."""
    for call in history.calls:
        for example in history.contract.examples_of(call.key):
            if _is_asked(call, example):
                found = list(_missing(example.response_body, call.answer, ()))
                yield from (_differs(call, example, *one) for one in found)
                if not found:
                    yield None


def _told(history: History, is_meant: Any) -> Iterator[Violation | None]:
    for call in history.calls:
        yield from [_vouched(history.contract, call, v) for v in call.wrongs if is_meant(call, v)] or KEPT


def _is_asked(call: Seen, example: Published) -> bool:
    """An example without a request body stands for every answer of its status, and then too little is known."""
    if example.is_sketch or example.response_body is None or call.exchange.status != example.status:
        return False
    return example.request_body is not None and call.asked == example.request_body


def _vouched(contract: Contract, call: Seen, found: Violation) -> Violation:
    """Let published answers vouch for a member that nothing but a guess of ours requires, where each of them has it."""
    if (found.rule, found.grade) != ("required", "inferred") or not found.path:
        return found
    status = call.exchange.status
    examples = contract.examples if status >= REFUSED else contract.examples_of(call.key)  # errors are alike everywhere
    said = [one for one in examples if one.status == status and _is_whole(contract, one)]
    if not said or not all(_has(one.response_body, found.path) for one in said):
        return found
    source = f"{said[0].title} ({said[0].source})"
    return replace(found, message="is missing, and stands in each published answer", grade="documented", source=source)


def _is_whole(contract: Contract, example: Published) -> bool:
    """The example has an answer of the cloud's, word for word."""
    return example.response_body is not None and not example.is_sketch and example.operation in contract.operations


def _has(body: Any, path: Path) -> bool:
    """The body has a value at the path; of a list any place will do that it has."""
    for step in path:
        if isinstance(step, int) and isinstance(body, list) and body:
            body = body[0]
        elif isinstance(body, dict) and step in body:
            body = body[step]
        else:
            return False
    return True


def _missing(said: Any, got: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if _kind(said) != _kind(got):
        yield path, f"is {_kind(got)}, and {_kind(said)} in the example"
    elif isinstance(said, dict):
        for name, inner in said.items():
            if name in got:
                yield from _missing(inner, got[name], (*path, name))
            else:
                yield (*path, name), "is missing, and stands in the example"
    elif isinstance(said, list) and said and got:
        yield from _missing(said[0], got[0], (*path, 0))
    elif isinstance(said, list) and said:
        yield path, "is empty, and not in the example"


def _kind(value: Any) -> str:
    return KINDS[JSON.get(type(value), "null")]


def _differs(call: Seen, example: Published, path: tuple[str | int, ...], message: str) -> Violation:
    found = call.breach(message, where="response.body", rule="published")
    return replace(found, path=path, source=f"{example.title} ({example.source})")
