"""Clips that are cut out of a recording, and the texts that are made of a stream."""

from dataclasses import replace
from typing import Any

from offair.emulator.core.problems import Conflict, Forbidden, Missing
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.films import DRAFTS, EXCERPTS, FILMS, Draft, Excerpt, Film
from offair.emulator.providers.ainative.nouns.people import Person
from offair.emulator.providers.ainative.nouns.shows import SHOWS, Show

LENGTH = 30.0  # seconds of a clip where nobody says how long
PARTS = ("blog", "snippets", "chapters")


def film_of(world: World, stream: str) -> Film | None:
    """Give what was recorded of a stream, if it is there."""
    return next((film for film in reversed(world.find(FILMS, stream=stream)) if film.stage != "deleted"), None)


def cut(
    world: World, show: Show, person: Person, *, title: str, begins: float | None, ends: float | None,
    length: float | None,
) -> Excerpt:  # fmt: skip
    """Cut a clip: the last seconds where nobody says which. Conflict where nothing was live, or nothing is cut."""
    if show.started_at is None:
        raise Conflict("Stream has not been live")
    so_far = (show.ended_at or world.clock.now()) - show.started_at
    if begins is None:
        ends = so_far if ends is None else ends
        begins = max(0.0, ends - (length or LENGTH))
    ends = min(begins + (length or LENGTH) if ends is None else ends, so_far)
    if ends <= begins:
        raise Conflict("end_time must be after start_time, and start_time before the stream's end")
    made = Excerpt(
        id=world.ids.uuid(), tenant=show.tenant, person=person.id, stream=show.id, title=title,
        begins=round(begins, 1), ends=round(ends, 1), created_at=world.clock.now(),
    )  # fmt: skip
    return world.put(EXCERPTS, made)


def excerpt(world: World, clip: str) -> Excerpt:
    """Find a clip; Missing when there is none."""
    found = world.get(EXCERPTS, clip)
    if found is None:
        raise Missing("Clip not found")
    return found


def watch(world: World, clip: Excerpt) -> Excerpt:
    """Note that somebody looks at a clip."""
    return world.put(EXCERPTS, replace(clip, views=clip.views + 1))


def remove(world: World, clip: Excerpt, user: str | None) -> None:
    """Delete a clip: who cut it may, and whose stream it is."""
    if user not in {clip.person, _owner(world, clip)}:
        raise Forbidden("Not authorized to access this clip")
    world.delete(EXCERPTS, id=clip.id)


def _owner(world: World, clip: Excerpt) -> str | None:
    show = world.get(SHOWS, clip.stream)
    return show.person if show else None


def clips(world: World, **where: Any) -> list[Excerpt]:
    """List clips, the latest first."""
    return world.find(EXCERPTS, order="desc", **where)


def draft(world: World, show: Show) -> Draft:
    """Give which texts were made of a stream; none yet is fine."""
    return world.get(DRAFTS, show.id) or Draft(id=show.id, tenant=show.tenant, parts=(), created_at=show.created_at)


def write(world: World, show: Show, part: str) -> Draft:
    """Have a text made of a stream."""
    parts = tuple(name for name in PARTS if name == part or name in draft(world, show).parts)
    return world.put(DRAFTS, Draft(id=show.id, tenant=show.tenant, parts=parts, created_at=world.clock.now()))
