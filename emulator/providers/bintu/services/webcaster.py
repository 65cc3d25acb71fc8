"""Tokens for the vendor's page that publishes: they hold where to."""

from offair.contracts.contract import promise
from offair.emulator.core.tokens import TokenError, UntimelyError, sign, verify
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu.auth import identify
from offair.emulator.providers.bintu.errors import JSON
from offair.emulator.providers.bintu.services import envelope
from offair.emulator.providers.bintu.services.envelope import render, say
from offair.emulator.providers.bintu.tickets import DAY, pair_for
from offair.emulator.providers.bintu.wire import tokens

operation = Operations(promise("bintu").services["webcaster"])
WEEK = 7.0 * DAY
USE = "webcaster"


@operation("POST /webcaster")
def create_webcaster_token(call: Call) -> Reply:
    """Sign where somebody may publish."""
    algorithm = call.switches.token_algorithm
    claims = tokens.webcaster_claims(call.body, now=call.world.clock.now(), seconds=WEEK)
    return _made(sign(claims, pair_for(call.world, algorithm, USE).private, algorithm))


@operation("POST /webcaster/verify")
def verify_webcaster_token(call: Call) -> Reply:
    """Say whether a token is good."""
    token, algorithm = call.body["token"], call.switches.token_algorithm
    try:
        verify(token, pair_for(call.world, algorithm, USE).public, algorithm, now=call.world.clock.now())
    except UntimelyError:
        return say(envelope.OVER)
    except TokenError:
        return say(envelope.NO_TOKEN)
    return _made(token)


def _made(token: str) -> Reply:
    return Reply(200, tokens.made(token), media_type=JSON)


SURFACE = Surface(operations=operation, identify=identify, render=render, cors=Cors())
