"""A documented surface at a path: a cloud's API or the control surface, with the chain its requests pass."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Request

from offair.contracts.contract import Operation
from offair.contracts.violation import Violation
from offair.emulator.core.journal import Journal
from offair.emulator.core.limits import Limit
from offair.emulator.core.ports import Monitor
from offair.emulator.core.problems import Problem
from offair.emulator.core.publications import Publications
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World
from offair.emulator.provider import Addresses, Call, Operations, Reply

Proceed = Callable[["Passage"], Reply]
Step = Callable[["Passage", Proceed], Reply]


@dataclass(frozen=True, kw_only=True)
class Mount:
    """Where a surface stands, and who speaks for it: its operations below ``root``, its refusals below ``scope``.

    ``chain`` is the list of steps that a request passes, from top to bottom.
    """

    scope: str
    root: str
    operations: Operations
    render: Callable[[Problem], Reply]
    chain: Sequence[Step]
    world: World
    journal: Journal
    publications: Publications
    monitor: Monitor
    addresses: Addresses
    switches: Any = None
    identify: Callable[[Call], Tenant | None] = lambda _call: None
    overlooks: Callable[[Violation, Any], bool] = lambda _violation, _switches: False
    limits: Mapping[str, Limit] = field(default_factory=dict)
    body_limit: int = 1_048_576

    @property
    def name(self) -> str:
        """The surface's name in the journal."""
        return self.operations.promise.name


@dataclass(slots=True, kw_only=True)
class Passage:
    """One request on its way through the chain, and what the steps have found out about it."""

    mount: Mount
    operation: Operation
    request: Request
    path: Mapping[str, str]
    tenant: Tenant | None = None
    body: Any = None
    mishap: str | None = None

    @property
    def call(self) -> Call:
        """The request in a provider's words."""
        return Call(
            operation=self.operation,
            world=self.mount.world,
            publications=self.mount.publications,
            monitor=self.mount.monitor,
            addresses=self.mount.addresses,
            switches=self.mount.switches,
            path=self.path,
            query=self.request.args.to_dict(),
            headers=self.request.headers,  # type: ignore[arg-type] # a multi-dict that reads like a Mapping, in any case
            body=self.body,
            tenant=self.tenant,
        )
