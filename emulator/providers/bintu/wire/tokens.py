"""What tokens say, on the way in and out: playback tokens, secure tokens, webcaster tokens."""

from collections.abc import Mapping
from typing import Any

from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World
from offair.emulator.providers.bintu.sts import Bond, digest
from offair.emulator.providers.bintu.tickets import Ticket, span

JSON = dict[str, Any]
REMARKS = ("tag", "user", "cust")
ISSUER = "nanocosmos"


def read_ticket(body: Mapping[str, Any], world: World, tenant: Tenant) -> Ticket:
    """Read a playback token that is wanted."""
    is_revocable, now = body.get("revocable", False), world.clock.now()
    begins, ends = span(now, begins_at=body.get("nbf"), ends_at=body.get("exp"), is_revocable=is_revocable)
    return Ticket(
        id=world.ids.uuid(),
        tenant=tenant.id,
        names=tuple(body.get("streams", ())),
        group=body.get("groupid"),
        is_orgawide=body.get("orgawide", False),
        issued_at=int(now),
        begins_at=begins,
        ends_at=ends,
        ip=body.get("ip"),
        domain=body.get("domain"),
        is_revocable=is_revocable,
        disconnects=body.get("forceDisconnect", False),
        remarks={name: body[name] for name in REMARKS if name in body},
    )


def write_claims(ticket: Ticket) -> JSON:
    """Write what a playback token claims."""
    claims: JSON = {
        "aud": "splay",
        "iss": ISSUER,
        "sub": ticket.tenant,
        "jti": ticket.id,
        "iat": ticket.issued_at,
        "nbf": ticket.begins_at,
        "exp": ticket.ends_at,
        "revocable": ticket.is_revocable,
        "forceDisconnect": ticket.disconnects,
        **ticket.remarks,
    }
    what: JSON = {"streams": list(ticket.names), "groupid": ticket.group, "orgawide": ticket.is_orgawide}
    where: JSON = {"ip": ticket.ip, "domain": ticket.domain}
    return claims | {name: value for name, value in (what | where).items() if value}


def read_claims(claims: Mapping[str, Any]) -> Ticket:
    """Read what a playback token claims, which we have written."""
    return Ticket(
        id=str(claims.get("jti", "")),
        tenant=str(claims.get("sub", "")),
        names=tuple(claims.get("streams", ())),
        group=claims.get("groupid"),
        is_orgawide=bool(claims.get("orgawide")),
        begins_at=int(claims.get("nbf", 0)),
        ends_at=int(claims.get("exp", 0)),
        ip=claims.get("ip"),
        domain=claims.get("domain"),
        is_revocable=bool(claims.get("revocable")),
        disconnects=bool(claims.get("forceDisconnect")),
    )


def read_bond(body: Mapping[str, Any]) -> Bond:
    """Read a secure token that is wanted."""
    return Bond(
        subject=body.get("orga") or body["streamname"],
        is_organisation="orga" in body,
        expires=body.get("expires", ""),
        ip=body.get("ip", ""),
        referer=body.get("referer", ""),
        tag=body.get("tag", ""),
    )


def show_bond(bond: Bond, secret: str) -> JSON:
    """Show what a player has to show; all of it is text."""
    security = {
        "expires": bond.expires,
        "tag": bond.tag,
        "token": digest(bond, secret),
        "options": str(int(bond.options)),
    }
    return {"h5live": {"security": security}}


def webcaster_claims(body: Mapping[str, Any], *, now: float, seconds: float) -> JSON:
    """Write what a webcaster token claims: where to publish."""
    ends = body.get("exp", int(now + seconds))
    said = {"iss": ISSUER, "iat": int(now), "nbf": int(now), "exp": ends}
    return {**said, "ingesturl": body["ingesturl"], "streamname": body["streamname"]}


def made(token: str) -> JSON:
    """Show a token that was made, or is good."""
    return {"success": True, "data": {"token": token}}


def refused(code: int, message: str) -> JSON:
    """Say no as the token service does."""
    return {"success": False, "errorCode": code, "message": message}
