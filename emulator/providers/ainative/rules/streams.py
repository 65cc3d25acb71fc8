"""Streams: making, finding, changing, starting and ending them, and what becomes of one that ends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from offair.emulator.core.events import StreamCreated
from offair.emulator.core.moves import move
from offair.emulator.core.problems import Conflict, Forbidden, Missing
from offair.emulator.core.publication import PUBLICATIONS, Publication
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import (
    STREAMS,
    Capture,
    DashPackaging,
    HlsPackaging,
    Ladder,
    Packaging,
    Source,
    State,
    Stream,
)
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import CLOUD, PEOPLE, Person
from offair.emulator.providers.ainative.nouns.shows import SHOWS, Show
from offair.emulator.providers.ainative.rules import shelves
from offair.emulator.providers.ainative.switches import Switches

APP = "live"
NOBODY = "none"  # the protocol of a broadcast that the API started, and that no encoder has come to
PROTOCOLS = ("rtmp", "srt", "whip")
NOT_YOURS = "Not authorized to access this stream"
BUSY = "You already have an active stream. End it before creating a new one."
OVER = frozenset({State.STOPPING, State.ENDED, State.ERRORED})
Phase = Literal["offline", "live", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A stream as somebody wants it."""

    title: str
    description: str | None = None
    category: str | None = None
    thumbnail_url: str | None = None
    tags: tuple[str, ...] = ()


def phase(stream: Stream | None) -> Phase:
    """Say in which of AINative's three phases a stream is."""
    if stream is None or stream.state in OVER:
        return "ended"
    return "live" if stream.state in {State.LIVE, State.RECONNECTING} else "offline"


def create(world: World, person: Person, wish: Wish, switches: Switches) -> Show:
    """Make a stream; Conflict while another of the same user is active, Missing for an unknown category."""
    blocking = {"live", "offline"} if switches.web_client else {"live"}
    if any(phase(world.get(STREAMS, show.id)) in blocking for show in world.find(SHOWS, person=person.id)):
        raise Conflict(BUSY)
    wish = replace(wish, category=shelves.check_category(world, wish.category))
    return make(world, person, wish, at=world.clock.now())


def make(world: World, person: Person, wish: Wish, *, at: float, **facts: Any) -> Show:
    """Make a stream that was made at a moment."""
    ids = world.ids
    stream = Stream(
        id=ids.uuid(),
        cloud=CLOUD,
        tenant=person.tenant,
        app=APP,
        key=ids.token(32),
        name=wish.title,
        source=Source(kind="push", protocols=PROTOCOLS),
        ladder=Ladder(source=True),
        packaging=Packaging(hls=HlsPackaging(segment_format="fmp4"), dash=DashPackaging()),
        capture=Capture(recording=True),
        created_at=at,
        updated_at=at,
    )
    world.put(STREAMS, stream)
    show = Show(
        id=stream.id,
        tenant=person.tenant,
        person=person.id,
        video=ids.token(32),
        secret=ids.token(64),
        created_at=at,
        description=wish.description,
        category=wish.category,
        tags=shelves.use_words(world, list(wish.tags)),
        thumbnail_url=wish.thumbnail_url,
        **facts,
    )
    world.put(SHOWS, show)
    world.events.publish(StreamCreated(stream))
    return show


def find(world: World, stream: str) -> Show:
    """Find a stream; Missing when there is none."""
    show = world.get(SHOWS, stream)
    if show is None or world.get(STREAMS, stream) is None:
        raise Missing("Stream not found")
    return show


def own(world: World, stream: str, user: str | None) -> Show:
    """Find a stream of somebody's own; Forbidden for somebody else's, unless they are an administrator."""
    show = find(world, stream)
    person = world.get(PEOPLE, user or "")
    if show.person != user and not (person and person.is_admin):
        raise Forbidden(NOT_YOURS)
    return show


def update(world: World, show: Show, changes: Mapping[str, Any]) -> Show:
    """Change what is given."""
    changes = dict(changes)
    if "category" in changes:
        changes["category"] = shelves.check_category(world, changes["category"])
    if "tags" in changes:
        changes["tags"] = shelves.use_words(world, list(changes["tags"]))
    stream = world.get(STREAMS, show.id)
    title = changes.pop("title", None)
    if title and stream is not None:
        world.put(STREAMS, replace(stream, name=title, updated_at=world.clock.now()))
    return world.put(SHOWS, replace(show, **changes))


def start(world: World, show: Show) -> Show:
    """Mark a stream live, with or without an encoder; Conflict for one that is over. Twice is fine."""
    stream = world.get(STREAMS, show.id)
    if stream is None or phase(stream) == "ended":
        raise Conflict("Stream has already ended")
    if phase(stream) == "live":
        return show
    if stream.state is State.IDLE:
        now = world.clock.now()
        row = Publication(
            id=world.ids.uuid(), tenant=show.tenant, stream=show.id, protocol=NOBODY, peer="the API", began_at=now,
            is_connected=False, is_expected=True,
        )  # fmt: skip
        world.put(PUBLICATIONS, row)  # an encoder that comes later goes on with it
        stream = move(world, stream, State.STARTING, reason="started by the API", publication=row.id)
    move(world, stream, State.LIVE, reason="started by the API", last_live_at=world.clock.now())
    return find(world, show.id)


def end(world: World, publications: Publications, show: Show, switches: Switches) -> Show:
    """End a stream for good, on air or not; Conflict when it is over, but for the web client.

    Its page sends the encoder away first, and that has ended the stream before it asks for it.
    """
    stream = world.get(STREAMS, show.id)
    if stream is None or phase(stream) == "ended":
        if stream is not None and switches.web_client:
            return show
        raise Conflict("Stream has already ended")
    if stream.state is State.IDLE:
        move(world, stream, State.ENDED, reason="ended by the API")
    else:
        publications.stop(stream, reason="the stream was ended by the API")
    return find(world, show.id)
