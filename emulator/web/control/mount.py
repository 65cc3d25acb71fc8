"""Where the control surface stands, and how it says no."""

from functools import cache
from importlib.resources import files
from typing import Any

from offair.contracts.contract import Contract
from offair.contracts.violation import Violation
from offair.emulator.core.problems import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    Missing,
    NoRoute,
    Problem,
    TooLarge,
    WrongMedia,
    WrongMethod,
    sentences,
)
from offair.emulator.core.timers import Timers
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Surface
from offair.emulator.web.chain import CONTROL
from offair.emulator.web.control import (
    chatting,
    events,
    exporting,
    faulting,
    hooking,
    judging,
    observing,
    promising,
    steering,
    streams,
    watching,
)
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.guarding import MARK
from offair.emulator.web.mount import Mount

ROOT = "/_offair"
BODY_LIMIT = 1 << 20  # a snapshot has a limit of its own, in the document


@cache
def _promise() -> Contract:
    """Read what the control surface documents, once for all emulators of this process."""
    return Contract.load(files("offair.emulator.web.control"))


def control_mount(steered: Steered, timers: Timers) -> Mount:
    """Build the control surface of one emulator."""
    operation = Operations(_promise())
    observing.register(operation, steered)
    streams.register(operation, steered)
    events.register(operation, steered)
    watching.register(operation, steered)
    exporting.register(operation, steered)
    judging.register(operation, steered)
    promising.register(operation, steered)
    chatting.register(operation, steered)
    steering.register(operation, steered)
    hooking.register(operation, steered)
    faulting.register(operation, steered)
    return Mount(
        scope=ROOT,
        roots=operation.promise.base_paths,
        surface=Surface(operations=operation, render=render, overlooks=_is_about_the_mark),
        rooms=steered.own_rooms,
        journal=steered.journal,
        timers=timers,
        chain=CONTROL,
        body_limit=BODY_LIMIT,
    )


def _is_about_the_mark(violation: Violation, _switches: Any) -> bool:
    """Judged already: what says JSON needs no mark."""
    return violation.rule == "required" and violation.path == (MARK,)


def render(problem: Problem, _call: Call | None) -> Reply:
    """Say a problem as ``{"error": …}``, with every violation in words."""
    match problem:
        case Forbidden():
            return Reply(403, {"error": str(problem)})
        case TooLarge():
            largest = _promise().operations["POST /restore"].body_limit or BODY_LIMIT
            words = f"a body has at most {BODY_LIMIT >> 20} MiB here, and a snapshot's at most {largest >> 20} MiB"
            step = "reset what is not needed before you take one, or copy the folder of --state instead"
            return Reply(413, {"error": f"{words}; {step}"})
        case WrongMedia():
            return Reply(415, {"error": str(problem)})
        case Malformed():
            return Reply(400, {"error": str(problem)})
        case Invalid() if any(violation.is_type_error for violation in problem.violations):
            return Reply(400, {"error": sentences([v for v in problem.violations if v.is_type_error])})
        case Invalid():
            return Reply(422, {"error": str(problem), "violations": [str(v) for v in problem.violations]})
        case Missing() | NoRoute():
            return Reply(404, {"error": str(problem)})
        case WrongMethod():
            return Reply(405, {"error": str(problem)}, {"Allow": ", ".join(problem.allowed)})
        case Conflict():
            return Reply(409, {"error": str(problem)})
    return Reply(500, {"error": str(problem)})
