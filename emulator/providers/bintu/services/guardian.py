"""Guardian: who may watch nothing of an organisation."""

from offair.contracts.contract import promise
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu import bans
from offair.emulator.providers.bintu.auth import identify
from offair.emulator.providers.bintu.errors import JSON
from offair.emulator.providers.bintu.services.envelope import REQUIRED, Words, render, say

operation = Operations(promise("bintu").services["guardian"])


@operation("POST /ip")
def deny_address(call: Call) -> Reply:
    """Deny an address or a network for a day."""
    try:
        bans.ban_address(call.world, call.tenant.id, call.body["ip"], call.body.get("tag"))
    except ValueError:
        return say(Words(400, REQUIRED, "Parameter required: ip"))
    return _done()


@operation("POST /referrer")
def rule_referrer(call: Call) -> Reply:
    """Deny or allow pages of a domain."""
    return _rule(call)


@operation("POST /referer")
def rule_referer(call: Call) -> Reply:
    """Deny or allow pages of a domain, as HTTP spells them."""
    return _rule(call)


def _rule(call: Call) -> Reply:
    allows, words = call.body["type"] == "allow", call.body.get("info")
    bans.rule_domain(call.world, call.tenant.id, call.body["domain"], allows=allows, words=words)
    return _done()


def _done() -> Reply:
    return Reply(200, {"success": True}, media_type=JSON)


SURFACE = Surface(operations=operation, identify=identify, render=render, cors=Cors())
