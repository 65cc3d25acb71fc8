"""Secure tokens as they were before JSON Web Tokens."""

from offair.contracts.contract import promise
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu.auth import identify
from offair.emulator.providers.bintu.errors import JSON, render
from offair.emulator.providers.bintu.guarding import secret_of
from offair.emulator.providers.bintu.wire import tokens

operation = Operations(promise("bintu").services["splay"])


@operation("POST /secure/token")
def create_secure_token(call: Call) -> Reply:
    """Make a token over what is asked for."""
    secret = secret_of(call.world, call.tenant.id)
    return Reply(200, tokens.show_bond(tokens.read_bond(call.body), secret), media_type=JSON)


SURFACE = Surface(operations=operation, identify=identify, render=render, cors=Cors())
