"""The whole stand-in: builds the rooms, starts and stops them. No rule lives here."""

import os
import traceback
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any, Self

from offair.emulator.core.archive import Archive
from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Clock
from offair.emulator.core.events import StreamMoved, ViewerCame, ViewerLeft
from offair.emulator.core.gallery import Gallery
from offair.emulator.core.inbox import Inbox
from offair.emulator.core.journal import Journal
from offair.emulator.core.publication import Policy
from offair.emulator.core.publications import Publications
from offair.emulator.core.recordings import RECORDINGS
from offair.emulator.core.simulation import Simulation
from offair.emulator.core.spans import Spans
from offair.emulator.core.tenancy import Tenancy
from offair.emulator.core.timers import Timers
from offair.emulator.core.vintage import state_file
from offair.emulator.core.world import World
from offair.emulator.folder import claimed, empty_media, made
from offair.emulator.furnishing import Furnishing
from offair.emulator.media.ingest.minting import Mint, mint
from offair.emulator.media.room import MediaRoom, Wishes
from offair.emulator.mounting import buildings, mount_of, names_of, places_of, playbacks, roots_of
from offair.emulator.provider.call import Addresses, Rooms
from offair.emulator.provider.provider import Provider, discover
from offair.emulator.provider.switches import check_worlds, read_switches
from offair.emulator.settings import Settings, from_python
from offair.emulator.web.app import called_by_name
from offair.emulator.web.control.mount import ROOT, control_mount
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.host.server import Server
from offair.emulator.web.hosts import Hosts
from offair.emulator.web.hot import Application, Hot
from offair.emulator.web.mount import Mount
from offair.emulator.web.naming import ByName
from offair.emulator.web.places import Places
from offair.emulator.web.playback import CDN
from offair.emulator.web.spoiling.spoiler import Spoiler
from offair.emulator.web.tapping import Tapping
from offair.emulator.web.telling import tell_of_strangers
from offair.emulator.webhooks.asking import Asking
from offair.emulator.webhooks.door import Door
from offair.emulator.webhooks.outbox import OUTBOX, Outbox
from offair.emulator.webhooks.rehearsal import Rehearsal

DATABASE = "offair.sqlite"
TLS = "tls"
FILES = "files"


class Emulator:
    """Every cloud, one HTTP port, one RTMP port, one of each for TLS. A context manager: ready inside, nothing left.

    ``settings`` may be plain values by name, as in ``{"seed": 1, "<cloud>.<switch>": True}``; ports that are not among
    them are free ones. ``providers`` None finds every installed cloud. ``mint`` makes the certificate of the TLS ports.
    """

    def __init__(
        self,
        settings: Settings | Mapping[str, Any] | None = None,
        providers: Sequence[Provider] | None = None,
        *,
        mint: Mint = mint,
    ) -> None:
        self.settings = from_python(settings)
        self.providers: Mapping[str, Provider] = {p.name: p for p in (discover() if providers is None else providers)}
        self.switches = read_switches(self.settings.switches, self.providers)
        check_worlds(self.settings.seed_world, self.providers)
        self._furnishing = Furnishing(self.providers, self.switches, self.settings.seed_world)
        self._mint = mint
        self._closing = ExitStack()
        self._is_open = False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> Self:
        """Open every room; OSError when a port is taken, and then nothing stays open. Twice is fine."""
        if self._is_open:
            return self
        with ExitStack() as opening:
            self._open(opening)
            self._closing = opening.pop_all()
        self._is_open = True
        return self

    def close(self) -> None:
        """Stop every publication and server, let go of every port and file; twice is fine."""
        self._is_open = False
        self._closing.close()

    @property
    def http_url(self) -> str:
        """The HTTP root, without a slash at its end."""
        return self._url("http", self._server.port)

    @property
    def https_url(self) -> str | None:
        """The root of HTTPS and WSS, without a slash at its end; None when they are off."""
        port = self._server.https_port
        return None if port is None else self._url("https", port)

    @property
    def rtmp_url(self) -> str:
        """The RTMP root, without an application."""
        return self._url("rtmp", self.media.edge.port)

    @property
    def rtmps_url(self) -> str:
        """The RTMPS root, without an application."""
        return self._url("rtmps", self.media.edge.rtmps_port)

    @property
    def srt_url(self) -> str:
        """The SRT root, without a stream id."""
        return self._url("srt", self.media.edge.srt_port)

    @property
    def whip_media_url(self) -> str:
        """Where the media of WHIP comes to; its offers go to a cloud's own URL, and the answer tells of this."""
        return self._url("udp", self.media.edge.whip_port)

    def addresses(self, cloud: str) -> Addresses:
        """Where one cloud is reached."""
        return self.rooms[cloud].addresses

    def restore(self, snapshot: bytes) -> None:
        """Put a snapshot in place of the state, ending what runs; ValueError when it is none."""
        self.world.restore(snapshot, before=lambda: self.media.end_all("a snapshot is restored"))
        self.outbox.start()
        self._recover()

    def ready(self, *, waits: bool = True) -> dict[str, Any]:
        """Everything that a script needs to use the stand-in: the object that ``serve --json`` prints.

        Unless it ``waits`` for it (0.1 s, once), the CA's file may still be on its way.
        """
        ca_file = self.media.await_ca_file() if waits and self._is_open else self.media.ca_file
        return {
            "ready": self._is_open,
            "pid": os.getpid(),
            "control_url": f"{self.http_url}{ROOT}",
            "console_url": f"{self.http_url}{ROOT}/console/",
            "https_url": self.https_url,
            "rtmp_url": self.rtmp_url,
            "rtmps_url": self.rtmps_url,
            "srt_url": self.srt_url,
            "whip_media_url": self.whip_media_url,
            "ca_file": None if ca_file is None else str(ca_file),
            "ffmpeg": self.media.ffmpeg,
            "clouds": {name: self._shown_cloud(name) for name in self.providers},
        }

    def _shown_cloud(self, name: str) -> dict[str, Any]:
        tenant, rooms = self.tenancy.house(name), self.rooms[name]
        return {
            "base_url": rooms.addresses.api,
            "services": dict(rooms.addresses.services),
            "headers": dict(tenant.headers),
            "credentials": dict(self.providers[name].credentials(tenant, rooms)),
        }

    def _url(self, scheme: str, port: int | None) -> str:
        host = self.settings.shown_host
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def _open(self, opening: ExitStack) -> None:
        settings = self.settings
        self.clock = Clock()
        folder = opening.enter_context(claimed(settings.state_dir, wall=self.clock.wall()))
        secrets = {name for provider in self.providers.values() for name in provider.secrets}
        self.journal = Journal(self.clock, settings.journal_size, secrets=secrets)
        self.inbox = Inbox(self.clock)
        path = state_file(folder, DATABASE) if settings.state_dir else None
        self.world = World(path, clock=self.clock, seed=settings.seed, tables=self._furnishing.tables)
        opening.callback(self.world.close)
        self.timers = Timers(self.clock, self._trouble)
        opening.callback(self.timers.close)
        policies = {name: provider.policy(self.switches[name]) for name, provider in self.providers.items()}
        policies = defaultdict(Policy, policies)  # a state may have streams of clouds that are not installed
        self.publications = Publications(self.world, self.timers, policies)
        Spans(self.world, self.timers, self.publications, policies)
        self.world.events.subscribe(StreamMoved, self.journal.write_move)
        self.outbox = Outbox(self.world, self.timers, self.journal, self.providers, self._rooms_of)
        opening.callback(self.outbox.close)
        asking = Asking(self.clock, self.journal)
        opening.callback(asking.close)
        self.door = Door(
            world=self.world,
            timers=self.timers,
            publications=self.publications,
            providers=self.providers,
            rooms=self._rooms_of,
            asking=asking,
        )
        self._server = Server(
            settings.host,
            settings.port,
            https_port=settings.https_port,
            certificate=lambda: self.media.tls_context(),  # noqa: PLW0108 - the room opens after the server's ports
            clock=self.clock,
            on_error=self._trouble,
            on_refusal=tell_of_strangers(self.journal),
        )
        opening.callback(self._server.close)
        self.audience = self._audience()
        self.archive = Archive(self.world)
        self.media = opening.enter_context(self._media(folder))
        self.media.start()  # now its ports are known; encoders wait at the door
        self.tenancy = self._tenancy(folder)
        self.simulation = Simulation(self.world, self.door, self.publications)
        self.rooms = {name: self._rooms(provider) for name, provider in self.providers.items()}
        self._furnishing.furnish(self.world)
        self._recover()
        for name in self.providers:
            self.tenancy.house(name)
        self._furnishing.populate(self.world, self.rooms)
        self.timers.start()
        self.door.open()
        self.outbox.start()
        spoiler = Spoiler(self.world, self.journal, self.media.studio)
        self.application = self._application(spoiler)
        self._server.start(self.application)
        opening.callback(spoiler.close)
        opening.callback(self.journal.close)
        opening.callback(self.inbox.close)
        opening.callback(asking.close)  # first: players, encoders and their threads wait for what is asked

    def _audience(self) -> Audience:
        """Nobody is told of viewers where no cloud reacts to them."""
        kinds = {kind for provider in self.providers.values() for kind in provider.reactions}
        if not kinds & {ViewerCame, ViewerLeft}:
            return Audience(self.clock.monotonic)
        return Audience(self.clock.monotonic, tell=self._tell, later=self.timers.after)

    def _tell(self, event: ViewerCame | ViewerLeft) -> None:
        with self.world.transaction():
            self.world.events.publish(event)

    def _media(self, folder: Path) -> MediaRoom:
        settings = self.settings
        wishes = Wishes(**{field.name: getattr(settings, field.name) for field in fields(Wishes)})
        return MediaRoom(
            wishes,
            folder=empty_media(folder),
            recordings=made(settings.recordings_dir or folder / RECORDINGS.name),
            is_kept=bool(settings.state_dir or settings.recordings_dir),
            tls=folder / TLS,
            world=self.world,
            timers=self.timers,
            journal=self.journal,
            gatekeeper=self.door,
            screen=self.door,
            callboy=self.publications,
            archivist=self.archive,
            audience=self.audience,
            time_url=lambda cloud: f"{self.addresses(cloud).cdn}/time",
            mint=self._mint,
        )

    def _recover(self) -> None:
        """Come to rest with what ran in a process that is gone, or in a state that was replaced."""
        self.publications.recover()
        self.media.recover()

    def _tenancy(self, folder: Path) -> Tenancy:
        return Tenancy(
            self.world,
            self.publications,
            self.archive,
            self.journal,
            inviters={name: provider.invite for name, provider in self.providers.items()},
            belongings=self._furnishing.belongings,
            furnish=self._refurnish,
            folder=folder / FILES,
        )

    def _refurnish(self) -> None:
        self._furnishing.furnish(self.world)
        self._furnishing.populate(self.world, self.rooms)

    def _rooms_of(self, cloud: str) -> Rooms:
        return self.rooms[cloud]

    def _rooms(self, provider: Provider) -> Rooms:
        root = f"{self.http_url}/{provider.name}"
        services = {
            surface.service: self.http_url + roots_of(provider, surface)[0]
            for surface in provider.surfaces
            if surface.service
        }
        gallery = Gallery(
            provider.name,
            origin=self.media.studio,
            usher=self.door,
            audience=self.audience,
            monotonic=self.clock.monotonic,
        )
        api = root + provider.promise.base_path
        return self._rooms_at(api, root + CDN, services, self.switches[provider.name], gallery)

    def _rooms_at(
        self, api: str, cdn: str, services: Mapping[str, str], switches: Any, gallery: Gallery | None = None
    ) -> Rooms:
        return Rooms(
            world=self.world,
            publications=self.publications,
            monitor=self.media.monitor,
            whip=self.media.edge.whip,
            tenancy=self.tenancy,
            addresses=Addresses(
                api=api,
                cdn=cdn,
                rtmp=self.rtmp_url,
                rtmps=self.rtmps_url,
                srt=self.srt_url,
                services=services,
            ),
            switches=switches,
            media_profile=self.settings.media_profile,
            gallery=gallery,
            journal=self.journal,
            timers=self.timers,
        )

    @property
    def mounts(self) -> Sequence[Mount]:
        """The control surface, and every service of every cloud, each where it stands."""
        control = control_mount(self.steered(), self.timers)
        clouds = (
            mount_of(
                provider,
                surface,
                self.rooms[provider.name],
                self.journal,
                self.timers,
                body_limit=self.settings.body_limit,
                origins=self.settings.allowed_origins,
            )
            for provider in self.providers.values()
            for surface in provider.surfaces
        )
        return [control, *clouds]

    def _application(self, spoiler: Spoiler) -> Application:
        control, *clouds = self.mounts
        playing = playbacks(
            self.providers, self.rooms, spoiler,
            origin=self.media.studio, usher=self.door, audience=self.audience, clock=self.clock,
        )  # fmt: skip
        hot = Hot(
            Places(buildings(control, clouds, self.providers, playing)),
            {name: one.locate for name, one in playing.items()},
            origin=self.media.studio, usher=self.door, audience=self.audience, world=self.world,
            stages={root: (name, locate) for name, one in playing.items() for root, locate in one.stages.items()},
        )  # fmt: skip
        known = called_by_name(hot, Hosts(self.settings.names), self.journal)
        self.tapping = Tapping(known, places_of(self.providers.values()), self.timers.after)
        return ByName(self.tapping, names_of(self.providers.values()))

    def steered(self) -> Steered:
        """The rooms, as the control surface has them."""
        return Steered(
            settings=self.settings,
            providers=self.providers,
            rooms=self.rooms,
            own_rooms=self._rooms_at(self.http_url + ROOT, "", {}, None),
            world=self.world,
            clock=self.clock,
            journal=self.journal,
            archive=self.archive,
            tenancy=self.tenancy,
            simulation=self.simulation,
            desk=self.media,
            deliveries=lambda **where: self.world.find(OUTBOX, **where),
            resend=self.outbox.resend,
            inbox=self.inbox,
            trigger=Rehearsal(self.world, self.outbox, self.providers, self._rooms_of).trigger,
            ready=self.ready,
            restore=self.restore,
        )

    def _trouble(self, error: Exception) -> None:
        words = "".join(traceback.format_exception(error))
        self.journal.write("trouble", f"something of ours failed: {error!r}", cause=error, traceback=words)
