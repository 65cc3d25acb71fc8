"""How Tenbyte says no: the error envelope, and one item for every failing field.

The codes of the published example are documented; the rest follow the vocabulary of the validation library
whose defaults that example shows (inferred, see ``NOTES.md``).
"""

from typing import Any

from offair.contracts.violation import Violation, dotted
from offair.emulator.core.problems import (
    Conflict,
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
    sentences,
)
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply

GAP = "X-Offair-Gap"
LENGTHS = {"name": "between 1 and 255", "output_protocols": "between 1 and 2"}


def render(problem: Problem, _call: Call | None) -> Reply:
    """Say a problem in Tenbyte's envelope."""
    match problem:
        case Malformed():
            return _unreadable(str(problem))
        case Invalid() if any(violation.is_type_error for violation in problem.violations):
            return _unreadable(sentences([violation for violation in problem.violations if violation.is_type_error]))
        case Invalid():
            items = [_item(violation) for violation in problem.violations]
            return _error(422, "VALIDATION_ERROR", "Some fields failed validation.", items)
        case Unauthorized():
            return _error(401, "UNAUTHORIZED", str(problem))
        case Forbidden():
            return _error(403, "FORBIDDEN", str(problem))
        case Missing() | NoRoute():
            return _error(404, "NOT_FOUND", "Resource not found.")
        case WrongMethod():
            allow = {"Allow": ", ".join(problem.allowed)}
            return _error(405, "METHOD_NOT_ALLOWED", "Method not allowed.", headers=allow)
        case Conflict():
            return _error(409, "INTERNAL_ERROR", str(problem))
        case Throttled():
            retry = {"Retry-After": str(problem.seconds)}
            return _error(429, "RATE_LIMITED", str(problem), headers=retry)
        case Unbuilt():
            return _error(501, "NOT_IMPLEMENTED", str(problem), headers={GAP: "documented, not built"})
    return _error(500, "INTERNAL_ERROR", "Internal server error")


def _unreadable(words: str) -> Reply:
    """A value of another JSON type is no payload that Tenbyte can read, any more than what is no JSON."""
    items = [{"code": "invalid_json", "message": words}]
    return _error(400, "BAD_REQUEST", "Invalid request payload.", items)


def _error(
    status: int,
    code: str,
    message: str,
    items: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    body: dict[str, Any] = {"success": False, "code": code, "message": message}
    if items:
        body["errors"] = items
    return Reply(status, body, headers or {})


def _item(violation: Violation) -> dict[str, str]:
    if violation.field is not None:
        return {"field": violation.field, "code": violation.rule, "message": violation.text or violation.message}
    field = dotted(violation.path)
    code, message = _vocabulary(violation, field)
    return {"field": field, "code": code, "message": message}


def _vocabulary(violation: Violation, field: str) -> tuple[str, str]:
    limit = violation.expected
    match violation.rule:
        case "required" | "minItems":
            return _blank(field)
        case "minLength" if limit == 1:
            return _blank(field)
        case "pattern" if violation.got == "":
            return _blank(field)
        case "maxLength" | "maxItems" if field in LENGTHS:
            return "validation_length_out_of_range", f"the length must be {LENGTHS[field]}"
        case "minLength":
            return "validation_length_too_short", f"the length must be no less than {limit}"
        case "maxLength" | "maxItems":
            return "validation_length_too_long", f"the length must be no more than {limit}"
        case "minimum" | "exclusiveMinimum":
            return "validation_min_greater_equal_than_required", f"must be no less than {limit}"
        case "maximum":
            return "validation_max_less_equal_than_required", f"must be no greater than {limit}"
        case "format" if limit == "uuid":
            return "validation_is_uuid", "must be a valid UUID"
        case "format" if limit == "uri":
            return "validation_is_url", "must be a valid URL"
        case "format":
            return "validation_date_invalid", "must be a valid date"
        case "uniqueItems":
            return "validation_unique_invalid", "must not hold a value twice"
    return "validation_in_invalid", "must be a valid value"


def _blank(field: str) -> tuple[str, str]:
    return "validation_required", f"{field} is required" if "." in field else "cannot be blank"
