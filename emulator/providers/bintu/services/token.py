"""The token service: playback tokens made, judged and taken back, and tokens of the main API."""

from offair.contracts.contract import promise
from offair.emulator.core.ids import as_written
from offair.emulator.core.tokens import TokenError, UntimelyError, sign, verify
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu import tickets
from offair.emulator.providers.bintu.auth import SESSION, identify, sign_for
from offair.emulator.providers.bintu.errors import JSON
from offair.emulator.providers.bintu.people import find_user
from offair.emulator.providers.bintu.services import envelope
from offair.emulator.providers.bintu.services.envelope import render, say
from offair.emulator.providers.bintu.wire import tokens

operation = Operations(promise("bintu").services["token"])


@operation("POST /splay")
def create_playback_token(call: Call) -> Reply:
    """Sign a token that lets its bearer watch."""
    algorithm = call.switches.token_algorithm
    ticket = tokens.read_ticket(call.body, call.world, call.tenant)
    pair = tickets.pair_for(call.world, algorithm)
    headers = {"kid": tickets.KEY_IDS[algorithm]}
    return _made(sign(tokens.write_claims(ticket), pair.private, algorithm, headers=headers))


@operation("POST /splay/verify")
def verify_playback_token(call: Call) -> Reply:
    """Say whether a token is good."""
    try:
        ticket = _read(call, call.body["token"])
    except UntimelyError:
        return say(envelope.OVER)
    except TokenError:
        return say(envelope.NO_TOKEN)
    return say(envelope.TAKEN_BACK) if tickets.is_withdrawn(call.world, ticket) else _made(call.body["token"])


@operation("POST /splay/revoke")
def revoke_playback_token(call: Call) -> Reply:
    """Take a token back for good."""
    try:
        ticket = _read(call, call.body["token"])
    except UntimelyError as error:
        ticket = tokens.read_claims(error.claims)
    except TokenError:
        return say(envelope.NO_TOKEN)
    if ticket.tenant != call.tenant.id:
        return say(envelope.NOT_YOURS)
    if not ticket.is_revocable:
        return say(envelope.NOT_REVOCABLE)
    tickets.withdraw(call.world, ticket)
    return Reply(204)


@operation("POST /bintu/token")
def create_api_token(call: Call) -> Reply:
    """Sign a token of the main API for a user, until a moment or for a day."""
    body = call.body or {}
    user_id = body.get("id")
    user = find_user(
        call.world, call.tenant, user_id=user_id and as_written(user_id), email=body.get("email")
    )  # fmt: skip
    now = call.world.clock.now()
    seconds = min(max(0.0, body["exp"] - now), tickets.YEAR) if "exp" in body else SESSION
    return _made(sign_for(call.world, user, seconds=seconds))


def _read(call: Call, token: str) -> tickets.Ticket:
    algorithm = call.switches.token_algorithm
    public = tickets.pair_for(call.world, algorithm).public
    return tokens.read_claims(verify(token, public, algorithm, now=call.world.clock.now()))


def _made(token: str) -> Reply:
    return Reply(200, tokens.made(token), media_type=JSON)


SURFACE = Surface(operations=operation, identify=identify, render=render, cors=Cors())
