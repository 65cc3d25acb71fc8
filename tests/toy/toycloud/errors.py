"""How the toy says no."""

from typing import Any

from offair.contracts.violation import Violation
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
    WrongMedia,
    WrongMethod,
)
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply

STATUS: dict[type[Problem], int] = {
    Malformed: 400, Unauthorized: 401, Forbidden: 403, Missing: 404, NoRoute: 404, WrongMethod: 405, Conflict: 409,
    TooLarge: 413, WrongMedia: 415, Throttled: 429, Unbuilt: 501,
}  # fmt: skip


def render(problem: Problem, call: Call | None) -> Reply:
    """Say a problem in the toy's words."""
    if isinstance(problem, Invalid):
        return Reply(422, {"detail": [_item(violation, call) for violation in problem.violations]})
    headers = {"Allow": ", ".join(problem.allowed)} if isinstance(problem, WrongMethod) else {}
    if isinstance(problem, Throttled):
        headers = {"Retry-After": str(problem.seconds)}
    return Reply(STATUS.get(type(problem), 500), {"oops": str(problem)}, headers)


def _item(violation: Violation, call: Call | None) -> dict[str, Any]:
    """Say where, what, and what stood there; of what is missing, what it is missing in."""
    place = violation.where.rpartition(".")[2]
    given = call.body if violation.rule == "required" and place == "body" and call else violation.got
    return {"loc": [place, *violation.path], "msg": violation.text or violation.message, "input": given}
