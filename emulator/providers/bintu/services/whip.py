"""Publishing from a browser (WHIP, RFC 9725): an offer in, an answer out, and a secret URL that ends it."""

from collections.abc import Mapping
from typing import Any

from offair.contracts.contract import promise
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.core.problems import (
    Invalid,
    Malformed,
    Missing,
    NoRoute,
    Problem,
    Throttled,
    TooLarge,
    Unauthorized,
    Unusable,
    WrongMedia,
    WrongMethod,
)
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.tokens import TokenError, verify
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu.auth import BEARER
from offair.emulator.providers.bintu.nouns import CLOUD
from offair.emulator.providers.bintu.services.webcaster import USE
from offair.emulator.providers.bintu.tickets import pair_for
from offair.emulator.providers.bintu.wire.whip import read_aim, read_metadata, show_server

operation = Operations(promise(CLOUD).services["whip"])
SDP = "application/sdp"
# how HTTP says why a publisher may not come in; what is not here is 403
STATUSES: Mapping[Reason, int] = {
    Reason.UNKNOWN_APP: 404,
    Reason.UNKNOWN_KEY: 404,
    Reason.KEY_IN_USE: 409,
    Reason.OUT_OF_ROOM: 503,
}


@operation("POST /p/webrtc", waits=True)
def publish_by_whip(call: Call) -> Reply:
    """Take an offer for the stream of this name, as an encoder at that RTMP address would be taken."""
    aim = read_aim(call.query, _claims(call))
    stream = next(iter(call.world.find(STREAMS, cloud=CLOUD, key=aim.name)), None)
    if stream is None:
        raise Missing(f"no stream has the name {aim.name}")
    answered = call.whip.open(stream, call.body, app=aim.app, peer=call.peer or "", query=aim.query)
    if isinstance(answered, Refused):
        return _no(STATUSES.get(answered.reason, 403), answered.text)
    location = f"{call.addresses.services['whip']}/p/webrtc/{answered.session}"
    return Reply(201, answered.sdp, {"Location": location}, SDP)


@operation("DELETE /p/webrtc/{session}")
def end_whip(call: Call) -> Reply:
    """End what is published; who knows the URL may."""
    if not call.whip.end(call.path["session"]):
        raise Missing("nobody publishes by this URL")
    return Reply(200)


@operation("POST /p/webrtc/{session}/metadata")
def send_metadata(call: Call) -> Reply:
    """Say something in the stream that is published; who knows the URL may."""
    if not call.whip.say(call.path["session"], read_metadata(call.body)):
        raise Missing("nobody publishes by this URL")
    return Reply(200)


@operation("GET /p/webrtc/status.json")
def get_status(_call: Call) -> Reply:
    """Say which server this is."""
    return Reply(200, show_server())


def _claims(call: Call) -> Mapping[str, Any]:
    """Read the webcaster token that is shown, if one is; Unauthorized for one that is not good."""
    kind, _, token = call.headers.get("Authorization", "").partition(" ")
    if kind.lower() != BEARER or not token:
        return {}
    algorithm = call.switches.token_algorithm
    try:
        return verify(token, pair_for(call.world, algorithm, USE).public, algorithm, now=call.world.clock.now())
    except TokenError as error:
        raise Unauthorized(f"the webcaster token is not good: {error}") from error


def render(problem: Problem, _call: Call | None) -> Reply:
    """Say a problem as WHIP has it: a status, and words."""
    match problem:
        case Unusable():
            return _no(422, str(problem))
        case Unauthorized():
            return _no(401, str(problem), {"WWW-Authenticate": "Bearer"})
        case Missing() | NoRoute():
            return _no(404, str(problem))
        case WrongMethod():
            return _no(405, str(problem), {"Allow": ", ".join(problem.allowed)})
        case TooLarge():
            return _no(413, str(problem))
        case WrongMedia():
            return _no(415, str(problem), {"Accept-Post": SDP})
        case Throttled():
            return _no(429, str(problem), {"Retry-After": str(problem.seconds)})
        case Invalid() | Malformed():
            return _no(400, str(problem))
    return _no(500, "Internal error")


def _no(status: int, words: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, {"error": words}, headers or {})


SURFACE = Surface(operations=operation, render=render, cors=Cors(exposes="Location"))
