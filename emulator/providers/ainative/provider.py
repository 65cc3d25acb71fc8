"""The form, filled in for AINative."""

from typing import Any

from offair.emulator.core.limits import Limit
from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import State, Stream
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.ainative import news, population
from offair.emulator.providers.ainative.auth import SECRETS, credentials, identify, invite, mint
from offair.emulator.providers.ainative.chat import socket
from offair.emulator.providers.ainative.chat.parlour import PARLOUR
from offair.emulator.providers.ainative.errors import render, render_media
from offair.emulator.providers.ainative.nouns import films, meetings, people, shows, talk, videos
from offair.emulator.providers.ainative.operations import below, operation
from offair.emulator.providers.ainative.playing import locate
from offair.emulator.providers.ainative.reactions import REACTIONS
from offair.emulator.providers.ainative.rules import pictures, shelves, watching
from offair.emulator.providers.ainative.switches import MINUTE, Switches
from offair.emulator.providers.ainative.wire.dialect import retell
from offair.emulator.providers.ainative.wire.reading import overlooks, snake
from offair.emulator.providers.ainative.wire.streams import demonstrate, playback_url, played


def _policy(switches: Switches) -> Policy:
    return Policy(
        grace=switches.grace_seconds,
        patience=switches.patience_seconds,
        rest=State.ENDED,
        gives_up=State.ENDED,
        fails=State.ENDED,
    )


def _limits(switches: Switches) -> dict[str, Limit]:
    if not switches.creates_per_minute:
        return {}
    limit = Limit(calls=switches.creates_per_minute, seconds=MINUTE, by="user")
    return {"createStream": limit, "createSession": limit}


def _furnish(world: World, _switches: Any) -> None:
    """Have the categories, and nobody who watches: whoever did went with the process before."""
    shelves.furnish(world)
    watching.close_all(world)


def _plays_at(stream: Stream, rooms: Rooms) -> dict[str, str]:
    show = rooms.world.get(shows.SHOWS, stream.id)
    return played(playback_url(rooms.addresses, show.video)) if show else {}


PROVIDER = Provider(
    title="AINative Live Streaming",
    surfaces=(
        Surface(
            operations=operation,
            sockets=socket,
            identify=identify,
            render=render,
            cors=Cors(),
            limits=_limits,
            overlooks=overlooks,
            rewrites=snake,
            retells=retell,
        ),
        Surface(operations=below, render=render_media, cors=Cors()),
    ),
    invite=invite,
    credentials=credentials,
    mint=mint,
    furnish=_furnish,
    populate=population.populate,
    policy=_policy,
    switch_type=Switches,
    reactions=REACTIONS,
    point=news.point,
    locate=locate,
    plays_at=_plays_at,
    parlour=PARLOUR,
    tables=(
        people.TICKETS, people.BONDS, people.SLOTS, people.NOTICES, shows.SHOWS, shows.CATEGORIES, shows.WORDS,
        shows.SEARCHES, talk.REMARKS, talk.WARDENS, talk.WATCHES, films.FILMS, films.POSTS, films.CHAPTERS,
        films.EXCERPTS, films.DRAFTS, meetings.MEETINGS, meetings.ATTENDEES, videos.VIDEOS, videos.ALBUMS,
        videos.ANNOTATIONS, videos.LIKINGS, pictures.PORTRAITS,
    ),
    lasting=(people.PEOPLE,),
    secrets=SECRETS,
    orders={"end": "POST /streams/{stream_id}/end"},
    switched={
        "web_client": ["POST /streams/", "GET /streams/{stream_id}/chat", "POST /streams/{stream_id}/chat"],
        "creates_per_minute": ["POST /streams/", "POST /video-sessions/sessions"],
        "token_seconds": ["POST /auth/register", "POST /auth/login", "POST /auth/refresh",
                          "POST /auth/magic-link/verify"],
        "ai_text": ["POST /streams/id/{stream_id}/content/blog", "POST /streams/id/{stream_id}/content/snippets",
                    "POST /streams/id/{stream_id}/content/chapters"],
    },
    demo=Demo(
        operation="POST /streams/",
        example="d01-create",
        stream_id=lambda answer: str(answer["id"]),
        playback=demonstrate,
    ),
)  # fmt: skip
