"""What clouds keep in the world, and what is there before anybody asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offair.emulator.core.table import Table
from offair.emulator.core.tables import LASTING, PASSING
from offair.emulator.core.tenancy import Belongings
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Provider
from offair.emulator.webhooks.outbox import OUTBOX


@dataclass(frozen=True, slots=True)
class Furnishing:
    """The clouds by name, what was chosen of each, and the names of those whose world is not to be empty."""

    providers: Mapping[str, Provider]
    switches: Mapping[str, Any]
    populated: Sequence[str]

    @property
    def belongings(self) -> Belongings:
        """What a tenant has, ours and the clouds' own."""
        providers = self.providers.values()
        return Belongings(
            passing=(OUTBOX, *PASSING, *(table for provider in providers for table in provider.tables)),
            lasting=tuple(table for provider in providers for table in provider.lasting),
        )

    @property
    def tables(self) -> list[Table[Any]]:
        """Every table that there is."""
        owned = self.belongings
        return [*LASTING, *owned.passing, *owned.lasting]

    def furnish(self, world: World) -> None:
        """Put into the world what is there before anybody comes."""
        for name, provider in self.providers.items():
            with world.transaction():
                provider.furnish(world, self.switches[name])

    def populate(self, world: World, rooms: Mapping[str, Rooms]) -> None:
        """Fill the worlds that are not to be empty."""
        for name in self.populated:
            populate = self.providers[name].populate
            if populate is not None:
                with world.transaction():
                    populate(rooms[name])
