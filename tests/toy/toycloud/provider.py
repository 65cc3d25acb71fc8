"""The form, filled in for the toy."""

from typing import Any

from offair.contracts.violation import Violation
from offair.emulator.core.limits import Limit
from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import State
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.surface import Cors, Surface
from toycloud import rules, vault
from toycloud.auth import USERS, credentials, identify, invite, mint
from toycloud.chat import socket
from toycloud.errors import render
from toycloud.hooks import REACTIONS, RETRIES, admit, renew
from toycloud.operations import operation
from toycloud.playing import locate, usher
from toycloud.switches import Switches

SECRETS = frozenset({"bearer", "pass", "ticket", "word", "vault"})


def _policy(switches: Switches) -> Policy:
    return Policy(
        grace=switches.grace_seconds,
        patience=2.0,
        rest=State.ENDED,
        gives_up=State.ENDED,
        fails=State.ERRORED,
        beat=switches.beat_seconds,
    )


def _limits(switches: Switches) -> dict[str, Limit]:
    return {"greet": Limit(calls=switches.greetings, seconds=60.0, by="user")}


def _overlooks(violation: Violation, switches: Switches) -> bool:
    return switches.any_title and violation.path == ("title",) and violation.rule == "maxLength"


def _playback(answer: Any) -> dict[str, str]:
    return {"hls": answer["watch"]}


PROVIDER = Provider(
    title="Toy",
    surfaces=(
        Surface(
            operations=operation,
            sockets=socket,
            identify=identify,
            render=render,
            cors=Cors(),
            limits=_limits,
            overlooks=_overlooks,
        ),
        vault.SURFACE,
    ),
    invite=invite,
    credentials=credentials,
    mint=mint,
    furnish=rules.furnish,
    policy=_policy,
    switch_type=Switches,
    reactions=REACTIONS,
    retries=RETRIES,
    admit=admit,
    renew=renew,
    usher=usher,
    locate=locate,
    tables=(rules.VENUES, rules.SHOWS, rules.PASSES, rules.POSTERS, rules.MOOD_TABLE),
    lasting=(USERS, rules.BELLS),
    secrets=SECRETS,
    demo=Demo(
        operation="POST /rooms/", example="room", stream_id=lambda answer: str(answer["room"]), playback=_playback
    ),
)
