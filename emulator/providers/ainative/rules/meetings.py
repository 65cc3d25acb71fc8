"""Video sessions: opening and closing them, and joining."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from offair.emulator.core.problems import Conflict, Forbidden, Missing
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.meetings import ATTENDEES, MEETINGS, Attendee, Meeting
from offair.emulator.providers.ainative.nouns.people import Person

DAY = 86_400
MOST = 10


def open_one(world: World, person: Person, name: str, most: int | None) -> Meeting:
    """Open a session."""
    made = Meeting(
        id=world.ids.uuid(), tenant=person.tenant, person=person.id, name=name, most=most or MOST,
        room=world.ids.token(32), created_at=world.clock.now(),
    )  # fmt: skip
    return world.put(MEETINGS, made)


def find(world: World, meeting: str) -> Meeting:
    """Find a session; Missing when there is none."""
    found = world.get(MEETINGS, meeting)
    if found is None:
        raise Missing("Session not found")
    return found


def hosted(world: World, meeting: str, person: Person, *, or_admin: bool = False) -> Meeting:
    """Find a session that somebody hosts; Forbidden for another's."""
    found = find(world, meeting)
    if found.person != person.id and not (or_admin and person.is_admin):
        raise Forbidden("Only the host can do this")
    return found


def of(world: World, person: str) -> list[Meeting]:
    """List the sessions of somebody, the latest first."""
    return world.find(MEETINGS, person=person, order="desc")


def change(world: World, meeting: Meeting, changes: Mapping[str, Any]) -> Meeting:
    """Change what is given; one that is over stays so."""
    return world.put(MEETINGS, replace(meeting, **changes))


def join(world: World, meeting: Meeting, person: Person) -> Attendee:
    """Let somebody in, once; Conflict where it is over or full."""
    if meeting.ended_at is not None:
        raise Conflict("Session has ended")
    inside = world.find(ATTENDEES, meeting=meeting.id)
    known = next((one for one in inside if one.person == person.id), None)
    if known is not None:
        return known
    if len(inside) >= meeting.most:
        raise Conflict("Session is full")
    made = Attendee(
        id=world.ids.uuid(), tenant=meeting.tenant, meeting=meeting.id, person=person.id,
        joined_at=world.clock.now(),
    )  # fmt: skip
    return world.put(ATTENDEES, made)


def remove(world: World, meeting: Meeting) -> None:
    """Close a session for good."""
    world.delete(ATTENDEES, meeting=meeting.id)
    world.delete(MEETINGS, id=meeting.id)
