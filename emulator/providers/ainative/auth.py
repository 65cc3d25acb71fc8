"""Who calls AINative: a user's access token (a JWT, HS256), or an API key, each as a bearer or in X-API-Key.

The claims ``sub``, ``email``, ``role`` and ``exp`` are documented elsewhere at AINative; ``jti`` is ours, so that a
token can be handed back. The chat takes its token from the query alone (documented).
"""

from typing import Any

from offair.contracts.sockets import SocketTerm
from offair.emulator.core.problems import Unauthorized
from offair.emulator.core.tenants import TENANTS, Caller, Tenant, credential_of, enrol, vouch
from offair.emulator.core.tokens import Algorithm, KeyPair, TokenError, key_pair, sign, verify
from offair.emulator.core.world import World
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.providers.ainative.errors import BAD_CREDENTIALS
from offair.emulator.providers.ainative.nouns.people import CLOUD, PEOPLE, TICKETS, Person
from offair.emulator.providers.ainative.rules import accounts

ALGORITHM: Algorithm = "HS256"
SECRETS = frozenset({"webrtc_url", "rtmps_key", "digest", "backupCodes"})
TOKEN, OTHER = "token", "other_token"


def invite(world: World, name: str) -> Tenant:
    """Make a tenant with two users, each with an API key."""
    ids, tenant = world.ids, world.ids.uuid()
    first, second = (accounts.make_name(world, name) for _ in range(2))
    keys, password = (f"ak_{ids.token(40)}", f"ak_{ids.token(40)}"), f"pw-{ids.token(16)}"
    made = [
        accounts.enter(world, tenant, username=one, email=f"{one}@example.com", password=password)
        for one in (first, second)
    ]
    shown = {
        TOKEN: keys[0], OTHER: keys[1], "user_id": made[0].id, "username": first, "email": made[0].email,
        "password": password, "other_user_id": made[1].id, "other_username": second,
    }  # fmt: skip
    enrolled = enrol(
        world,
        Tenant(
            id=tenant, cloud=CLOUD, name=name, credentials=shown, headers={"Authorization": f"Bearer {keys[0]}"}
        ),
    )  # fmt: skip
    for kind, key, person in zip((TOKEN, OTHER), keys, made, strict=True):
        vouch(world, enrolled, key, kind=kind, user=person.id)
    return enrolled


def credentials(tenant: Tenant, _rooms: Rooms) -> dict[str, str]:
    """Say what a user of a tenant needs to know."""
    return dict(tenant.credentials)


def mint(world: World, tenant: Tenant, seconds: float, _switches: Any) -> str:
    """Sign an access token for a tenant's first user."""
    person = world.find(PEOPLE, tenant=tenant.id, limit=1)[0]
    return sign_for(world, person, seconds)


def sign_for(world: World, person: Person, seconds: float) -> str:
    """Sign an access token for somebody that lasts so many cloud seconds."""
    now = int(world.clock.now())
    claims = {"sub": person.id, "email": person.email, "role": person.role, "iat": now, "exp": now + int(seconds)}
    return sign({**claims, "jti": world.ids.token(16)}, _pair(world).private, ALGORITHM)


def claims_of(world: World, token: str) -> dict[str, Any]:
    """Read an access token; Unauthorized for one that proves nothing, or was handed back."""
    try:
        claims = verify(token, _pair(world).public, ALGORITHM, now=world.clock.now(), require=("exp", "sub"))
    except TokenError as error:
        raise Unauthorized(BAD_CREDENTIALS) from error
    if world.get(TICKETS, str(claims.get("jti", ""))) is not None:
        raise Unauthorized(BAD_CREDENTIALS)
    return claims


def identify(call: Call) -> Caller | None:
    """Find the user that calls; None for nobody, and for credentials that prove nothing where everybody may call."""
    if isinstance(call.operation, SocketTerm):
        return _lenient(call, call.query.get("token"), "token")
    given, kind = _given(call)
    is_open = not call.operation.security or any(not needed for needed in call.operation.security)
    if given is None or is_open:
        return _lenient(call, given, kind)
    return _known(call, given, kind)


def bearer_of(call: Call) -> str | None:
    """Give what somebody shows to prove who they are."""
    return _given(call)[0]


def _given(call: Call) -> tuple[str | None, str]:
    scheme, _, bearer = call.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip(), "bearer"
    if scheme:
        return "", "bearer"
    return call.headers.get("X-API-Key") or None, "apiKey"


def _lenient(call: Call, given: str | None, kind: str) -> Caller | None:
    try:
        return _known(call, given, kind) if given else None
    except Unauthorized:
        return None


def _known(call: Call, given: str, kind: str) -> Caller:
    if given.count(".") == 2:
        person = call.world.get(PEOPLE, str(claims_of(call.world, given)["sub"]))
    else:
        key = credential_of(call.world, CLOUD, given)
        person = call.world.get(PEOPLE, key.user or "") if key and key.kind in {TOKEN, OTHER} else None
    tenant = call.world.get(TENANTS, person.tenant) if person else None
    if person is None or tenant is None:
        raise Unauthorized(BAD_CREDENTIALS)
    return Caller(tenant=tenant, kind=kind, user=person.id)


def _pair(world: World) -> KeyPair:
    return key_pair(world, CLOUD, algorithm=ALGORITHM)
