"""The toy's other service: with credentials, errors and CORS of its own."""

from offair.emulator.core.problems import Problem, Unauthorized, WrongMethod
from offair.emulator.core.tenants import Caller
from offair.emulator.core.tokens import TokenError, verify
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from toycloud.auth import ALGORITHM, house_of, pair
from toycloud.operations import PROMISE

operation = Operations(PROMISE.services["vault"])
CORS = Cors(
    origin="https://toy.example",
    headers="X-Vault, Content-Type",
    exposes="X-Toy-Age",
    credentials=True,
    max_age=60,
    status=200,
)


@operation("POST /verify")
def verify_token(call: Call) -> Reply:
    """Say whether a token is good."""
    try:
        verify(call.body["bearer"], pair(call.world).public, ALGORITHM, now=call.world.clock.now())
    except TokenError as error:
        return Reply(200, {"good": False, "why": str(error)})
    return Reply(200, {"good": True}, {"X-Toy-Age": "0"})


def identify(call: Call) -> Caller | None:
    """Know a house by its other key."""
    secret = call.headers.get("X-Vault")
    return None if secret is None else house_of(call, secret, "vault")


def render(problem: Problem, _call: Call | None) -> Reply:
    """Say no with a number."""
    if isinstance(problem, WrongMethod):
        return Reply(405, {"code": 7, "reason": str(problem)}, {"Allow": ", ".join(problem.allowed)})
    return Reply(403 if isinstance(problem, Unauthorized) else 400, {"code": 7, "reason": str(problem)})


SURFACE = Surface(operations=operation, identify=identify, render=render, cors=CORS)
