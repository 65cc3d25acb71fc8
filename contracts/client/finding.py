"""Which operation a name means, among all of a cloud's APIs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offair.contracts.choosing import nearest_of
from offair.contracts.contract import Contract, promise
from offair.contracts.operation import Operation
from offair.contracts.published import Published

if TYPE_CHECKING:
    from offair.contracts.client.counterpart import Counterpart


@dataclass(frozen=True, eq=False)
class Called:
    """An operation, and the contract of the service that has it."""

    contract: Contract
    operation: Operation

    @property
    def name(self) -> str:
        """What rules and drills call it: its id, with its service where that is not the main one."""
        service = self.contract.service
        return f"{service}.{self.operation.operation_id}" if service else self.operation.operation_id

    @property
    def examples(self) -> tuple[Published, ...]:
        """Its published exchanges; an error that is documented alike for several is published for all of them."""
        own = self.contract.examples_of(self.operation.key)
        known = {example.status for example in own}
        return (*own, *(one for one in self.contract.examples if self._shares(one) and one.status not in known))

    def _shares(self, example: Published) -> bool:
        other = self.contract.operations.get(example.operation)
        if other is None or example.status < 400 or other is self.operation:
            return False
        theirs, ours = other.answer(example.status), self.operation.answer(example.status)
        return theirs is not None and ours is not None and theirs.description == ours.description

    def __str__(self) -> str:
        return self.name


def find_called(cloud: "Counterpart | Contract | str", operation: str) -> Called:
    """Find an operation by its id or key in a cloud's main API or a service of it (``service.operation``).

    LookupError names the nearest.
    """
    whole = promise(cloud) if isinstance(cloud, str) else cloud if isinstance(cloud, Contract) else cloud.promise
    known = {name: called for called in every_called(whole) for name in (called.name, called.operation.key)}
    if operation not in known:
        raise LookupError(f"{whole.name} documents no operation {operation}{nearest_of(operation, known)}")
    return known[operation]


def every_called(whole: Contract) -> list[Called]:
    """List all operations of a cloud, service by service."""
    return [
        Called(contract, operation)
        for contract in (whole, *whole.services.values())
        for operation in contract.operations.values()
    ]
