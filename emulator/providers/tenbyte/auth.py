"""Who calls Tenbyte: an RS256 bearer token, an API key, or (for the callback) a shared secret.

The scheme is documented, the claims are not: ``exp`` is required, the organization is ``org_id``, else
``organization_id``, else ``sub`` (inferred).
"""

import re
from typing import Any

from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Unauthorized
from offair.emulator.core.tenants import TENANTS, Caller, Tenant, enrol, tenant_of
from offair.emulator.core.tokens import Algorithm, KeyPair, TokenError, key_pair, public_of, read_pem, sign, verify
from offair.emulator.core.world import World
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.providers.tenbyte.switches import Switches

CLOUD = "tenbyte"
ORGANIZATION_CLAIMS = ("org_id", "organization_id", "sub")
CALLBACK_SCHEME = "webhookSecret"
PROBES = frozenset({"ping", "healthCheck"})
ALGORITHM: Algorithm = "RS256"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def invite(world: World, name: str) -> Tenant:
    """Make an organization with an API key and a callback secret."""
    api_key = f"tkb{world.ids.token(40)}"
    return enrol(
        world,
        Tenant(
            id=world.ids.uuid(),
            cloud=CLOUD,
            name=name,
            credentials={"api_key": api_key, "webhook_secret": f"whs{world.ids.token(32)}"},
            headers={"X-API-Key": api_key},
        ),
    )


def credentials(tenant: Tenant, _rooms: Rooms) -> dict[str, str]:
    """Say what a user of an organization needs to know."""
    return {"organization_id": tenant.id, **tenant.credentials}


def identify(call: Call) -> Caller | None:
    """Find the organization that calls; None where an operation is open. Unauthorized says what was wrong."""
    switches: Switches = call.switches
    if CALLBACK_SCHEME in call.operation.schemes:
        secret = call.headers.get("X-Webhook-Secret")
        return Caller(tenant=_known(call, "X-Webhook-Secret", secret, "webhook_secret"), kind=CALLBACK_SCHEME)
    if call.name in PROBES and not switches.probes_need_credentials:
        return None
    if "Authorization" not in call.headers:
        return Caller(tenant=_known(call, "X-API-Key", call.headers.get("X-API-Key"), "api_key"), kind="apiKey")
    scheme, _, bearer = call.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("Invalid or expired token.")
    return Caller(tenant=_bearer(call, bearer.strip(), switches), kind="bearer")


def mint(world: World, tenant: Tenant, seconds: float, switches: Switches) -> str:
    """Sign a bearer token for an organization that lasts so many cloud seconds."""
    now = int(world.clock.now())
    claims = {"org_id": tenant.id, "user_id": tenant.id, "iat": now, "exp": now + int(seconds)}
    private = read_pem(switches.private_key) if switches.private_key else _own_pair(world).private
    return sign(claims, private, ALGORITHM)


def _known(call: Call, header: str, secret: str | None, kind: str) -> Tenant:
    if not secret:
        if header == "X-API-Key":
            header = "Authorization header or X-API-Key"
        raise Unauthorized(f"Missing authorization. Provide {header} header.", is_missing=True)
    tenant = tenant_of(call.world, CLOUD, secret)
    if tenant is None or tenant.credentials.get(kind) != secret:
        raise Unauthorized(f"Invalid {header}.")
    return tenant


def _bearer(call: Call, token: str, switches: Switches) -> Tenant:
    if switches.api_key_as_bearer and token.count(".") != 2:
        return _known(call, "X-API-Key", token, "api_key")
    try:
        claims = verify(token, _public_key(call.world, switches), ALGORITHM, now=call.world.clock.now())
    except TokenError as error:
        raise Unauthorized("Invalid or expired token.") from error
    return _organization(call.world, claims)


def _public_key(world: World, switches: Switches) -> str:
    if switches.public_key:
        return read_pem(switches.public_key)
    return public_of(read_pem(switches.private_key)) if switches.private_key else _own_pair(world).public


def _own_pair(world: World) -> KeyPair:
    return key_pair(world, CLOUD, algorithm=ALGORITHM)


def _organization(world: World, claims: dict[str, Any]) -> Tenant:
    organization = next((as_written(str(claims[name])) for name in ORGANIZATION_CLAIMS if claims.get(name)), None)
    if organization is None:
        raise Unauthorized("The token names no organization.")
    named = f"organization:{organization}"
    tenant = world.get(TENANTS, organization) or tenant_of(world, CLOUD, named)
    if tenant is not None and tenant.cloud != CLOUD:
        raise Unauthorized("Invalid or expired token.")
    # organizations have UUIDs; one that a token calls otherwise gets a UUID that it keeps
    made_id = organization if UUID.fullmatch(organization) else world.ids.uuid()
    return tenant or enrol(world, Tenant(id=made_id, cloud=CLOUD, name=organization, credentials={"claim": named}))
