"""The tags of an organisation: they come into being by use, and may be made, renamed and taken away."""

from collections.abc import Iterable
from dataclasses import replace

from offair.emulator.core.world import World
from offair.emulator.providers.bintu import catalogue
from offair.emulator.providers.bintu.catalogue import Declined
from offair.emulator.providers.bintu.nouns import LABELS, QUALITIES, Label


def use(world: World, tenant: str, tags: Iterable[str]) -> None:
    """Note that these tags are in use now."""
    for tag in tags:
        world.put(LABELS, Label(id=f"{tenant}:{tag}", tenant=tenant, name=tag, used_at=world.clock.now()))


def tags_of(world: World, tenant: str, *, by_use: bool = False) -> list[str]:
    """List an organisation's tags by name, or the one that was used last first."""
    found = world.find(LABELS, tenant=tenant)
    if by_use:
        return [label.name for label in sorted(found, key=lambda label: label.used_at, reverse=True)]
    return sorted(label.name for label in found)


def rename(world: World, tenant: str, old: str, new: str) -> None:
    """Call a tag otherwise, on every rendition that has it; Declined where there is none."""
    remove(world, tenant, old, instead=new)
    use(world, tenant, [new])


def remove(world: World, tenant: str, tag: str, *, instead: str | None = None) -> None:
    """Take a tag away from every rendition that has it; Declined where there is none."""
    if not world.delete(LABELS, id=f"{tenant}:{tag}"):
        raise Declined(catalogue.NOWHERE, tag=tag)
    for quality in world.find(QUALITIES, tenant=tenant):
        if tag in quality.tags:
            kept = [instead if one == tag else one for one in quality.tags]
            world.put(QUALITIES, replace(quality, tags=tuple(dict.fromkeys(one for one in kept if one))))
