"""VODs: what is attached to a stream that ends, what is uploaded, how far it is, and its chapters."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from offair.emulator.core.problems import Conflict, Forbidden, Missing
from offair.emulator.core.recordings import RECORDINGS, Recording, RecordingState
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.films import CHAPTERS, FILMS, POSTS, Chapter, Film, Post, Stage
from offair.emulator.providers.ainative.nouns.people import PEOPLE, Person
from offair.emulator.providers.ainative.nouns.shows import Show
from offair.emulator.providers.ainative.nouns.talk import REMARKS
from offair.emulator.providers.ainative.switches import Switches

# docs live-streaming/vod; nothing else is valid
MOVES: frozenset[tuple[Stage, Stage]] = frozenset(
    {("processing", "ready"), ("processing", "failed"), ("ready", "deleted")}
)
DONE = frozenset({RecordingState.READY, RecordingState.SHIPPING, RecordingState.SHIPPED})
SHORTEST, MOST = 60.0, 10
NOT_FOUND = "VOD not found"


def stage(film: Film, now: float) -> Stage:
    """Say how far a film is at a moment of the cloud's clock."""
    is_due = film.ready_at is not None and film.ready_at <= now
    return "ready" if film.stage == "processing" and is_due else film.stage


def attach(world: World, show: Show, switches: Switches) -> Film:
    """Attach a film to a stream that was live and has ended: what is recorded of it, or nothing that plays."""
    stream, now = world.get(STREAMS, show.id), world.clock.now()
    recording = next(iter(world.find(RECORDINGS, stream=show.id, order="desc", limit=1)), None)
    film = Film(
        id=world.ids.uuid(),
        tenant=show.tenant,
        person=show.person,
        title=stream.name if stream else "",
        video=world.ids.token(32),
        created_at=now,
        stream=show.id,
        description=show.description,
        recording=recording.id if recording else None,
        ready_at=None if recording else now + switches.vod_seconds,
        seconds=round(max(0.0, (show.ended_at or now) - (show.started_at or now)), 1),
        thumbnail_url=show.thumbnail_url,
    )
    world.put(FILMS, film)
    return follow(world, recording, switches) or film if recording else film


def follow(world: World, recording: Recording, switches: Switches) -> Film | None:
    """Let a film go as far as its recording; None where there is no film of it."""
    found = world.find(FILMS, recording=recording.id)
    if not found or found[0].stage != "processing" or found[0].ready_at is not None:
        return None
    film = found[0]
    if recording.state in DONE:
        ready_at = world.clock.now() + switches.vod_seconds
        return world.put(FILMS, replace(film, ready_at=ready_at, seconds=recording.seconds or film.seconds))
    if recording.state is RecordingState.FAILED:
        return world.put(FILMS, replace(film, stage="failed"))
    return film


def upload(world: World, person: Person, wish: dict[str, Any]) -> tuple[Film, Post]:
    """Register an upload, and post it; it is processing until somebody says otherwise."""
    now, ids = world.clock.now(), world.ids
    film = Film(id=ids.uuid(), tenant=person.tenant, person=person.id, created_at=now, **wish)
    post = Post(
        id=film.id, tenant=person.tenant, number=ids.uuid(), text=film.title, visibility=film.visibility,
        created_at=now,
    )  # fmt: skip
    return world.put(FILMS, film), world.put(POSTS, post)


def find(world: World, film: str, *, tenant: str | None = None) -> Film:
    """Find a film that was not deleted, of a tenant where one is named; Missing for any other."""
    found = world.get(FILMS, film)
    if found is None or found.stage == "deleted" or (tenant is not None and found.tenant != tenant):
        raise Missing(NOT_FOUND)
    return found


def may_see(world: World, film: Film, user: str | None) -> bool:
    """Show a public film to everybody, another one to its owner."""
    person = world.get(PEOPLE, user or "")
    return film.visibility == "public" or film.person == user or bool(person and person.is_admin)


def own(world: World, film: str, user: str | None) -> Film:
    """Find a film of somebody's own; Forbidden for somebody else's."""
    found, person = find(world, film), world.get(PEOPLE, user or "")
    if found.person != user and not (person and person.is_admin):
        raise Forbidden("Not authorized to access this VOD")
    return found


def step(world: World, film: Film, target: Stage) -> Film:
    """Move a film; Conflict where the documents have no such move."""
    origin = stage(film, world.clock.now())
    if (origin, target) not in MOVES:
        raise Conflict(f"Invalid status transition from {origin} to {target}")
    return world.put(FILMS, replace(film, stage=target, ready_at=None))


def retouch(world: World, film: Film, changes: Mapping[str, Any]) -> Film:
    """Change what is given of a film."""
    return world.put(FILMS, replace(film, **changes))


def recordings(world: World, user: str | None = None, **where: Any) -> list[Film]:
    """List the films that somebody may see, the latest first."""
    found = world.find(FILMS, order="desc", **where)
    return [film for film in found if film.stage not in {"deleted", "failed"} and may_see(world, film, user)]


def chapters(world: World, film: Film) -> list[Chapter]:
    """List the chapters of a film in their order."""
    return sorted(world.find(CHAPTERS, film=film.id), key=lambda chapter: chapter.begins)


def mark(world: World, film: Film, wish: dict[str, Any]) -> Chapter:
    """Mark a chapter; Conflict where it ends before it begins."""
    if wish["ends"] <= wish["begins"]:
        raise Conflict("end_time_seconds must be greater than start_time_seconds")
    return world.put(CHAPTERS, Chapter(id=world.ids.uuid(), tenant=film.tenant, film=film.id, **wish))


def generate(world: World, film: Film, *, shortest: float, most: int, by_chat: bool) -> list[Chapter]:
    """Make chapters in place of those that were made before: as many as fit, alike in length.

    With ``by_chat`` each begins at the remark nearest to where it would, where that is within half a shortest chapter.
    """
    for old in world.find(CHAPTERS, film=film.id):
        if old.is_generated:
            world.delete(CHAPTERS, id=old.id)
    length = film.seconds or 0.0
    count = max(1, min(most, int(length // shortest)))
    said = _remarks(world, film) if by_chat else []
    cuts = [0.0, *(_near(place * length / count, said, shortest / 2) for place in range(1, count)), length]
    for number, (begins, ends) in enumerate(pairwise(cuts), start=1):
        made = Chapter(
            id=world.ids.uuid(), tenant=film.tenant, film=film.id, title=f"Part {number}", begins=round(begins, 1),
            ends=round(max(ends, begins), 1), is_generated=True,
        )  # fmt: skip
        world.put(CHAPTERS, made)
    return chapters(world, film)


def _remarks(world: World, film: Film) -> list[float]:
    if film.stream is None:
        return []
    begins = film.created_at - (film.seconds or 0.0)
    return [remark.at - begins for remark in world.find(REMARKS, stream=film.stream)]


def _near(place: float, moments: list[float], reach: float) -> float:
    nearest = min(moments, key=lambda moment: abs(moment - place), default=place)
    return nearest if abs(nearest - place) < reach else place
