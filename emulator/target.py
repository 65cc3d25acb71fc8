"""The stand-in as a server that is judged: called in this process, with all that it lets its judge do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.double import Playing
from offair.contracts.server.dialling import dialling
from offair.contracts.server.target import Headers, Target
from offair.emulator.core.problems import Problem
from offair.emulator.core.streams import STREAMS
from offair.emulator.counterpart import headers_of
from offair.emulator.emulator import Emulator
from offair.emulator.postbox import Postbox, known_by
from offair.emulator.provider.switches import calling
from offair.emulator.watching import watch

PASSTHROUGH = {"media_profile": "passthrough"}  # nothing is transcoded: broadcasts are simulated
LIGHT = {"media_profile": "light"}  # for broadcasts of real media
LIVE_WITHIN = 30.0  # real seconds
SETTLED_WITHIN = 5.0  # real seconds
TOKEN_SECONDS = 900.0  # cloud seconds: a room is over sooner
WATCHED = 12.0  # real seconds: several segments of any cloud

MOMENT = 1_800_000_000.0  # 2027-01-15T08:00:00Z: answers have times in them, and what is drawn grows from answers


@contextmanager
def judged(cloud: str, emulator: Emulator, service: str = "", *, is_real: bool = False) -> Iterator[Target]:
    """Give a cloud of a running stand-in, or its service, as a target: the clock is frozen, so that seeds repeat.

    Where ``is_real``, media is real too: the built-in clip is published, and watched while the clock runs.
    """
    emulator.clock.freeze(at=MOMENT)
    # what is asked for is published or made up: nobody meant these sources to be called
    with emulator.media.pulling_nothing(), Postbox(emulator.clock.now, known_by(emulator.journal)) as inbox:
        rooms = emulator.rooms[cloud]
        emulator.rooms[cloud] = replace(rooms, switches=calling(rooms.switches, inbox.url))
        try:
            target = target_of(cloud, emulator, service, hooks=inbox)
            yield replace(target, broadcast=partial(on_air, emulator), watch=_watch) if is_real else target
        finally:
            emulator.rooms[cloud] = rooms
            emulator.clock.reset()


def target_of(cloud: str, emulator: Emulator, service: str = "", *, hooks: Postbox | None = None) -> Target:
    """Describe what a cloud of a stand-in, or one of its services, lets a judge do."""
    provider, rooms = emulator.providers[cloud], emulator.rooms[cloud]
    promise = provider.promise.services[service] if service else provider.promise
    tenants = [emulator.tenancy.invite(cloud, name) for name in ("judged", "another")]
    ours, other = (headers_of(promise, tenant) for tenant in tenants)

    secrets: dict[str, str] = {}  # a thing that is gone by the time its hooks are judged was signed for all the same

    def simulate(thing: str, to: str) -> bool:
        try:
            emulator.simulation.go(thing, "live" if to == "live" else "ended")
        except Problem:
            return False  # where it cannot go there now, the story goes on without
        found = emulator.world.get(STREAMS, thing)
        secrets[thing] = (found.hook_secret or "") if found is not None else ""
        return True

    def mint(headers: Headers) -> str | None:
        whose = next((one for one in tenants if headers_of(promise, one) == headers), None)
        if whose is None or provider.mint is None:
            return None
        return provider.mint(emulator.world, whose, TOKEN_SECONDS, rooms.switches)

    def advance(seconds: float) -> None:
        emulator.clock.advance(seconds)
        emulator.timers.settle(SETTLED_WITHIN)  # else what happens then shows a moment later, at the same time

    return Target(
        base_url=rooms.addresses.services[service] if service else rooms.addresses.api,
        headers=ours,
        others=(other,),
        application=emulator.application,
        now=emulator.clock.now,
        advance=advance,
        invite=lambda: headers_of(promise, emulator.tenancy.invite(cloud, "a guest")),
        simulate=simulate,
        snapshot=emulator.world.snapshot,
        restore=emulator.restore,
        hooks=hooks,
        dial=dialling(emulator.clock.deadline),
        mint=mint if provider.mint is not None else None,
        hook_secret=lambda thing: secrets.get(thing, ""),
    )


@contextmanager
def on_air(emulator: Emulator, thing: str) -> Iterator[bool]:
    """Publish the built-in clip to the stream of an id, in real time; give whether it went live."""
    stream, clips = emulator.world.get(STREAMS, thing), emulator.media.clips
    if stream is None or stream.source.kind == "pull":
        yield False
        return
    since, restore_time = emulator.journal.latest, emulator.clock.bookmark()
    emulator.clock.reset()  # playlists have dates, and who watches has a clock
    clips.begin(thing, stream.app, stream.key)
    try:
        soon = emulator.clock.deadline(LIVE_WITHIN)
        yield emulator.journal.await_live(thing, soon, after=since, is_sent=lambda: clips.is_on(thing))
    finally:
        clips.end(thing)
        restore_time()


def _watch(url: str) -> Timeline:
    return watch(url, WATCHED)


def playing(cloud: str, emulator: Emulator) -> Playing:
    """Give a cloud of a running stand-in, and all its services, to a double."""
    addresses = emulator.addresses(cloud)
    return Playing(
        promise=emulator.providers[cloud].promise,
        application=emulator.application,
        base_url=addresses.api,
        services=addresses.services,
    )
