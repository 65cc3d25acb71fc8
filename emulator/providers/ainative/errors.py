"""How AINative says no: as FastAPI does, with a sentence in ``detail``, or a list of what is wrong with a request.

That the service is built with FastAPI is seen from outside; which words stand where is inferred.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from offair.contracts.violation import Violation
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.core.problems import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    Missing,
    NoRoute,
    Problem,
    Throttled,
    TooLarge,
    Unauthorized,
    Unbuilt,
    Unusable,
    WrongMedia,
    WrongMethod,
)
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.switches import MINUTE

GAP = "X-Offair-Gap"
LONGEST = 1 << 16  # bytes of an answer that repeats what was wrong; a longer one does without, as pydantic can
NO_CREDENTIALS = "No authentication credentials provided"
BAD_CREDENTIALS = "Could not validate credentials"
# pydantic's names and words for broken rules, by keyword
RULES: Mapping[str, tuple[str, str, str]] = {
    "minLength": ("string_too_short", "String should have at least {} character{s}", "min_length"),
    "maxLength": ("string_too_long", "String should have at most {} character{s}", "max_length"),
    "minItems": ("too_short", "List should have at least {} item{s} after validation", "min_length"),
    "maxItems": ("too_long", "List should have at most {} item{s} after validation", "max_length"),
    "minimum": ("greater_than_equal", "Input should be greater than or equal to {}", "ge"),
    "maximum": ("less_than_equal", "Input should be less than or equal to {}", "le"),
    "exclusiveMinimum": ("greater_than", "Input should be greater than {}", "gt"),
    "pattern": ("string_pattern_mismatch", "String should match pattern '{}'", "pattern"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "string": ("string_type", "Input should be a valid string"),
    "integer": ("int_type", "Input should be a valid integer"),
    "number": ("float_type", "Input should be a valid number"),
    "boolean": ("bool_type", "Input should be a valid boolean"),
    "array": ("list_type", "Input should be a valid list"),
    "object": ("model_attributes_type", "Input should be a valid dictionary or object to extract fields from"),
}
PARSED: Mapping[str, tuple[str, str]] = {
    "integer": ("int_parsing", "Input should be a valid integer, unable to parse string as an integer"),
    "number": ("float_parsing", "Input should be a valid number, unable to parse string as a number"),
    "boolean": ("bool_parsing", "Input should be a valid boolean, unable to interpret input"),
}
FORMATS: Mapping[str, tuple[str, str]] = {
    "uuid": ("uuid_parsing", "Input should be a valid UUID"),
    "date-time": ("datetime_parsing", "Input should be a valid datetime"),
}

REFUSALS: Mapping[Reason, tuple[int, str]] = {
    Reason.KEY_IN_USE: (409, "Somebody publishes to this live input already"),
    Reason.NOT_ACCEPTING: (409, "This live input does not accept a publisher now"),
    Reason.OUT_OF_ROOM: (503, "There is no room for another publisher"),
}


def render(problem: Problem, call: Call | None) -> Reply:
    """Say a problem as FastAPI does."""
    match problem:
        case TooLarge():
            return _sentence(413, "Request body is too large")
        case Malformed():
            return Reply(422, {"detail": [_unread(problem)]})
        case Invalid():
            return _bounded([_item(violation, call) for violation in problem.violations])
        case Unauthorized():
            words = NO_CREDENTIALS if problem.is_missing else str(problem)
            return _sentence(401, words, {"WWW-Authenticate": "Bearer"})
        case Forbidden():
            return _sentence(403, "Not authorized" if problem.wanted else str(problem))
        case Missing():
            return _sentence(404, str(problem))
        case NoRoute():
            return _sentence(404, "Not Found")
        case WrongMethod():
            return _sentence(405, "Method Not Allowed", {"Allow": ", ".join(problem.allowed)})
        case Conflict():
            return _sentence(400, str(problem))
        case Throttled():
            retry = {"Retry-After": str(problem.seconds)}
            return _sentence(429, f"Rate limit exceeded: {_allowed(*problem.allowed)}", retry)
        case Unbuilt():
            return _sentence(501, str(problem), {GAP: "documented, not built"})
    return _sentence(500, "Internal Server Error")


def render_media(problem: Problem, call: Call | None) -> Reply:
    """Say a problem as the layer below does: an unread body is no broken rule there, and no bearer would help."""
    match problem:
        case Unauthorized():
            return _sentence(401, str(problem))
        case WrongMedia():
            return _sentence(415, str(problem))
        case Malformed() if not isinstance(problem, TooLarge):
            return _sentence(400, str(problem))
        case Unusable():
            return _sentence(422, str(problem))
        case Conflict():
            return _sentence(409, str(problem))
    return render(problem, call)


def refuse(refused: Refused) -> Reply:
    """Say why a publisher may not come in; the words are ours, as Cloudflare publishes none."""
    status, words = REFUSALS.get(refused.reason, (403, "Publishing to this live input is not allowed"))
    return _sentence(status, f"{words}: {refused.text}", {"Retry-After": "1"} if status == 503 else None)


def _bounded(items: list[dict[str, Any]]) -> Reply:
    """Tell what is wrong, and repeat it unless that gets long: each member that a body misses has all of the body."""
    told = Reply(422, {"detail": items})
    if len(told.content) <= LONGEST:
        return told
    return Reply(422, {"detail": [{name: item[name] for name in item if name != "input"} for item in items]})


def _sentence(status: int, words: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, {"detail": words}, headers or {})


def _allowed(calls: int, seconds: float) -> str:
    return f"{calls} per {seconds:g} second" if seconds % MINUTE else f"{calls} per {seconds / MINUTE:g} minute"


def _unread(problem: Malformed) -> dict[str, Any]:
    if problem.offset is None:
        return {"type": "model_attributes_type", "loc": ["body"], "msg": KINDS["object"][1], "input": str(problem)}
    if "empty" in str(problem):
        return {"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}
    told = {"loc": ["body", problem.offset], "msg": "JSON decode error", "input": {}}
    return {"type": "json_invalid", **told, "ctx": {"error": str(problem)}}


def _item(violation: Violation, call: Call | None) -> dict[str, Any]:
    place = violation.where.rpartition(".")[2]
    loc = [place, *violation.path]
    if violation.rule == "required":
        holder = call.body if place == "body" and call else None
        return {"type": "missing", "loc": loc, "msg": "Field required", "input": holder}
    kind, words, context = _words(violation, is_text=place != "body")
    item = {"type": kind, "loc": loc, "msg": words, "input": violation.got}
    return {**item, "ctx": context} if context else item


def _otherwise(violation: Violation, branch: Mapping[str, Any], *, is_text: bool) -> tuple[str, str, dict[str, Any]]:
    rule = "type" if not isinstance(violation.got, str) else "format" if "format" in branch else "pattern"
    return _words(replace(violation, rule=rule, expected=branch.get(rule)), is_text=is_text)


def _words(violation: Violation, *, is_text: bool) -> tuple[str, str, dict[str, Any]]:
    limit = violation.expected
    match violation.rule:
        case "anyOf":  # what may be null, or else keeps one rule
            return _otherwise(violation, next(one for one in limit if one.get("type") != "null"), is_text=is_text)
        case "type":
            wanted = next((one for one in ([limit] if isinstance(limit, str) else limit) if one != "null"), "object")
            table = PARSED if (is_text or isinstance(violation.got, str)) and wanted in PARSED else KINDS
            return (*table.get(wanted, KINDS["object"]), {})
        case "enum" | "const":
            allowed = [one for one in (limit if isinstance(limit, list) else [limit]) if one is not None]
            said = [f"'{one}'" for one in allowed]
            expected = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"
            return "literal_error", f"Input should be {expected}", {"expected": expected}
        case "format" if limit in FORMATS:
            return (*FORMATS[limit], {})
        case rule if rule in RULES:
            kind, words, name = RULES[rule]
            return kind, words.format(limit, s="" if limit == 1 else "s"), {name: limit}
    return "value_error", f"Value error, {violation.message}", {}
