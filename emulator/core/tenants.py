"""Who may call: a tenant is one organization at one cloud, and credentials that stand for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from offair.emulator.core.table import Table
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
    """A secret that stands for a tenant at one cloud; ``id`` is the secret itself, with the cloud before it."""

    id: str
    tenant: str


TENANTS = Table("tenants", Tenant, indexed=("cloud", "is_house"))
CREDENTIALS = Table("credentials", Credential)


def enrol(world: World, tenant: Tenant) -> Tenant:
    """Let a tenant in: from now on each of its credentials stands for it."""
    with world.transaction():
        world.put(TENANTS, tenant)
        for secret in tenant.credentials.values():
            world.put(CREDENTIALS, Credential(id=f"{tenant.cloud}:{secret}", tenant=tenant.id))
    return tenant


def tenant_of(world: World, cloud: str, secret: str) -> Tenant | None:
    """Find who a secret stands for at a cloud."""
    credential = world.get(CREDENTIALS, f"{cloud}:{secret}")
    return world.get(TENANTS, credential.tenant) if credential else None
