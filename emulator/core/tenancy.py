"""Tenants as a whole: inviting one, forgetting what it did, and letting it go with all that is its own."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from offair.emulator.core.archive import Archive
from offair.emulator.core.enclosure import clear, home
from offair.emulator.core.journal import Journal
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import CREDENTIALS, TENANTS, Tenant
from offair.emulator.core.world import World

HOUSE = "offair"
Invite = Callable[[World, str], Tenant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """Which tables hold what belongs to tenants.

    ``passing`` is what a tenant did, which a reset forgets; ``lasting`` is who it is, its users for instance: what was
    printed at the start stays good. A table without a tenant is emptied when everybody's is.
    """

    passing: Sequence[Table[Any]] = ()
    lasting: Sequence[Table[Any]] = ()


class Tenancy:
    """Invites and forgets tenants. ``folder`` has a folder of files for each tenant that keeps any."""

    def __init__(
        self,
        world: World,
        publications: Publications,
        archive: Archive,
        journal: Journal,
        *,
        inviters: Mapping[str, Invite],
        belongings: Belongings,
        furnish: Callable[[], None],
        folder: Path,
    ) -> None:
        self._world = world
        self._publications = publications
        self._archive = archive
        self._journal = journal
        self._inviters = inviters
        self._belongings = belongings
        self._furnish = furnish
        self._folder = folder

    def folder(self, tenant: str) -> Path:
        """Where a tenant's own files are kept; it may not be there yet. OutsideError for what is no tenant's id."""
        return home(self._folder, tenant)

    def invite(self, cloud: str, name: str = "tenant") -> Tenant:
        """Make a tenant with fresh credentials at a cloud; KeyError for a cloud that is not here."""
        with self._world.transaction():
            return self._inviters[cloud](self._world, name)

    def house(self, cloud: str) -> Tenant:
        """Give the tenant whose credentials are printed at the start."""
        found = self._world.find(TENANTS, cloud=cloud, is_house=True)
        if found:
            return found[0]
        with self._world.transaction():
            return self._world.put(TENANTS, replace(self.invite(cloud, HOUSE), is_house=True))

    def reset(self, tenant: str | None = None) -> None:
        """Forget every stream, hook and fault of one tenant, or of all, and then the journal and every guest too.

        The printed credentials stay good.
        """
        self._forget_what_was_done(tenant)
        if tenant is None:
            for guest in self._world.find(TENANTS, is_house=False):
                self._let_go(guest.id)
            self._furnish()
            self._world.clock.reset()
            self._journal.clear()

    def dismiss(self, tenant: str) -> None:
        """End what is a tenant's, and let its credentials open nothing any more; nothing comes between."""
        with self._world.transaction():
            self._forget_what_was_done(tenant)
            self._let_go(tenant)

    def _forget_what_was_done(self, tenant: str | None) -> None:
        whose: dict[str, Any] = {} if tenant is None else {"tenant": tenant}
        self._publications.forget(*self._world.find(STREAMS, **whose))
        self._archive.forget(**whose)
        with self._world.transaction():
            for table in self._belongings.passing:
                if tenant is None or "tenant" in table.indexed:
                    self._world.delete(table, **whose)
        if tenant is None:
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            clear(self._folder, tenant)

    def _let_go(self, tenant: str) -> None:
        with self._world.transaction():
            for table in (*self._belongings.lasting, CREDENTIALS):
                if "tenant" in table.indexed:
                    self._world.delete(table, tenant=tenant)
            self._world.delete(TENANTS, id=tenant)
        clear(self._folder, tenant)
