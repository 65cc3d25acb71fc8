"""What follows from what happens to a stream: its times, its film, who is told, and who watches it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from offair.emulator.core.events import (
    PublicationBegan,
    PublicationEnded,
    RecordingMoved,
    StreamDeleted,
    StreamMoved,
    ViewerCame,
    ViewerLeft,
)
from offair.emulator.core.streams import State
from offair.emulator.core.table import Table
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Delivery
from offair.emulator.provider.provider import Reaction
from offair.emulator.providers.ainative import news
from offair.emulator.providers.ainative.nouns.films import DRAFTS, EXCERPTS, FILMS
from offair.emulator.providers.ainative.nouns.shows import SHOWS, Show
from offair.emulator.providers.ainative.nouns.talk import REMARKS, WARDENS, WATCHES, Watch
from offair.emulator.providers.ainative.rules import films, people, watching
from offair.emulator.providers.ainative.rules.streams import OVER

GONE = 4004
NOTHING: tuple[Delivery, ...] = ()  # AINative has no hooks of its customers'; the media layer's news are apart


def on_moved(event: StreamMoved, rooms: Rooms) -> Iterable[Delivery]:
    """Keep when a stream began and ended, tell its streamer's followers, and attach a film."""
    show, stream = rooms.world.get(SHOWS, event.stream.id), event.stream
    if show is None:
        return NOTHING
    if stream.state is State.LIVE and show.started_at is None:
        _begin(rooms, show)
    elif stream.state in OVER and show.ended_at is None:
        now = rooms.world.clock.now()
        over = rooms.world.put(SHOWS, replace(show, ended_at=now, staged_viewers=0))
        if show.started_at is not None:
            films.attach(rooms.world, over, rooms.switches)
    return news.of_a_failure(event, rooms)


def _begin(rooms: Rooms, show: Show) -> None:
    world = rooms.world
    world.put(SHOWS, replace(show, started_at=world.clock.now()))
    watching.note_peak(world, show.id, rooms.switches)
    for follower in people.followers(world, show.person):
        people.tell(world, follower, about=show.person, kind="stream_live")


def on_recording_moved(event: RecordingMoved, rooms: Rooms) -> Iterable[Delivery]:
    """Let a film go as far as its recording."""
    films.follow(rooms.world, event.recording, rooms.switches)
    return NOTHING


def on_deleted(event: StreamDeleted, rooms: Rooms) -> Iterable[Delivery]:
    """Forget what was said and seen of a stream, and send away who talks there, once it is really gone."""
    stream, world = event.stream.id, rooms.world
    world.delete(SHOWS, id=stream)
    world.delete(DRAFTS, id=stream)
    tables: tuple[Table[Any], ...] = (REMARKS, WARDENS, WATCHES, EXCERPTS)
    for table in tables:
        world.delete(table, stream=stream)
    world.after_commit(lambda: rooms.chat.close(stream, GONE, "Stream not found"))
    return NOTHING


def on_came(event: ViewerCame, rooms: Rooms) -> Iterable[Delivery]:
    """Note who watches a live stream; of one that is over, that its film is watched."""
    viewing, world = event.viewing, rooms.world
    show = world.get(SHOWS, viewing.stream)
    if show is None:
        return NOTHING
    if show.ended_at is not None:
        _watch_film(world, show.id)
        return NOTHING
    watch = Watch(
        id=world.ids.token(24),
        tenant=show.tenant,
        stream=show.id,
        who=watching.mark_of(viewing.player),
        means="player",
        is_known=False,
        country=watching.country_of(viewing.peer, rooms.switches.countries),
        came_at=world.clock.now(),
    )
    watching.enter(world, watch, rooms.switches)
    return NOTHING


def _watch_film(world: World, stream: str) -> None:
    for film in world.find(FILMS, stream=stream, order="desc", limit=1):
        world.put(FILMS, replace(film, views=film.views + 1))


def on_left(event: ViewerLeft, rooms: Rooms) -> Iterable[Delivery]:
    """Note who watches no more."""
    watching.leave_player(rooms.world, event.viewing.stream, watching.mark_of(event.viewing.player))
    return NOTHING


REACTIONS: Mapping[type, Reaction] = {
    StreamMoved: on_moved,
    PublicationBegan: news.on_began,
    PublicationEnded: news.on_ended,
    RecordingMoved: on_recording_moved,
    StreamDeleted: on_deleted,
    ViewerCame: on_came,
    ViewerLeft: on_left,
}
