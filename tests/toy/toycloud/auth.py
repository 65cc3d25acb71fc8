"""Who calls the toy: a house by its key, one of its users by a token, or nobody."""

from dataclasses import dataclass
from typing import Any

from offair.emulator.core.problems import Unauthorized
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import TENANTS, Caller, Tenant, credential_of, enrol
from offair.emulator.core.tokens import Algorithm, KeyPair, TokenError, key_pair, sign, verify
from offair.emulator.core.world import World
from offair.emulator.provider.call import Call, Rooms

CLOUD = "toy"
ALGORITHM: Algorithm = "EdDSA"
ROLES = {"admin": frozenset({"admin", "host"}), "host": frozenset({"host"}), "guest": frozenset[str]()}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody at a house, and what they may do there."""

    id: str
    tenant: str
    name: str
    role: str


USERS = Table(f"{CLOUD}_users", User)


def invite(world: World, name: str) -> Tenant:
    """Make a house with a key for the API, and one for the vault."""
    token, vault = world.ids.letters(12), world.ids.letters(12)
    return enrol(
        world,
        Tenant(
            id=world.ids.uuid(),
            cloud=CLOUD,
            name=name,
            credentials={"token": token, "vault": vault},
            headers={"X-Toy": token},
        ),
    )


def credentials(tenant: Tenant, rooms: Rooms) -> dict[str, str]:
    """Say what somebody of a house needs to know."""
    return {"house": tenant.id, "talk": rooms.addresses.socket(rooms.addresses.api), **tenant.credentials}


def mint(world: World, tenant: Tenant, seconds: float, _switches: Any) -> str:
    """Sign a token for a house itself."""
    return sign_for(world, tenant.id, seconds)


def sign_for(world: World, who: str, seconds: float) -> str:
    """Sign a token for a user or a house that lasts so many cloud seconds."""
    now = world.clock.now()
    return sign({"sub": who, "iat": int(now), "exp": now + seconds}, pair(world).private, ALGORITHM)


def pair(world: World) -> KeyPair:
    """Give what signs the toy's tokens."""
    return key_pair(world, CLOUD, algorithm=ALGORITHM)


def identify(call: Call) -> Caller | None:
    """Find who calls: a token says more than a key, and a ticket is a token in the query."""
    scheme, _, bearer = call.headers.get("Authorization", "").partition(" ")
    if scheme:
        return _bearer(call, bearer if scheme.lower() == "bearer" else "", "bearer")
    if "ticket" in call.query:
        return _bearer(call, call.query["ticket"], "ticket")
    secret = call.headers.get("X-Toy")
    return None if secret is None else house_of(call, secret, "token")


def house_of(call: Call, secret: str, kind: str) -> Caller:
    """Find the house that a key of this kind stands for."""
    credential = credential_of(call.world, CLOUD, secret)
    tenant = call.world.get(TENANTS, credential.tenant) if credential and credential.kind == kind else None
    if tenant is None:
        raise Unauthorized("who are you")
    return Caller(tenant=tenant, kind=kind, scopes=ROLES["admin"])


def _bearer(call: Call, token: str, kind: str) -> Caller:
    try:
        who = verify(token, pair(call.world).public, ALGORITHM, now=call.world.clock.now())["sub"]
    except (TokenError, KeyError) as error:
        raise Unauthorized("your token proves nothing") from error
    user = call.world.get(USERS, str(who))
    tenant = call.world.get(TENANTS, user.tenant if user else str(who))
    if tenant is None or tenant.cloud != CLOUD:
        raise Unauthorized("your house is gone")
    role = user.role if user else "admin"
    return Caller(tenant=tenant, kind=kind, user=user.id if user else None, scopes=ROLES[role])
