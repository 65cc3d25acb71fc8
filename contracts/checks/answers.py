"""Is what a server answers what it documents, and what it has published? Judging answers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from offair.contracts.checks.check import KEPT, check
from offair.contracts.checks.seen import History, Seen
from offair.contracts.published import Published
from offair.contracts.violation import Violation
from offair.contracts.wording import JSON, KINDS

ABSENT = "no documented operation was called"
DOCUMENT = "the cloud's document"


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
        one = call.exchange
        found = call.operation.response_violations(
            one.status, one.response_content_type, one.response_body, is_head=one.method == "HEAD"
        )
        meant = [replace(v, operation=call.key, reproduce=call.again) for v in found if is_meant(call, v)]
        yield from meant or KEPT


def _is_asked(call: Seen, example: Published) -> bool:
    """An example without a request body stands for every answer of its status, and then too little is known."""
    if example.is_sketch or example.response_body is None or call.exchange.status != example.status:
        return False
    return example.request_body is not None and call.asked == example.request_body


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
