"""How Bintu says no: an envelope with a code of the catalogue, which is told again at the top level for its clients."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from offair.contracts.violation import Violation
from offair.emulator.core.problems import (
    Broken,
    Forbidden,
    Invalid,
    Malformed,
    Missing,
    NoRoute,
    Problem,
    Throttled,
    Unauthorized,
    Unbuilt,
    WrongMethod,
)
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import catalogue
from offair.emulator.providers.bintu.catalogue import Declined, Term

GAP = "X-Offair-Gap"
JSON = "application/json; charset=utf-8"
LIST_MARK = "[]"


def render(problem: Problem, call: Call | None) -> Reply:
    """Say a problem in Bintu's envelope."""
    mirrored = call is None or call.switches.mirrored_errors
    match problem:
        case Declined():
            return _error(problem.term, problem.details, mirrored=mirrored)
        case Malformed():
            return _error(catalogue.WRONG_TYPE, {"parameter": "body", "type": "object"}, mirrored=mirrored)
        case Invalid():
            return _error(*blamed(problem.violations[0]), mirrored=mirrored)
        case Unauthorized() | Forbidden():
            return _error(catalogue.DENIED, mirrored=mirrored)
        case Missing():
            return _error(catalogue.NO_STREAM, mirrored=mirrored)
        case NoRoute():
            return _error(catalogue.NOWHERE, mirrored=mirrored)
        case WrongMethod():
            allow = {"Allow": ", ".join(problem.allowed)}
            return _error(catalogue.METHOD, mirrored=mirrored, headers=allow)
        case Throttled():
            retry = {"Retry-After": str(problem.seconds)}
            return _error(catalogue.TOO_MANY, mirrored=mirrored, headers=retry)
        case Unbuilt():
            return _error(catalogue.UNBUILT, mirrored=mirrored, headers={GAP: "documented, not built"})
        case Broken():
            return _error(replace(catalogue.INTERNAL, status=problem.status), mirrored=mirrored)
    return _error(catalogue.INTERNAL, mirrored=mirrored)


def blamed(violation: Violation) -> tuple[Term, dict[str, Any]]:
    """Find the catalogue's error for a broken rule, and what it says of the parameter."""
    names = [part for part in violation.path if isinstance(part, str)]
    name = (names[-1] if names else violation.where.rpartition(".")[2]).removesuffix(LIST_MARK)
    if violation.rule == "required":
        return catalogue.REQUIRED, {"required_parameter": name}
    if names == ["type"] and violation.rule == "enum" and violation.where == "request.body":
        return catalogue.NO_TYPE, {"stream_type": violation.got}
    if name == "profile" and violation.rule == "pattern":
        return catalogue.NO_PROFILE, {"profile": violation.got}
    wanted = violation.expected if violation.rule == "type" else violation.rule
    return catalogue.WRONG_TYPE, {"parameter": name, "type": _kind(wanted)}


def _kind(wanted: Any) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, list | tuple) else str(wanted)


def _error(
    term: Term, details: Mapping[str, Any] | None = None, *, mirrored: bool, headers: Mapping[str, str] | None = None
) -> Reply:
    told: dict[str, Any] = {"message": term.message, "code": term.code}
    if details:
        told["userinfo"] = dict(details)
    again = {"message": term.message, "status": term.status} if mirrored else {}
    return Reply(term.status, {"error": told, **again}, headers or {}, JSON)
