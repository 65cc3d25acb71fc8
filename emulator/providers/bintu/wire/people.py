"""Organisations, users and roles as Bintu shows them."""

from typing import Any

from offair.emulator.core.tenants import Tenant
from offair.emulator.providers.bintu.auth import API_KEY, AUDIENCES, PLAYER_KEY
from offair.emulator.providers.bintu.people import ROLES, Guest, Organisation, Role, User
from offair.emulator.providers.bintu.wire.streams import moment

JSON = dict[str, Any]
PACKAGES = ("h5live", "hls", "webrtc", "secure", "transcoding", "vod", "live processing", "live captions", "metadata")
# in the words of the dashboard's dialogs
READS = {
    "Organisation": ["get"],
    "Stream": ["getStreamListCount", "getAllStreamStatesCount", "validateStream", "getStreams", "getStreamgroups",
               "getStreamgroupsCount"],
    "StreamWithId": ["getStream", "getStreamGroup"],
    "Tag": ["getTags", "getRecentlyUsedTags"],
}  # fmt: skip
WRITES = {
    "Stream": ["createStream"],
    "StreamWithId": ["setStreamTags", "setPushUrl", "setProcessing", "getStreamOptions", "createStreamOptions",
                     "modifyStreamOptions", "deleteStreamOptions", "addTranscode", "editTranscode", "removeTranscode"],
    "Tag": ["createTag", "editTag"],
    "MetricKey": ["Get"],
}  # fmt: skip
OWNS = {
    "InviteToken": ["Create", "List"],
    "Organisation": ["SetVod", "SetWebhook"],
    "StreamWithId": ["deleteStream", "stopStream", "lockStream", "unlockStream"],
    "Tag": ["deleteTag"],
}


def show_organisation(organisation: Organisation, tenant: Tenant, *, is_admin: bool) -> JSON:
    """Show an organisation; its API key to who may do everything."""
    shown = {
        "id": organisation.id,
        "name": tenant.name,
        "hash": organisation.hash,
        "player_key": tenant.credentials[PLAYER_KEY],
        "webhook": organisation.webhook,
        "vod_public": organisation.is_vod_public,
        "packages": list(PACKAGES),
    }
    return {**shown, "api_key": tenant.credentials[API_KEY]} if is_admin else shown


def show_user(user: User) -> JSON:
    """Show a user."""
    return {
        "id": user.id,
        "email": user.email,
        "permission": user.role,
        "created_at": moment(user.created_at),
        "tokenkey": user.token_key,
    }


def show_login(user: User, token: str, tenant: Tenant) -> JSON:
    """Show who has logged in: an administrator gets the API key too."""
    shown = {"token": token, "email": user.email, "id": user.id, "permission": user.role}
    return {**shown, "apiKey": tenant.credentials[API_KEY]} if user.role == ROLES[0] else shown


def show_guest(guest: Guest) -> JSON:
    """Show an invitation."""
    return {
        "token": guest.id,
        "email": guest.email,
        "permission": guest.role,
        "created_at": moment(guest.created_at),
    }


def show_role(role: Role) -> JSON:
    """Show what a role may do."""
    held = (READS, WRITES, OWNS)[: len(ROLES) - ROLES.index(role)]
    names: dict[str, list[str]] = {}
    for some in held:
        for group, listed in some.items():
            names.setdefault(group, []).extend(listed)
    return {
        "name": role,
        "audiences": list(AUDIENCES[:2] if role == ROLES[-1] else AUDIENCES),
        "permissions": dict(sorted(names.items())),
    }


def read_publicity(body: JSON | None, *, otherwise: bool) -> bool:
    """Read whether recordings are for everybody; nobody knows what the member is called."""
    asked = body or {}
    return bool(asked.get("public", asked.get("vod", otherwise)))
