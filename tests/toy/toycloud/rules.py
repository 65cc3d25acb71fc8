"""What the toy does, in our own words: no HTTP, no JSON."""

import string
from dataclasses import dataclass, replace
from typing import Any

from offair.emulator.core.events import StreamCreated, ViewingsDoubted
from offair.emulator.core.moves import move
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import (
    STREAMS,
    AudioRung,
    Capture,
    HlsPackaging,
    Ladder,
    Packaging,
    Source,
    State,
    Stream,
    VideoRung,
)
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World
from toycloud.auth import CLOUD

ALPHABET = string.ascii_lowercase + string.digits
RUNG = VideoRung(
    width=320, height=180, fps=15, gop=15, bitrate_kbps=200, codec="h264", audio=AudioRung(), preset="ultrafast"
)
MOODS = ("merry", "sad")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A room as it is wanted."""

    title: str
    tags: tuple[str, ...] = ()
    is_guarded: bool = False
    is_recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where a room is watched: ``id`` is the name that everybody may know, ``room`` its stream."""

    id: str
    tenant: str
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A broadcast that is over: ``seconds`` are the cloud's, ``size`` the bytes that came in."""

    id: str
    tenant: str
    room: str
    began_at: float
    seconds: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A paper that lets its bearer watch a guarded room until a moment of the cloud's time."""

    id: str
    tenant: str
    room: str
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A picture that hangs at a room's door; the file is in its house's folder, under its room's id."""

    id: str
    tenant: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """Which URL a house wants to be called at; ``id`` is the house."""

    id: str
    tenant: str
    url: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """Something that the toy has before anybody comes."""

    id: str


VENUES = Table(f"{CLOUD}_venues", Venue, indexed=("tenant", "room"))
SHOWS = Table(f"{CLOUD}_shows", Show)
PASSES = Table(f"{CLOUD}_passes", Pass, indexed=("tenant", "room"))
POSTERS = Table(f"{CLOUD}_posters", Poster)
BELLS = Table(f"{CLOUD}_bells", Bell)
MOOD_TABLE = Table(f"{CLOUD}_moods", Mood, indexed=())


def furnish(world: World, _switches: Any) -> None:
    """Have the moods that are there before anybody comes."""
    for mood in MOODS:
        world.put(MOOD_TABLE, Mood(id=mood))


def create(world: World, tenant: Tenant, wish: Wish) -> Stream:
    """Make a room: a stream under another name."""
    now, ids = world.clock.now(), world.ids
    stage = f"{ids.letters(5, ALPHABET)}-{ids.letters(5, ALPHABET)}"
    room = Stream(
        id=ids.uuid(),
        cloud=CLOUD,
        tenant=tenant.id,
        app=CLOUD,
        key=ids.letters(20),
        name=wish.title,
        source=Source(kind="push", protocols=("rtmp", "whip")),
        ladder=Ladder(video=(RUNG,)),
        packaging=Packaging(hls=HlsPackaging(segment_format="fmp4")),
        capture=Capture(recording=wish.is_recorded),
        created_at=now,
        updated_at=now,
        extra={"tags": wish.tags, "is_guarded": wish.is_guarded, "stage": stage},
    )
    world.put(STREAMS, room)
    world.put(VENUES, Venue(id=stage, tenant=tenant.id, room=room.id))
    world.events.publish(StreamCreated(room))
    return room


def find(world: World, room: str, *, tenant: Tenant | None = None) -> Stream:
    """Find a room, of a house where one is named; Missing for anybody else's."""
    found = world.get(STREAMS, room)
    if found is None or found.cloud != CLOUD or (tenant is not None and found.tenant != tenant.id):
        raise Missing(f"there is no room {room}")
    return found


def rooms(world: World, *, tenant: Tenant | None, tags: tuple[str, ...] = ()) -> list[Stream]:
    """List rooms that have all these tags, newest first: a house's, or for nobody those that are not guarded."""
    found = world.find(STREAMS, cloud=CLOUD, order="desc", **({"tenant": tenant.id} if tenant else {}))
    return [
        room for room in found
        if set(tags) <= set(room.extra["tags"]) and (tenant is not None or not room.extra["is_guarded"])
    ]  # fmt: skip


def end(world: World, publications: Publications, room: Stream) -> Stream:
    """End a room for good, on air or not; Conflict when it is over."""
    if room.state in {State.ENDED, State.STOPPING}:
        raise Conflict(f"{room.name} is over")
    if room.state is State.IDLE:
        return move(world, room, State.ENDED, reason="called off")
    return publications.stop(room, reason="the host has ended it")


def lock(world: World, room: Stream, why: str | None) -> Stream:
    """Let nobody publish in a room, and say why; None lets everybody again."""
    return world.put(STREAMS, replace(room, closed=why, updated_at=world.clock.now()))


def make_pass(world: World, room: Stream, seconds: float) -> Pass:
    """Write a pass."""
    until = world.clock.now() + seconds
    return world.put(PASSES, Pass(id=world.ids.letters(16), tenant=room.tenant, room=room.id, until=until))


def revoke_pass(world: World, tenant: Tenant, paper: str) -> None:
    """Let a pass open nothing any more, and have whoever watches judged anew."""
    found = world.get(PASSES, paper)
    if found is None or found.tenant != tenant.id:
        raise Missing("there is no such pass")
    world.delete(PASSES, id=paper)
    world.events.publish(ViewingsDoubted(cloud=CLOUD))
