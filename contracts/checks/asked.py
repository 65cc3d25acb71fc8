"""Does a client ask as is documented? Judging requests, whatever was answered."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from offair.contracts.checks.auth import SECURITY, carries
from offair.contracts.checks.check import check
from offair.contracts.checks.limits import TOO_MANY
from offair.contracts.checks.seen import History, Seen
from offair.contracts.checks.spoken import documented_frames
from offair.contracts.choosing import nearest_of
from offair.contracts.exchange import Exchange, header
from offair.contracts.nearest import nearest
from offair.contracts.pointer import Node, members, unfold
from offair.contracts.reproducing import curl_line
from offair.contracts.violation import Path, Violation

DOCUMENT = "the cloud's document"
ANYWHERE = frozenset({"HEAD", "OPTIONS"})  # RFC 9110 section 9.1: a server may know them everywhere
NOBODY_KNOWN = 401  # RFC 9110 section 15.5.2
ABSENT = "nothing was asked"


@check("requests/known-path", DOCUMENT, absent=ABSENT)
def known_path(history: History) -> Iterator[Violation | None]:
    """Only paths that are documented are asked for, with documented values in them."""
    for call in history.calls:
        yield from _found(call, call.operation.path_violations(call.parameters))
    for one in history.strays:
        if not history.contract.methods(one.path):
            yield _stray(history, one, "asks for a path that is not documented", _near(history, one))


@check("requests/known-method", DOCUMENT, absent=ABSENT)
def known_method(history: History) -> Iterator[Violation | None]:
    """A path is asked with a method that is documented there."""
    yield from (None for _ in history.calls)
    for one in history.strays:
        documented = history.contract.methods(one.path)
        if documented and one.method not in ANYWHERE:
            message = f"asks with {one.method}, where {', '.join(documented)} is documented"
            yield _stray(history, one, message, documented)


@check("requests/documented-query", DOCUMENT, absent="no operation with a query was asked")
def documented_query(history: History) -> Iterator[Violation | None]:
    """Query parameters are documented ones, with documented values."""
    for call in history.calls:
        known = [parameter.name for parameter in call.operation.query_parameters]
        yield from _found(call, call.operation.query_violations(call.query))
        for name in call.query:
            if name.removesuffix("[]") not in {one.removesuffix("[]") for one in known}:
                message = f"is no documented parameter{nearest_of(name, known)}, and is let pass"
                yield replace(
                    call.breach(message, where="request.query", rule="undocumented", expected=known, grade="inferred"),
                    path=(name,),
                )


@check("requests/documented-headers", DOCUMENT, absent=ABSENT)
def documented_headers(history: History) -> Iterator[Violation | None]:
    """Headers that are documented as parameters are there, with documented values."""
    for call in history.calls:
        yield from _found(call, call.operation.header_violations(call.exchange.request_headers))


@check("requests/credentials-sent", SECURITY, absent="nothing that needs credentials was asked")
def credentials_sent(history: History) -> Iterator[Violation | None]:
    """What needs credentials is asked with them, and with ones that the cloud knows."""
    for call in history.calls:
        if call.operation.is_open:
            continue
        if not carries(history.contract, call):
            schemes = " or ".join(call.operation.schemes)
            yield call.breach(f"asks without credentials ({schemes})", where="request.headers", rule="credentials")
        elif call.exchange.status == NOBODY_KNOWN:
            yield call.breach("asks with credentials that the cloud does not know", where="request.headers",
                              rule="credentials", got=NOBODY_KNOWN)  # fmt: skip
        else:
            yield None


@check("requests/documented-body", DOCUMENT, absent="no operation with a body was asked")
def documented_body(history: History) -> Iterator[Violation | None]:
    """A body is as documented, and has no members that are not."""
    for call in history.calls:
        one, operation = call.exchange, call.operation
        if not operation.has_body:
            continue
        broken = operation.body_violations(one.request_content_type, one.request_body)
        yield from _found(call, broken)
        if not broken and one.request_body and header(one.request_headers, "Content-Type") is None:
            message = "sends a body without a Content-Type (RFC 9110 section 8.3), and is let pass"
            yield call.breach(message, where="request.headers", rule="undocumented", grade="inferred",
                              expected=list(operation.bodies))  # fmt: skip
        if not broken and call.asked is not None:
            schema = next(iter(operation.bodies.values()))
            yield from _undocumented(call, schema.root, [schema.root], call.asked, ())


@check("requests/within-limits", "the cloud's limits; RFC 6585 section 4", absent=ABSENT)
def within_limits(history: History) -> Iterator[Violation | None]:
    """No more is asked than the cloud allows."""
    for call in history.calls:
        is_over = call.exchange.status == TOO_MANY
        message = "asks more often than the cloud allows, which is answered with 429"
        yield call.breach(message, where="request", rule="rate", got=TOO_MANY) if is_over else None


ASKED = (
    known_path, known_method, documented_query, documented_headers, credentials_sent, documented_body, within_limits,
    documented_frames,
)  # fmt: skip
"""By what a client is judged whatever else it does."""


def _found(call: Seen, violations: Iterable[Violation]) -> Iterator[Violation | None]:
    """Say of each what it happened at; nothing is wrong where there is none."""
    told = [replace(one, operation=call.key, reproduce=call.again) for one in violations]
    return chain(told or [None])


def _undocumented(call: Seen, root: Node, nodes: list[Any], value: Any, path: Path) -> Iterator[Violation]:
    """Name the members that a schema does not have, of objects whose members it names."""
    known = unfold(root, nodes)
    if isinstance(value, list):
        items = [node["items"] for node in known if "items" in node]
        for place, inner in enumerate(value):
            yield from _undocumented(call, root, items, inner, (*path, place))
    if not isinstance(value, dict):
        return
    named = members(known)
    if not named or any(isinstance(node.get("additionalProperties"), dict) for node in known):
        return
    for name, inner in value.items():
        if name in named:
            yield from _undocumented(call, root, named[name], inner, (*path, name))
        else:
            message = f"is no documented member{nearest_of(name, named)}, and is let pass"
            found = call.breach(message, where="request.body", rule="undocumented", got=inner, grade="inferred")
            yield replace(found, path=(*path, name))


def _near(history: History, one: Exchange) -> list[str]:
    """The documented path that was perhaps meant."""
    meant = nearest([history.contract], one.method, urlsplit(one.path).path, "")
    return [meant.path] if meant else []


def _stray(history: History, one: Exchange, message: str, expected: list[str]) -> Violation:
    return Violation(
        rule="stray",
        where="request.path",
        message=message + (f"; the nearest is {expected[0]}" if expected and "path" in message else ""),
        expected=expected or None,
        got=f"{one.method} {one.path.partition('?')[0]}",
        source=f"{history.contract.title}: its operations",
        operation=f"{one.method} {one.path.partition('?')[0]}",
        reproduce=curl_line(one, history.root),
    )
