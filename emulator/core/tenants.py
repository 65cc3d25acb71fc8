"""Who may call: a tenant is one organization at one cloud; credentials stand for it, or for one of its users."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import TEXT, Need, Table
from offair.emulator.core.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An organization at a cloud. ``is_house`` marks the one that the start-up banner prints: a reset keeps it.

    ``credentials`` maps a kind (``api_key``) to its value; ``headers`` are what a client sends.
    """

    id: str
    cloud: str
    name: str
    credentials: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_house: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A secret that stands for a tenant at one cloud; ``id`` is the secret itself, with the cloud before it.

    ``kind`` is what the tenant's ``credentials`` call it, ``user`` whose it is, where a cloud tells users apart.
    """

    id: str
    tenant: str
    kind: str = ""
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a call: a tenant, known by one ``kind`` of credential, perhaps as one of its users.

    ``kind`` is the name of a security scheme in the contract. ``scopes`` are what the caller may do, roles for
    instance: an operation that asks for scopes is open to who has them all (OpenAPI 3.1, Security Requirement Object).
    """

    tenant: Tenant
    kind: str
    user: str | None = None
    scopes: frozenset[str] = frozenset()


CREDENTIALS = Table("credentials", Credential, ids=TEXT)
TENANTS = Table(
    "tenants",
    Tenant,
    indexed=("cloud", "is_house"),
    needed=(Need(table=CREDENTIALS, member="tenant"), Need(table=STREAMS, member="tenant")),
)


def enrol(world: World, tenant: Tenant) -> Tenant:
    """Let a tenant in: from now on each of its credentials stands for it."""
    with world.transaction():
        world.put(TENANTS, tenant)
        for kind, secret in tenant.credentials.items():
            vouch(world, tenant, secret, kind=kind)
    return tenant


def vouch(world: World, tenant: Tenant, secret: str, *, kind: str, user: str | None = None) -> None:
    """Let one more secret stand for a tenant, or for one of its users."""
    world.put(CREDENTIALS, Credential(id=f"{tenant.cloud}:{secret}", tenant=tenant.id, kind=kind, user=user))


def disown(world: World, cloud: str, secret: str) -> bool:
    """Let a secret stand for nobody any more; False when it already did."""
    return bool(world.delete(CREDENTIALS, id=f"{cloud}:{secret}"))


def credential_of(world: World, cloud: str, secret: str) -> Credential | None:
    """Find what a cloud knows of a secret."""
    return world.get(CREDENTIALS, f"{cloud}:{secret}")


def tenant_of(world: World, cloud: str, secret: str) -> Tenant | None:
    """Find who a secret stands for at a cloud."""
    credential = credential_of(world, cloud, secret)
    return world.get(TENANTS, credential.tenant) if credential else None
