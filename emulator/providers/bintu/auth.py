"""Who calls Bintu: an organisation by its API key, a user by a token, a page by a player key, or nobody."""

from typing import Any

from offair.emulator.core.problems import Unauthorized
from offair.emulator.core.tenants import TENANTS, Caller, Tenant, credential_of, enrol
from offair.emulator.core.tokens import Algorithm, KeyPair, TokenError, key_pair, sign, verify
from offair.emulator.core.world import World
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.providers.bintu.nouns import CLOUD
from offair.emulator.providers.bintu.people import (
    ROLES,
    SCOPES,
    USERS,
    User,
    add_user,
    find_user,
    found_organisation,
)

ALGORITHM: Algorithm = "EdDSA"
API_KEY, PLAYER_KEY = "api_key", "player_key"
HEADERS = {"apiKey": "X-BINTU-APIKEY", "token": "X-BINTU-TOKEN", "playerKey": "X-BINTU-PLAYERKEY"}
BEARER = "bearer"
SESSION = 24 * 3600.0  # seconds: the dashboard shows about a day
TOKEN = "token"  # noqa: S105 - the name of a kind, not a secret
SECRETS = frozenset(
    {"streamname", "stream_name", "jwtoken", "x-bintu-apikey", "x-bintu-playerkey", "apikey", "playerkey", "player_key"}
)  # the name of a stream is the key that it is published with
AUDIENCES = ("bintu", "metrics", "guardian", "splay", "secure-conference")


def invite(world: World, name: str) -> Tenant:
    """Make an organisation with an API key, a player key, and an administrator."""
    ids = world.ids
    # what is printed at the start is no JWT, since signing would load what is heavy at every start
    keys = {API_KEY: ids.letters(80), PLAYER_KEY: ids.letters(40), TOKEN: ids.letters(64)}
    tenant = enrol(
        world,
        Tenant(
            id=ids.uuid(), cloud=CLOUD, name=name, credentials=keys, headers={HEADERS["apiKey"]: keys[API_KEY]}
        ),
    )  # fmt: skip
    mailbox = f"admin@{found_organisation(world, tenant).hash.lower()}-{ids.token(6)}.example"
    add_user(world, tenant, email=mailbox, password=ids.letters(16), role=ROLES[0])
    return tenant


def credentials(tenant: Tenant, rooms: Rooms) -> dict[str, str]:
    """Say what a user of an organisation needs to know, a token of its administrator among it that does not end."""
    user = find_user(rooms.world, tenant)
    return {
        "organisation_id": tenant.id,
        **tenant.credentials,
        "email": user.email,
        "password": user.password,
    }


def mint(world: World, tenant: Tenant, seconds: float, _switches: Any) -> str:
    """Sign a token of an organisation's administrator that lasts so many cloud seconds."""
    return sign_for(world, find_user(world, tenant), seconds=seconds)


def sign_for(world: World, user: User, *, seconds: float = SESSION) -> str:
    """Sign a token of a user's that is good for so many cloud seconds from now on."""
    begins = world.clock.now()
    audiences = AUDIENCES[:2] if user.role == ROLES[-1] else AUDIENCES
    claims = {
        "iss": "nanocosmos", "aud": list(audiences), "sub": user.id, "org": user.tenant, "key": user.token_key,
        "iat": int(begins), "exp": int(begins + seconds),
    }  # fmt: skip
    return sign(claims, _pair(world).private, ALGORITHM)


def identify(call: Call) -> Caller | None:
    """Find who calls, by the first credential that the operation knows; Unauthorized for one that proves nothing."""
    for kind, header in HEADERS.items():
        if kind in call.operation.schemes and call.headers.get(header):
            return _known(call, kind, call.headers[header])
    scheme, _, secret = call.headers.get("Authorization", "").partition(" ")
    if BEARER in call.operation.schemes and scheme:
        if scheme.lower() != BEARER:
            raise Unauthorized("the Authorization is no bearer's")
        return _known(call, BEARER, secret.strip())
    return None


def _known(call: Call, kind: str, secret: str) -> Caller:
    if secret.count(".") == 2 and kind in {TOKEN, BEARER}:
        return _user(call, kind, secret)
    credential = credential_of(call.world, CLOUD, secret)
    if credential is not None and credential.kind == TOKEN and kind in {TOKEN, BEARER}:
        administrator = call.world.get(TENANTS, credential.tenant)
        if administrator is not None:
            user = find_user(call.world, administrator)
            return Caller(tenant=administrator, kind=kind, user=user.id, scopes=SCOPES[user.role])
    wanted = {"playerKey": PLAYER_KEY, TOKEN: TOKEN}.get(kind, API_KEY)
    tenant = call.world.get(TENANTS, credential.tenant) if credential and credential.kind == wanted else None
    if tenant is None:
        raise Unauthorized(f"nobody has this {wanted}")
    return Caller(tenant=tenant, kind=kind, scopes=SCOPES[ROLES[0]] if wanted == API_KEY else frozenset())


def _user(call: Call, kind: str, token: str) -> Caller:
    world = call.world
    try:
        claims = verify(token, _pair(world).public, ALGORITHM, now=world.clock.now())
    except TokenError as error:
        raise Unauthorized(f"the token proves nothing: {error}") from error
    user = world.get(USERS, str(claims.get("sub")))
    if user is None or user.token_key != claims.get("key"):
        raise Unauthorized("the token was ended")
    tenant = world.get(TENANTS, user.tenant)
    if tenant is None:
        raise Unauthorized("the organisation is gone")
    return Caller(tenant=tenant, kind=kind, user=user.id, scopes=SCOPES[user.role])


def _pair(world: World) -> KeyPair:
    return key_pair(world, CLOUD, "api", algorithm=ALGORITHM)
