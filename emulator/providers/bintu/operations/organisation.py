"""An organisation: what it is, whom it has asked, and whether a key is good."""

from dataclasses import replace
from typing import Any

from offair.emulator.core.tenants import TENANTS, credential_of
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.bintu import catalogue
from offair.emulator.providers.bintu.auth import API_KEY
from offair.emulator.providers.bintu.catalogue import Declined
from offair.emulator.providers.bintu.nouns import CLOUD
from offair.emulator.providers.bintu.operations.documented import operation, said
from offair.emulator.providers.bintu.people import ORGANISATIONS, ROLES, find_user, organisation_of
from offair.emulator.providers.bintu.wire import people
from offair.emulator.providers.bintu.wire.streams import moment


@operation("GET /organisation")
def get_organisation(call: Call) -> Reply:
    """Show the caller's organisation."""
    return _organisation(call)


@operation("PUT /organisation/webhook")
def set_webhook(call: Call) -> Reply:
    """Say who is asked before an encoder is let in."""
    return _organisation(call, webhook=(call.body or {}).get("webhook") or None)


@operation("PUT /organisation/vod")
def set_vod(call: Call) -> Reply:
    """Say whether recordings are shown to everybody."""
    otherwise = organisation_of(call.world, call.tenant.id).is_vod_public
    return _organisation(call, is_vod_public=people.read_publicity(call.body, otherwise=otherwise))


@operation("POST /apikey")
def check_api_key(call: Call) -> Reply:
    """Say since when a key is good."""
    key = call.body["apikey"]
    credential = credential_of(call.world, CLOUD, key)
    tenant = call.world.get(TENANTS, credential.tenant) if credential and credential.kind == API_KEY else None
    if tenant is None:
        raise Declined(catalogue.DENIED, apikey=key)
    return said({"key": key, "created_at": moment(find_user(call.world, tenant).created_at)})


def _organisation(call: Call, **changes: Any) -> Reply:
    found = organisation_of(call.world, call.tenant.id)
    if changes:
        found = call.world.put(ORGANISATIONS, replace(found, **changes))
    is_admin = call.caller is not None and ROLES[0] in call.caller.scopes
    return said(people.show_organisation(found, call.tenant, is_admin=is_admin))
