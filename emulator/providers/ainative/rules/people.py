"""Who follows whom, what people plan, and what they are told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from offair.emulator.core.problems import Conflict, Forbidden, Missing
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import BONDS, NOTICES, PEOPLE, SLOTS, Bond, Notice, Person, Slot
from offair.emulator.providers.ainative.rules import shelves

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = 86_400
THURSDAY = 3  # of 1970-01-01
AHEAD = 7  # days that are looked at where nobody says how many


def bond(world: World, follower: str, followed: str) -> Bond | None:
    """Find out whether somebody follows somebody."""
    return next((one for one in world.find(BONDS, follower=follower) if one.followed == followed), None)


def follow(world: World, follower: Person, followed: Person) -> Bond:
    """Follow somebody, and let them know; twice is once. Conflict for oneself."""
    if follower.id == followed.id:
        raise Conflict("You cannot follow yourself")
    known = bond(world, follower.id, followed.id)
    if known is not None:
        return known
    made = Bond(
        id=world.ids.uuid(), tenant=follower.tenant, follower=follower.id, followed=followed.id,
        created_at=world.clock.now(),
    )  # fmt: skip
    tell(world, followed, about=follower.id, kind="new_follower")
    return world.put(BONDS, made)


def unfollow(world: World, follower: Person, followed: Person) -> None:
    """Follow somebody no more; fine where one did not."""
    known = bond(world, follower.id, followed.id)
    if known is not None:
        world.delete(BONDS, id=known.id)


def followers(world: World, person: str) -> list[Person]:
    """List who follows somebody, the latest first."""
    found = (world.get(PEOPLE, one.follower) for one in world.find(BONDS, followed=person, order="desc"))
    return [one for one in found if one is not None]


def followed(world: World, person: str) -> list[Person]:
    """List whom somebody follows, the latest first."""
    found = (world.get(PEOPLE, one.followed) for one in world.find(BONDS, follower=person, order="desc"))
    return [one for one in found if one is not None]


def tell(world: World, person: Person, *, about: str, kind: Literal["new_follower", "stream_live"]) -> None:
    """Tell somebody what somebody else did."""
    notice = Notice(
        id=world.ids.uuid(), tenant=person.tenant, person=person.id, about=about, kind=kind, is_read=False,
        created_at=world.clock.now(),
    )  # fmt: skip
    world.put(NOTICES, notice)


def read_notice(world: World, notice: str, person: str | None) -> Notice:
    """Mark what somebody was told as read; Missing for somebody else's."""
    found = world.get(NOTICES, notice)
    if found is None or found.person != person:
        raise Missing("Notification not found")
    return world.put(NOTICES, replace(found, is_read=True))


def plan(world: World, person: Person, wish: Mapping[str, Any]) -> Slot:
    """Plan a stream; Missing for a category that is not there."""
    wish = {**wish, "category": shelves.check_category(world, wish.get("category"))}
    made = Slot(id=world.ids.uuid(), tenant=person.tenant, person=person.id, created_at=world.clock.now(), **wish)
    return world.put(SLOTS, made)


def own_slot(world: World, slot: str, person: str | None) -> Slot:
    """Find what somebody planned; Forbidden for somebody else's."""
    found = world.get(SLOTS, slot)
    if found is None:
        raise Missing("Schedule not found")
    if found.person != person:
        raise Forbidden("Not authorized to access this schedule")
    return found


def replan(world: World, slot: Slot, changes: Mapping[str, Any]) -> Slot:
    """Plan it otherwise."""
    if "category" in changes:
        changes = {**changes, "category": shelves.check_category(world, changes["category"])}
    return world.put(SLOTS, replace(slot, **changes))


def slots(world: World, person: str) -> list[Slot]:
    """List what somebody planned, in the order of the week."""
    return sorted(world.find(SLOTS, person=person), key=lambda slot: (slot.day, slot.begins))


def weekday(moment: float) -> int:
    """Tell the day of the week of a moment (UTC), 0 for Monday."""
    return (int(moment) // DAY + THURSDAY) % 7


def upcoming(world: World, person: str, days: int) -> list[tuple[float, Slot]]:
    """List the planned streams of the next days, each with a moment of its day; one that is not weekly comes once."""
    now, seen, found = world.clock.now(), set[str](), list[tuple[float, Slot]]()
    planned = slots(world, person)
    for ahead in range(days):
        moment = now + ahead * DAY
        for slot in planned:
            is_due = slot.day == weekday(moment) and not (ahead == 0 and _minutes(slot.begins) < _minute_of(now))
            if is_due and (slot.is_weekly or slot.id not in seen):
                seen.add(slot.id)
                found.append((moment, slot))
    return found


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _minute_of(moment: float) -> int:
    return int(moment) % DAY // 60
