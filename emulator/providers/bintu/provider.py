"""The form, filled in for Bintu."""

from typing import Any

from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import State, Stream
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu import nouns, people
from offair.emulator.providers.bintu.auth import SECRETS, credentials, identify, invite, mint
from offair.emulator.providers.bintu.bans import BANS
from offair.emulator.providers.bintu.errors import render
from offair.emulator.providers.bintu.guarding import is_guarded
from offair.emulator.providers.bintu.h5live.surface import serve
from offair.emulator.providers.bintu.hooks import REACTIONS, admit, point, renew
from offair.emulator.providers.bintu.operations import operation
from offair.emulator.providers.bintu.playing import find, locate, plays, usher
from offair.emulator.providers.bintu.rules import group_of
from offair.emulator.providers.bintu.services import guardian, splay, token, vod, webcaster, whip
from offair.emulator.providers.bintu.switches import Switches
from offair.emulator.providers.bintu.tickets import WITHDRAWN
from offair.emulator.providers.bintu.wire.streams import show_stream


def _policy(switches: Switches) -> Policy:
    """A stream whose broadcast is over takes the next one at once, however it ended."""
    grace, beat = switches.grace_seconds, switches.beat_seconds
    return Policy(grace=grace, rest=State.IDLE, gives_up=State.IDLE, fails=State.IDLE, beat=beat)


def _playback(answer: Any) -> dict[str, str]:
    (first, *_), (hls, *_) = answer["playout"]["h5live"], answer["playout"]["hls"]
    query = f"?stream={first['rtmp']['streamname']}"
    return {"hls": hls["url"], "low-latency hls": first["server"]["hls"] + query}


def _plays_at(stream: Stream, rooms: Rooms) -> dict[str, str]:
    is_secure = is_guarded(stream, rooms.switches)
    return _playback(show_stream(group_of(rooms.world, stream.id), rooms.addresses, is_secure=is_secure))


PROVIDER = Provider(
    title="nanocosmos Bintu",
    surfaces=(
        Surface(operations=operation, identify=identify, render=render, cors=Cors()),
        token.SURFACE,
        splay.SURFACE,
        webcaster.SURFACE,
        guardian.SURFACE,
        whip.SURFACE,
        vod.SURFACE,
        serve(operation.promise.services["h5live"], find, render),
    ),
    invite=invite,
    credentials=credentials,
    mint=mint,
    policy=_policy,
    switch_type=Switches,
    reactions=REACTIONS,
    point=point,
    admit=admit,
    renew=renew,
    usher=usher,
    locate=locate,
    plays_at=_plays_at,
    plays=plays,
    tables=(nouns.QUALITIES, nouns.GRAVES, nouns.OPTIONS, nouns.LABELS, WITHDRAWN, BANS),
    lasting=(people.ORGANISATIONS, people.USERS, people.GUESTS),
    secrets=SECRETS,
    orders={
        "stop": "PUT /stream/{id}/stop",
        "lock": "PUT /stream/{id}/lock",
        "unlock": "PUT /stream/{id}/unlock",
        "delete": "DELETE /stream/{id}",
    },
    switched={
        "stop_locks": ["PUT /stream/{id}/stop"],
        "low_latency_hls": ["POST /stream"],
        "secure_reads": ["GET /stream/{id}", "GET /stream/{id}/group"],
        "captions": ["POST /stream/{id}/options", "PUT /stream/{id}/options"],
        "own_language_target": ["POST /stream/{id}/options", "PUT /stream/{id}/options"],
        "token_algorithm": [
            "POST /splay",
            "POST /splay/verify",
            "POST /bintu/token",
            "POST /webcaster",
            "POST /webcaster/verify",
        ],
    },
    demo=Demo(
        operation="POST /stream", example="create-abr", stream_id=lambda answer: str(answer["id"]), playback=_playback
    ),
)
