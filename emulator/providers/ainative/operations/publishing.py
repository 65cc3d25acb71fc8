"""Publishing by WHIP (RFC 9725) at the media layer: the secret in the URL is all that a publisher shows."""

from offair.emulator.core.ports import Refused
from offair.emulator.core.problems import Missing, Unauthorized
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.errors import refuse
from offair.emulator.providers.ainative.operations.register import below
from offair.emulator.providers.ainative.rules import live_inputs
from offair.emulator.providers.ainative.wire.streams import whip_url

NO_HEADER = "Publishing is authorized by the URL; send no Authorization header"


@below("POST /cloudflarestream.com/{secret}/webRTC/publish", waits=True)
def publish(call: Call) -> Reply:
    """Answer an offer once its publisher is let in; the session's URL is what ends it."""
    _bring_nothing(call)
    secret = call.path["secret"]
    answered = call.whip.open(live_inputs.by_secret(call.world, secret), call.body, peer=call.peer or "")
    if isinstance(answered, Refused):
        return refuse(answered)
    location = f"{whip_url(call.addresses, secret)}/{answered.session}"
    return Reply(201, answered.sdp, {"Location": location}, "application/sdp")


@below("DELETE /cloudflarestream.com/{secret}/webRTC/publish/{session}")
def unpublish(call: Call) -> Reply:
    """End what somebody publishes; whoever knows the URL may."""
    _bring_nothing(call)
    if not call.whip.end(call.path["session"]):
        raise Missing("No such WebRTC session")
    return Reply(200)


def _bring_nothing(call: Call) -> None:
    if call.headers.get("Authorization"):
        raise Unauthorized(NO_HEADER)
