"""Standalone videos, albums, annotations, and who likes what."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from offair.emulator.core.problems import Forbidden, Missing
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import Person
from offair.emulator.providers.ainative.nouns.videos import (
    ALBUMS,
    ANNOTATIONS,
    LIKINGS,
    VIDEOS,
    Annotation,
    Bundle,
    Liking,
    Video,
)


def enter(world: World, person: Person, wish: Mapping[str, Any]) -> Video:
    """Enter a video."""
    wish = {**wish, "video": wish.get("video") or world.ids.token(32)}
    made = Video(id=world.ids.uuid(), tenant=person.tenant, person=person.id, created_at=world.clock.now(), **wish)
    return world.put(VIDEOS, made)


def find(world: World, video: str, user: str | None) -> Video:
    """Find a video that somebody may see; Missing for any other."""
    found = world.get(VIDEOS, video)
    if found is None or not (found.visibility == "public" or found.person == user):
        raise Missing("Video not found")
    return found


def own(world: World, video: str, user: str | None) -> Video:
    """Find a video of somebody's own; Forbidden for another's."""
    found = find(world, video, user)
    if found.person != user:
        raise Forbidden("Not authorized to access this video")
    return found


def visible(world: World, user: str | None) -> list[Video]:
    """List the videos that somebody may see, the latest first."""
    found = world.find(VIDEOS, order="desc")
    return [video for video in found if video.visibility == "public" or video.person == user]


def change(world: World, video: Video, changes: Mapping[str, Any]) -> Video:
    """Change what is given."""
    return world.put(VIDEOS, replace(video, **changes))


def remove(world: World, video: Video) -> None:
    """Delete a video, and what hangs on it."""
    world.delete(ANNOTATIONS, video=video.id)
    world.delete(LIKINGS, video=video.id)
    world.delete(VIDEOS, id=video.id)


def likes(world: World, video: Video) -> int:
    """Count who likes a video."""
    return world.count(LIKINGS, video=video.id)


def is_liked(world: World, video: Video, user: str | None) -> bool:
    """Say whether somebody likes a video."""
    return bool(user and world.count(LIKINGS, video=video.id, person=user))


def engage(world: World, video: Video, person: Person, action: str) -> Video:
    """Note that somebody watches a video, likes it, or likes it no more."""
    if action == "view":
        return change(world, video, {"views": video.views + 1})
    world.delete(LIKINGS, video=video.id, person=person.id)
    if action == "like":
        liking = Liking(id=world.ids.uuid(), tenant=video.tenant, video=video.id, person=person.id)
        world.put(LIKINGS, liking)
    return video


def annotate(world: World, video: Video, person: Person, text: str, seconds: float) -> Annotation:
    """Write something onto a second of a video."""
    made = Annotation(
        id=world.ids.uuid(), tenant=video.tenant, video=video.id, person=person.id, text=text, seconds=seconds,
        created_at=world.clock.now(),
    )  # fmt: skip
    return world.put(ANNOTATIONS, made)


def annotations(world: World, video: Video) -> list[Annotation]:
    """List what is written onto a video, in the order of its seconds."""
    return sorted(world.find(ANNOTATIONS, video=video.id), key=lambda one: one.seconds)


def erase(world: World, video: Video, annotation: str, user: str | None) -> None:
    """Take away what somebody wrote: they may, and whose video it is."""
    found = world.get(ANNOTATIONS, annotation)
    if found is None or found.video != video.id:
        raise Missing("Annotation not found")
    if user not in {found.person, video.person}:
        raise Forbidden("Not authorized to access this annotation")
    world.delete(ANNOTATIONS, id=annotation)


def make_album(world: World, person: Person, title: str, description: str | None) -> Bundle:
    """Make an album with nothing in it."""
    made = Bundle(
        id=world.ids.uuid(), tenant=person.tenant, person=person.id, title=title, description=description,
        created_at=world.clock.now(),
    )  # fmt: skip
    return world.put(ALBUMS, made)


def own_album(world: World, album: str, user: str | None) -> Bundle:
    """Find an album of somebody's own; Missing when there is none, Forbidden for another's."""
    found = world.get(ALBUMS, album)
    if found is None:
        raise Missing("Album not found")
    if found.person != user:
        raise Forbidden("Not authorized to access this album")
    return found


def put_in(world: World, album: Bundle, video: Video) -> Bundle:
    """Put a video at the end of an album; twice is once."""
    if video.id in album.videos:
        return album
    return world.put(ALBUMS, replace(album, videos=(*album.videos, video.id)))
