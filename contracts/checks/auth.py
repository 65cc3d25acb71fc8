"""Does a server ask who calls, where it documents so? Judging by credentials."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import thing_at
from offair.contracts.checks.seen import History, Seen
from offair.contracts.contract import Contract
from offair.contracts.exchange import NOBODY, header
from offair.contracts.violation import Violation

SECURITY = "the document's security requirements"
UNKNOWN = 401  # RFC 9110 section 15.5.2
TELLING = frozenset({UNKNOWN, 403, 429})  # RFC 9110 section 15.5.4; RFC 6585 section 4: nobody is let in, or now
FAILED = 500


@check("auth/required", SECURITY, absent="nothing was asked without credentials")
def required(history: History) -> Iterator[Violation | None]:
    """Without credentials, what needs them is refused."""
    for call in history.calls:
        if not call.operation.is_open and not carries(history.contract, call):
            yield _answered(call, f"is answered without credentials{_how(call)}")


@check("auth/known", SECURITY, absent="nothing was asked with credentials that are nobody's")
def known(history: History) -> Iterator[Violation | None]:
    """Credentials that are nobody's are refused."""
    for call in history.calls:
        if call.exchange.who == NOBODY and not call.operation.is_open and carries(history.contract, call):
            yield _answered(call, f"is answered with credentials that are nobody's{_how(call)}")


@check(
    "auth/told",
    "RFC 9110 section 15.5.2, with the cloud's document",
    absent="nobody was refused where 401 is documented",
)
def told(history: History) -> Iterator[Violation | None]:
    """Who is nobody, and asks for what is there, is told so with 401 where the document has it."""
    for call in history.calls:
        is_nobody = call.exchange.who == NOBODY or not carries(history.contract, call)
        is_plain = not call.operation.is_open and str(UNKNOWN) in call.operation.answers and not call.faults
        is_there = "{" not in call.operation.path or thing_at(history, call.path) is not None
        if is_nobody and is_plain and is_there and not call.is_success:
            status = call.exchange.status
            message = "refuses who is nobody without saying that it is for that"
            is_wrong = status not in TELLING and status < FAILED
            yield (
                call.breach(message, where="response.status", rule="auth", expected=UNKNOWN, got=status)
                if is_wrong
                else None
            )


@check("auth/accepted", SECURITY, absent="nothing was asked with credentials that are known to be good")
def accepted(history: History) -> Iterator[Violation | None]:
    """Credentials that are good are not taken for unknown."""
    strangers: set[str] = set()
    for call in history.calls:
        if call.exchange.who and call.operation.ends_access and call.is_success:
            strangers.add(call.exchange.who)
        elif call.exchange.who and call.exchange.who not in strangers and carries(history.contract, call):
            is_wrong = call.exchange.status == UNKNOWN
            message = "takes good credentials for unknown"
            yield call.breach(message, where="response.status", rule="auth", got=UNKNOWN) if is_wrong else None


def _how(call: Seen) -> str:
    return f": {call.exchange.title}" if call.exchange.title else ""


def carries(contract: Contract, call: Seen) -> bool:
    """Say whether a request has all credentials that one of its operation's alternatives asks for."""
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    return any(
        bool(needed) and all(_has(schemes.get(scheme, {}), call) for scheme in needed)
        for needed in call.operation.security
    )


def _has(scheme: Mapping[str, Any], call: Seen) -> bool:
    headers = call.exchange.request_headers
    if scheme.get("type") != "apiKey":
        return header(headers, "Authorization") is not None
    match scheme.get("in"):
        case "query":
            return scheme["name"] in call.query
        case "cookie":
            return f"{scheme['name']}=" in (header(headers, "Cookie") or "")
    return header(headers, scheme["name"]) is not None


def _answered(call: Seen, message: str) -> Violation | None:
    if not call.is_success:
        return None
    return call.breach(message, where="response.status", rule="auth", expected=UNKNOWN, got=call.exchange.status)
