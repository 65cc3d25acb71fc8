"""Who calls Tenbyte: an RS256 bearer token, an API key, or (for the callback) a shared secret.

The scheme is documented, the claims are not: ``exp`` is required, the organization is ``org_id``, else
``organization_id``, else ``sub`` (inferred).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from offair.emulator.core.problems import Unauthorized
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import TENANTS, Tenant, enrol, tenant_of
from offair.emulator.core.world import World
from offair.emulator.provider import Call
from offair.emulator.providers.tenbyte.switches import Switches

CLOUD = "tenbyte"
ORGANIZATION_CLAIMS = ("org_id", "organization_id", "sub")
CALLBACK_SCHEME = "webhookSecret"
PROBES = frozenset({"ping", "healthCheck"})
KEY_BITS = 2048
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """The RSA keys that sign and verify bearer tokens, as PEM."""

    id: str
    tenant: str
    private: str
    public: str


KEY_PAIRS = Table("key_pairs", KeyPair)


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


def identify(call: Call) -> Tenant | None:
    """Find the organization that calls; None where an operation is open. Unauthorized says what was wrong."""
    switches: Switches = call.switches
    if CALLBACK_SCHEME in call.operation.schemes:
        return _known(call, "X-Webhook-Secret", call.headers.get("X-Webhook-Secret"), "webhook_secret")
    if call.operation.operation_id in PROBES and not switches.probes_need_credentials:
        return None
    if "Authorization" not in call.headers:
        return _known(call, "X-API-Key", call.headers.get("X-API-Key"), "api_key")
    scheme, _, bearer = call.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("Invalid or expired token.")
    return _bearer(call, bearer.strip(), switches)


def mint(world: World, tenant: Tenant, seconds: float, switches: Switches) -> str:
    """Sign a bearer token for an organization that lasts so many cloud seconds."""
    import jwt

    now = int(world.clock.now())
    claims = {"org_id": tenant.id, "user_id": tenant.id, "iat": now, "exp": now + int(seconds)}
    private = _read_key(switches.private_key) if switches.private_key else key_pair(world).private
    return jwt.encode(claims, private, algorithm="RS256")


def key_pair(world: World) -> KeyPair:
    """The keys of this state, made when they are first needed."""
    found = world.get(KEY_PAIRS, CLOUD)
    return found or world.put(KEY_PAIRS, _generate())


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
    import jwt

    if switches.api_key_as_bearer and token.count(".") != 2:
        return _known(call, "X-API-Key", token, "api_key")
    public = _public_key(call.world, switches)
    try:
        # the token's time is the cloud's, which the library does not know: exp is checked below
        claims = jwt.decode(
            token, public, algorithms=["RS256"], options={"require": ["exp"], "verify_exp": False, "verify_iat": False,
                                                          "verify_nbf": False, "verify_aud": False},
        )  # fmt: skip
        expires = float(claims["exp"])
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise Unauthorized("Invalid or expired token.") from error
    if expires <= call.world.clock.now():
        raise Unauthorized("Invalid or expired token.")
    return _organization(call.world, claims)


def _public_key(world: World, switches: Switches) -> str:
    if switches.public_key:
        return _read_key(switches.public_key)
    return _public_of(_read_key(switches.private_key)) if switches.private_key else key_pair(world).public


def _organization(world: World, claims: dict[str, Any]) -> Tenant:
    organization = next((str(claims[name]) for name in ORGANIZATION_CLAIMS if claims.get(name)), None)
    if organization is None:
        raise Unauthorized("The token names no organization.")
    named = f"organization:{organization}"
    tenant = world.get(TENANTS, organization) or tenant_of(world, CLOUD, named)
    if tenant is not None and tenant.cloud != CLOUD:
        raise Unauthorized("Invalid or expired token.")
    # organizations have UUIDs; one that a token calls otherwise gets a UUID that it keeps
    made_id = organization if UUID.fullmatch(organization) else world.ids.uuid()
    return tenant or enrol(world, Tenant(id=made_id, cloud=CLOUD, name=organization, credentials={"claim": named}))


@lru_cache(maxsize=8)
def _read_key(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _public_of(private: str) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private.encode(), password=None)
    pem, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(pem, form).decode()


def _generate() -> KeyPair:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return KeyPair(
        id=CLOUD,
        tenant="",
        private=private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        public=private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )
