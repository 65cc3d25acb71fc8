"""The whole stand-in: builds the rooms, starts, resets and stops them. No rule lives here."""

import os
import ssl
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from offair.emulator.core.archive import Archive
from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Clock
from offair.emulator.core.events import StreamMoved
from offair.emulator.core.faults.calls import FAULTS
from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.core.faults.players import HELD_ANSWERS, PLAYBACK_FAULTS
from offair.emulator.core.journal import Journal
from offair.emulator.core.limits import WINDOWS
from offair.emulator.core.ports import Monitor
from offair.emulator.core.publications import Publications
from offair.emulator.core.recordings import RECORDINGS, Recording
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import CREDENTIALS, TENANTS, Tenant
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.folder import claimed, empty_media
from offair.emulator.media.broadcast.studio import Studio
from offair.emulator.media.room import MediaRoom, Wishes
from offair.emulator.provider import Addresses, Provider, discover
from offair.emulator.settings import SettingError, Settings
from offair.emulator.web.app import build
from offair.emulator.web.chain import CLOUD
from offair.emulator.web.control.mount import control_mount
from offair.emulator.web.host.server import Server
from offair.emulator.web.mount import Mount
from offair.emulator.web.playback import CDN, add_playback
from offair.emulator.web.progressive import add_progressive
from offair.emulator.web.spoiling.spoiler import Spoiler
from offair.emulator.webhooks.outbox import OUTBOX, Outbox, Parcel

DATABASE = "offair.sqlite"
HOUSE = "offair"
TLS = "tls"
TRANSIENT: tuple[Table[Any], ...] = (OUTBOX, FAULTS, WINDOWS, PLAYBACK_FAULTS, HELD_ANSWERS)


class Emulator:
    """Every cloud, one HTTP port, one RTMP port, one of each for TLS. A context manager: ready inside, nothing left.

    ``providers`` None finds every installed cloud.
    """

    def __init__(self, settings: Settings | None = None, providers: Sequence[Provider] | None = None) -> None:
        self.settings = settings or Settings(port=0, rtmp_port=0)
        self.providers: Mapping[str, Provider] = {p.name: p for p in (discover() if providers is None else providers)}
        self.switches = _read_switches(self.settings, self.providers)
        self._closing = ExitStack()
        self._is_open = False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
    def studio(self) -> Studio:
        """All publications."""
        return self.media.studio

    @property
    def monitor(self) -> Monitor:
        """What is measured of streams and their audience."""
        return self.media.monitor

    @property
    def http_url(self) -> str:
        """The HTTP root, without a slash at its end."""
        return f"http://{_bracketed(self.settings.shown_host)}:{self._server.port}"

    @property
    def https_url(self) -> str | None:
        """The root of HTTPS and WSS, without a slash at its end; None when they are off."""
        port = self._server.https_port
        return None if port is None else f"https://{_bracketed(self.settings.shown_host)}:{port}"

    @property
    def rtmp_url(self) -> str:
        """The RTMP root, without an application."""
        return f"rtmp://{_bracketed(self.settings.shown_host)}:{self.media.edge.port}"

    @property
    def rtmps_url(self) -> str:
        """The RTMPS root, without an application."""
        return f"rtmps://{_bracketed(self.settings.shown_host)}:{self.media.edge.rtmps_port}"

    @property
    def srt_url(self) -> str:
        """The SRT root, without a stream id."""
        return f"srt://{_bracketed(self.settings.shown_host)}:{self.media.edge.srt_port}"

    def addresses(self, cloud: str) -> Addresses:
        """Where one cloud is reached."""
        root = f"{self.http_url}/{cloud}"
        return Addresses(
            api=root + self.providers[cloud].promise.base_path,
            cdn=root + CDN,
            rtmp=self.rtmp_url,
            rtmps=self.rtmps_url,
            srt=self.srt_url,
        )

    def invite(self, cloud: str, name: str = "tenant") -> Tenant:
        """Make a tenant with fresh credentials at a cloud; KeyError for a cloud that is not here."""
        with self.world.transaction():
            return self.providers[cloud].invite(self.world, name)

    def mint(self, tenant: Tenant, seconds: float) -> str:
        """Make a bearer token that lasts so many cloud seconds; LookupError at a cloud that has none."""
        mint = self.providers[tenant.cloud].mint
        if mint is None:
            raise LookupError(f"{tenant.cloud} has no bearer tokens of its own")
        return mint(self.world, tenant, seconds, self.switches[tenant.cloud])

    def house_tenant(self, cloud: str) -> Tenant:
        """The tenant whose credentials the start-up banner prints."""
        found = self.world.find(TENANTS, cloud=cloud, is_house=True)
        if found:
            return found[0]
        with self.world.transaction():
            return self.world.put(TENANTS, replace(self.invite(cloud, HOUSE), is_house=True))

    def reset(self, tenant: str | None = None) -> None:
        """Forget every stream, hook and fault, of one tenant, or of all and the journal too.

        The printed credentials stay good.
        """
        whose: dict[str, Any] = {} if tenant is None else {"tenant": tenant}
        for stream in self.world.find(STREAMS, **whose):
            self.publications.forget(stream)
        self.archive.forget(**whose)
        with self.world.transaction():
            for table in TRANSIENT:
                self.world.delete(table, **whose)
            if tenant is None:
                for row in self.world.find(TENANTS, is_house=False):
                    self.world.delete(CREDENTIALS, tenant=row.id)
                    self.world.delete(TENANTS, id=row.id)
        if tenant is None:
            self.clock.reset()
            self.journal.clear()

    def restore(self, snapshot: bytes) -> None:
        """Put a snapshot in place of the state, ending what runs; ValueError when it is none."""
        self.media.end_all("a snapshot is restored")
        self.world.restore(snapshot)
        self.media.recover()

    def recordings(self, **where: Any) -> list[Recording]:
        """What was (or is being) recorded; ``where`` chooses by tenant, stream or state."""
        return self.archive.find(**where)

    def deliveries(self, **where: Any) -> list[Parcel]:
        """The hooks in the outbox, sent or not; ``where`` chooses by tenant, stream or state."""
        return self.world.find(OUTBOX, **where)

    def transcoders(self) -> list[dict[str, Any]]:
        """What runs for each publication."""
        return [engine.vitals() for engine in self.studio.on_air()]

    def disturb(self, fault: EncoderFault) -> None:
        """Let something go wrong with a stream's encoder; CannotDisturb when it cannot."""
        self.studio.disturb(fault)

    def disturbances(self) -> list[EncoderFault]:
        """What goes wrong with encoders."""
        return self.studio.disturbances()

    def settle(self, fault_id: str) -> bool:
        """Let a fault of an encoder end; False when there is none."""
        return self.studio.settle(fault_id)

    def newest_segment(self, stream: str) -> int | None:
        """The sequence number of a stream's newest segment; None while there is none."""
        return self.studio.newest_segment(stream)

    def ready(self, *, waits: bool = True) -> dict[str, Any]:
        """Everything that a script needs to use the stand-in: the object that ``serve --json`` prints.

        Unless it ``waits`` for it (0.1 s, once), the CA's file may still be on its way.
        """
        ca_file = self.media.await_ca_file() if waits and self._is_open else self.media.ca_file
        return {
            "ready": self._is_open,
            "pid": os.getpid(),
            "control_url": f"{self.http_url}{self.control_root}",
            "console_url": None,
            "https_url": self.https_url,
            "rtmp_url": self.rtmp_url,
            "rtmps_url": self.rtmps_url,
            "srt_url": self.srt_url,
            "ca_file": None if ca_file is None else str(ca_file),
            "clouds": {name: self._shown_cloud(name) for name in self.providers},
        }

    def _shown_cloud(self, name: str) -> dict[str, Any]:
        tenant = self.house_tenant(name)
        return {
            "base_url": self.addresses(name).api,
            "headers": dict(tenant.headers),
            "credentials": {"organization_id": tenant.id, **tenant.credentials},
        }

    def _open(self, opening: ExitStack) -> None:
        settings = self.settings
        self.clock = Clock()
        folder = opening.enter_context(claimed(settings.state_dir, wall=self.clock.wall()))
        self.journal = Journal(self.clock, settings.journal_size)
        self.world = World(folder / DATABASE if settings.state_dir else None, clock=self.clock, seed=settings.seed)
        opening.callback(self.world.close)
        self.timers = Timers(self.clock, self._trouble)
        opening.callback(self.timers.close)
        policies = {name: p.policy(self.switches[name]) for name, p in self.providers.items()}
        self.publications = Publications(self.world, self.timers, policies)
        self.world.events.subscribe(StreamMoved, self._journal_move)
        self.outbox = Outbox(self.world, self.timers, self.journal, self.providers, self.switches)
        opening.callback(self.outbox.close)
        self._server = Server(
            settings.host,
            settings.port,
            https_port=settings.https_port,
            certificate=self._tls_context,
            clock=self.clock,
            on_error=self._http_trouble,
        )
        opening.callback(self._server.close)
        self.audience = Audience(self.clock.monotonic)
        self.archive = Archive(self.world)
        self.media = opening.enter_context(self._media(folder))
        self.media.recover()
        for name in self.providers:
            self.house_tenant(name)
        self.timers.start()
        self.media.start()
        self.outbox.start()
        spoiler = Spoiler(self.world, self.journal)
        self._server.start(self._application(spoiler))
        opening.callback(spoiler.close)

    def _media(self, folder: Path) -> MediaRoom:
        settings = self.settings
        wishes = Wishes(**{field.name: getattr(settings, field.name) for field in fields(Wishes)})
        return MediaRoom(
            wishes,
            folder=empty_media(folder),
            recordings=settings.recordings_dir or folder / RECORDINGS.name,
            is_kept=bool(settings.state_dir or settings.recordings_dir),
            tls=folder / TLS,
            world=self.world,
            timers=self.timers,
            journal=self.journal,
            publications=self.publications,
            archive=self.archive,
            audience=self.audience,
            time_url=lambda cloud: f"{self.addresses(cloud).cdn}/time",
        )

    def _application(self, spoiler: Spoiler) -> Any:
        control = control_mount(self)
        self.control_root = control.root
        mounts = [self._mount(provider) for provider in self.providers.values()]

        def playback(app: Any) -> None:
            for mount in mounts:
                prefix, origin, audience = mount.scope, self.studio, self.audience
                add_playback(app, prefix=prefix, origin=origin, clock=self.clock, audience=audience, spoiler=spoiler)
                add_progressive(app, prefix=prefix, origin=origin, audience=audience, spoiler=spoiler)

        return build([control, *mounts], playback=playback)

    def _mount(self, provider: Provider) -> Mount:
        switches = self.switches[provider.name]
        return Mount(
            scope=f"/{provider.name}",
            root=f"/{provider.name}{provider.promise.base_path}",
            operations=provider.operations,
            render=provider.render,
            chain=CLOUD,
            world=self.world,
            journal=self.journal,
            publications=self.publications,
            monitor=self.monitor,
            addresses=self.addresses(provider.name),
            switches=switches,
            identify=provider.identify,
            overlooks=provider.overlooks,
            limits=provider.limits(switches),
            body_limit=self.settings.body_limit,
        )

    def _journal_move(self, moved: StreamMoved) -> None:
        stream = moved.stream
        self.journal.write(
            "move",
            f"{stream.name}: {moved.origin} to {stream.state} ({moved.reason})",
            cloud=stream.cloud,
            tenant=stream.tenant,
            stream=stream.id,
            origin=moved.origin.value,
            state=stream.state.value,
            reason=moved.reason,
            words=moved.words,
            publication=stream.publication,
        )

    def _trouble(self, error: Exception) -> None:
        self.journal.write(
            "trouble", f"a timer failed: {error!r}", traceback="".join(traceback.format_exception(error))
        )

    def _tls_context(self) -> ssl.SSLContext:
        return self.media.tls_context()  # the room opens after the server's ports

    def _http_trouble(self, error: Exception) -> None:
        self.journal.write(
            "trouble", f"a connection failed: {error!r}", traceback="".join(traceback.format_exception(error))
        )


def _read_switches(settings: Settings, providers: Mapping[str, Provider]) -> dict[str, Any]:
    unknown = set(settings.switches) - set(providers)
    if unknown:
        raise SettingError(f"no cloud is called {', '.join(sorted(unknown))}; there is {', '.join(providers)}")
    switches: dict[str, Any] = {}
    for name, provider in providers.items():
        given = dict(settings.switches.get(name, {}))
        known = {field.name for field in msgspec.inspect.type_info(provider.switch_type).fields}  # type: ignore[attr-defined] # a record type has fields
        if set(given) - known:
            wrong = ", ".join(sorted(set(given) - known))
            raise SettingError(f"{name} has no switch {wrong}; it has {', '.join(sorted(known))}")
        try:
            switches[name] = msgspec.convert(
                given, provider.switch_type, strict=False, dec_hook=lambda kind, text: kind(text)
            )
        except msgspec.ValidationError as error:
            raise SettingError(f"a switch of {name} cannot have that value: {error}") from error
    return switches


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
