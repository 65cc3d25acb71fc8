"""How the token service and its neighbours say no."""

from collections.abc import Mapping
from dataclasses import dataclass

from offair.contracts.violation import Violation
from offair.emulator.core.problems import (
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
from offair.emulator.providers.bintu.catalogue import Declined
from offair.emulator.providers.bintu.errors import GAP, JSON
from offair.emulator.providers.bintu.wire.tokens import refused

REQUIRED, BAD_KEY, EXPIRED = 1000, 1001, 1002
MALFORMED, FIXED, FOREIGN = 2004, 2011, 2012


@dataclass(frozen=True, slots=True)
class Words:
    """A no of the token service's: HTTP ``status``, ``code`` and ``message``."""

    status: int
    code: int
    message: str


NO_KEY = Words(403, BAD_KEY, "Provided APIKey is not valid")
NO_TOKEN = Words(400, MALFORMED, "Malformed JWT")
NOT_REVOCABLE = Words(400, FIXED, "The token is not allowed for revocation")
NOT_YOURS = Words(400, FOREIGN, "The provided token doesent belong to your organisation")  # as it is documented
OVER = Words(403, EXPIRED, "jwt expired")
TAKEN_BACK = Words(403, EXPIRED, "jwt revoked")


def say(words: Words, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with a no."""
    return Reply(words.status, refused(words.code, words.message), headers or {}, JSON)


def render(problem: Problem, _call: Call | None) -> Reply:
    """Say a problem in the token service's envelope."""
    match problem:
        case Unauthorized() | Forbidden():
            return say(NO_KEY)
        case Invalid():
            return say(Words(400, REQUIRED, f"Parameter required: {_wanted(problem.violations[0])}"))
        case WrongMethod():
            return say(Words(405, REQUIRED, str(problem)), {"Allow": ", ".join(problem.allowed)})
        case NoRoute() | Missing():
            return say(Words(404, REQUIRED, "Not found"))
        case Throttled():
            return say(Words(429, REQUIRED, str(problem)), {"Retry-After": str(problem.seconds)})
        case Unbuilt():
            return say(Words(501, REQUIRED, str(problem)), {GAP: "documented, not built"})
        case Declined():
            return say(Words(problem.term.status, REQUIRED, str(problem)))
        case Malformed():
            return say(Words(400, REQUIRED, "Parameter required: body"))
    return say(Words(500, REQUIRED, "Internal error"))


def _wanted(violation: Violation) -> str:
    """Say which parameter is wanted, or what is wrong with the one that came."""
    name = next((part for part in reversed(violation.path) if isinstance(part, str)), "body")
    match violation.rule, violation.expected:
        case "required", _:
            return name
        case "oneOf", [*choices]:
            return f"exactly one of {', '.join(part for choice in choices for part in choice.get('required', ()))}"
    return f"{name} {violation.message}"
