"""What people look like: changes of their pages, and the pictures that they upload."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from offair.emulator.core.problems import Missing
from offair.emulator.core.table import Table
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import CLOUD, PEOPLE, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A picture that somebody uploaded; the file is in their tenant's folder."""

    id: str
    tenant: str
    media_type: str


PORTRAITS = Table(f"{CLOUD}_portraits", Portrait)


def change(world: World, person: Person, changes: Mapping[str, Any]) -> Person:
    """Change what is given of somebody's page."""
    return world.put(PEOPLE, replace(person, **changes))


def place(folder: Path, person: Person, kind: str) -> Path:
    """Say where somebody's picture of a kind lies."""
    return folder / f"{person.id}-{kind}"


def keep(world: World, person: Person, kind: str, media_type: str, url: str) -> Person:
    """Note that somebody has a picture, which is fetched at this URL."""
    world.put(PORTRAITS, Portrait(id=f"{person.id}-{kind}", tenant=person.tenant, media_type=media_type))
    return world.put(PEOPLE, replace(person, **{f"{kind}_url": url}))  # type: ignore[arg-type] # an avatar or a banner


def find(world: World, person: str, kind: str) -> Portrait:
    """Find a picture; Missing when there is none."""
    found = world.get(PORTRAITS, f"{person}-{kind}")
    if found is None:
        raise Missing("Picture not found")
    return found
