"""What the control surface steers, as it sees it: the room that needs a thing declares it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from offair.emulator.core.clock import Clock
from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Monitor
from offair.emulator.core.publications import Publications
from offair.emulator.core.recordings import Recording
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World
from offair.emulator.provider import Addresses, Provider
from offair.emulator.settings import Settings


class Steered(Protocol):
    """A running emulator."""

    settings: Settings
    providers: Mapping[str, Provider]
    world: World
    clock: Clock
    journal: Journal
    publications: Publications

    @property
    def monitor(self) -> Monitor:
        """Who knows a stream's numbers."""
        ...

    @property
    def http_url(self) -> str:
        """The HTTP root."""
        ...

    @property
    def rtmp_url(self) -> str:
        """The RTMP root."""
        ...

    def addresses(self, cloud: str) -> Addresses:
        """Where one cloud is reached."""
        ...

    def ready(self) -> dict[str, Any]:
        """Everything that a script needs."""
        ...

    def recordings(self, **where: Any) -> Sequence[Recording]:
        """What was recorded."""
        ...

    def deliveries(self, **where: Any) -> Sequence[Any]:
        """The hooks in the outbox."""
        ...

    def transcoders(self) -> list[dict[str, Any]]:
        """What runs for each publication."""
        ...

    def disturb(self, fault: EncoderFault) -> None:
        """Let something go wrong with a stream's encoder; Conflict when it cannot."""
        ...

    def disturbances(self) -> Sequence[EncoderFault]:
        """What goes wrong with encoders."""
        ...

    def settle(self, fault_id: str) -> bool:
        """Let a fault of an encoder end; False when there is none."""
        ...

    def newest_segment(self, stream: str) -> int | None:
        """The sequence number of a stream's newest segment; None while there is none."""
        ...

    def invite(self, cloud: str, name: str) -> Tenant:
        """Make a tenant."""
        ...

    def mint(self, tenant: Tenant, seconds: float) -> str:
        """Make a bearer token."""
        ...

    def house_tenant(self, cloud: str) -> Tenant:
        """The tenant whose credentials are printed."""
        ...

    def reset(self, tenant: str | None) -> None:
        """Forget."""
        ...

    def restore(self, snapshot: bytes) -> None:
        """Put a snapshot in place of the state."""
        ...
