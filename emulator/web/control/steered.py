"""What the control surface steers: the rooms of one emulator, as they were built."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from offair.contracts.choosing import nearest_of
from offair.emulator.core.archive import Archive
from offair.emulator.core.clock import Clock
from offair.emulator.core.inbox import Inbox
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Desk
from offair.emulator.core.problems import Missing
from offair.emulator.core.simulation import Simulation
from offair.emulator.core.tenancy import Tenancy
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Provider
from offair.emulator.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Steered:
    """A running emulator. ``rooms`` are each cloud's, and ``own_rooms`` those of the control surface itself.

    ``ready`` is what ``serve --json`` prints, ``deliveries`` lists the outbox, ``resend`` tries one of it again,
    ``trigger`` sends a stream's hook of a name, and ``restore`` puts a snapshot in place of the state; ValueError when
    it is none.
    """

    settings: Settings
    providers: Mapping[str, Provider]
    rooms: Mapping[str, Rooms]
    own_rooms: Rooms
    world: World
    clock: Clock
    journal: Journal
    archive: Archive
    tenancy: Tenancy
    simulation: Simulation
    desk: Desk
    deliveries: Callable[..., Sequence[Any]]
    resend: Callable[..., Any]
    trigger: Callable[..., Sequence[Any]]
    inbox: Inbox
    ready: Callable[[], dict[str, Any]]
    restore: Callable[[bytes], None]

    def cloud(self, name: str) -> Provider:
        """Give the cloud of a name; Missing says which there are."""
        if name not in self.providers:
            known = ", ".join(self.providers)
            raise Missing(f"there is no cloud {name}{nearest_of(name, self.providers)}; there is {known}")
        return self.providers[name]

    def show_tenant(self, tenant: Tenant) -> dict[str, Any]:
        """Write a tenant with all that its user needs to know, as of those that are printed at the start."""
        told: dict[str, Any] = msgspec.to_builtins(tenant)
        provider = self.providers.get(tenant.cloud)
        if provider is not None:  # a kept state may be of a cloud that is not installed
            told["credentials"] = dict(provider.credentials(tenant, self.rooms[tenant.cloud]))
        return told
