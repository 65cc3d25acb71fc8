"""Where each service of a cloud stands on the one HTTP port, and what it is mounted with; and the pages for people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from offair.emulator.console.clerk import Clerk
from offair.emulator.console.console import Console
from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Origin, Usher
from offair.emulator.core.timers import Timers
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Provider
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.web.app import build
from offair.emulator.web.chain import CLOUD
from offair.emulator.web.directory import add_calls, front
from offair.emulator.web.hot import Locate
from offair.emulator.web.mount import Mount
from offair.emulator.web.places import FRONT, Building
from offair.emulator.web.playback import Playback, locator
from offair.emulator.web.spoiling.spoiler import Spoiler


def place_of(provider: Provider, surface: Surface) -> str:
    """Say which folder a service stands in: a further one is beside its cloud, where no path of the cloud meets it."""
    return f"{provider.name}-{surface.service}" if surface.service else provider.name


def roots_of(provider: Provider, surface: Surface) -> tuple[str, ...]:
    """Give the paths that a service's operations are appended to, the first of which is shown."""
    return tuple(f"/{place_of(provider, surface)}{path}" for path in surface.operations.promise.base_paths)


def places_of(providers: Iterable[Provider]) -> dict[str, tuple[str, str]]:
    """Say of each place whose it is: the cloud's name, and the service's. Where media plays is none."""
    return {
        place_of(provider, surface): (provider.name, surface.service)
        for provider in providers
        for surface in provider.surfaces
        if surface.locate is None
    }


def names_of(providers: Iterable[Provider]) -> dict[str, str]:
    """Say in which place the service is that a cloud documents at a server of this name."""
    return {
        name: place_of(provider, surface)
        for provider in providers
        for surface in provider.surfaces
        for name in (urlsplit(server).hostname for server in surface.operations.promise.servers)
        if name is not None
    }


def stages(provider: Provider, rooms: Rooms) -> dict[str, Locate]:
    """Give where services play at roots of their own, and how each reads its paths."""
    return {
        root: locator(provider, rooms, surface.locate)
        for surface in provider.surfaces
        if surface.locate is not None
        for root in roots_of(provider, surface)
    }


def playbacks(
    providers: Mapping[str, Provider], rooms: Mapping[str, Rooms], spoiler: Spoiler,
    *, origin: Origin, usher: Usher, audience: Audience, clock: Clock,
) -> dict[str, Playback]:  # fmt: skip
    """Say of each cloud how it is played."""
    return {
        name: Playback(
            cloud=name,
            locate=locator(provider, rooms[name]),
            origin=origin,
            usher=usher,
            audience=audience,
            spoiler=spoiler,
            clock=clock,
            stages=stages(provider, rooms[name]),
        )
        for name, provider in providers.items()
    }


def mount_of(
    provider: Provider, surface: Surface, rooms: Rooms, journal: Journal, timers: Timers,
    *, body_limit: int, origins: Sequence[str] = (),
) -> Mount:  # fmt: skip
    """Mount a service where it stands; ``body_limit`` is in bytes.

    Where its cloud does not say which pages may call it, those of ``origins`` may.
    """
    if surface.cors is None and origins:
        surface = replace(surface, cors=Cors(origin=" ".join(origins)))
    return Mount(
        scope=f"/{place_of(provider, surface)}",
        roots=roots_of(provider, surface),
        surface=surface,
        rooms=rooms,
        journal=journal,
        timers=timers,
        chain=CLOUD,
        limits=surface.limits(rooms.switches),
        body_limit=body_limit,
    )


def buildings(
    control: Mount, clouds: Sequence[Mount], providers: Mapping[str, Provider], playing: Mapping[str, Playback]
) -> dict[str, Building]:
    """Say of each place how its application is built: a service with what players fetch there, the pages, the front.

    ``playing`` has what each cloud plays.
    """

    def serving(mount: Mount) -> Building:
        return lambda: build(mount, beside=lambda app: playing[mount.cloud].add_to(app, mount.scope))

    return {
        FRONT: lambda: front(control, clouds),
        control.scope.strip("/"): lambda: build(control, beside=lambda app: _add_pages(app, control, providers)),
        **{mount.scope.strip("/"): serving(mount) for mount in clouds},
    }


def _add_pages(app: Any, control: Mount, providers: Mapping[str, Provider]) -> None:
    add_calls(app, control)
    Console(Clerk(control=control, providers=providers)).add_to(app)
