"""Where the control surface stands, and how it says no."""

from importlib.resources import files

from offair.contracts.contract import Contract
from offair.emulator.core.problems import (
    Conflict,
    Invalid,
    Malformed,
    Missing,
    NoRoute,
    Problem,
    WrongMethod,
)
from offair.emulator.provider import Addresses, Operations, Reply
from offair.emulator.web.chain import CONTROL
from offair.emulator.web.control import faulting, observing, steering
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.mount import Mount

BODY_LIMIT = 1 << 30  # a snapshot may be large


def control_mount(emulator: Steered) -> Mount:
    """Build the control surface of one emulator."""
    operation = Operations(Contract.load(files("offair.emulator.web.control")))
    root = operation.promise.base_path
    observing.register(operation, emulator)
    steering.register(operation, emulator)
    faulting.register(operation, emulator)
    return Mount(
        scope=root,
        root=root,
        operations=operation,
        render=render,
        chain=CONTROL,
        world=emulator.world,
        journal=emulator.journal,
        publications=emulator.publications,
        monitor=emulator.monitor,
        addresses=Addresses(api=emulator.http_url + root, cdn="", rtmp=emulator.rtmp_url, rtmps="", srt=""),
        body_limit=BODY_LIMIT,
    )


def render(problem: Problem) -> Reply:
    """Say a problem as ``{"error": …}``, with every violation in words."""
    match problem:
        case Malformed():
            return Reply(400, {"error": str(problem)})
        case Invalid():
            return Reply(422, {"error": str(problem), "violations": [str(v) for v in problem.violations]})
        case Missing() | NoRoute():
            return Reply(404, {"error": str(problem)})
        case WrongMethod():
            return Reply(405, {"error": str(problem)}, {"Allow": ", ".join(problem.allowed)})
        case Conflict():
            return Reply(409, {"error": str(problem)})
    return Reply(500, {"error": str(problem)})
