"""The media room as a whole: where encoders come in, what runs for them, what is kept, and who pulls and relays."""

import ssl
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from offair.emulator.core.audience import Audience
from offair.emulator.core.chronicle import Chronicle
from offair.emulator.core.ids import Ids
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Archivist, Callboy, Gatekeeper, Piece, Screen
from offair.emulator.core.streams import Stream
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.media.broadcast.equipment import Equipment
from offair.emulator.media.broadcast.monitor import StudioMonitor
from offair.emulator.media.broadcast.studio import Studio
from offair.emulator.media.elsewhere.pulls import Pulls
from offair.emulator.media.elsewhere.relays import Relays
from offair.emulator.media.ingest.certificate import Certificate
from offair.emulator.media.ingest.edge import Edge, is_port_free
from offair.emulator.media.ingest.minting import Mint, mint
from offair.emulator.media.listening.earpieces import Earpieces
from offair.emulator.media.packager.arrivals import Arrivals
from offair.emulator.media.testcard.clips import Clips
from offair.emulator.media.transcoding.ffmpeg import Choice
from offair.emulator.media.transcoding.kit import Kit

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.packager.plan import PackagePlan
    from offair.emulator.media.recording.library import Library
    from offair.emulator.media.transcoding.outlet import Outlet

RTMPS_PORT, SRT_PORT, WHIP_PORT = 1936, 9710, 8189
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, and is no address to call
LAST_MINUTE = 4.0  # seconds that a stop gives to recordings which somebody will look for; the next start goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a user may choose of this room: see the settings of these names."""

    host: str
    shown_host: str
    rtmp_port: int
    rtmps_port: int | None
    srt_port: int | None
    srt_passphrase: str | None
    whip_port: int | None
    allowed_hosts: tuple[str, ...]
    own_certificate: tuple[Path, Path] | None
    media_profile: str
    ffmpeg: Path | None
    stale_after: float


class MediaRoom:
    """Listens from :meth:`start` to the end of its context. OSError when a port is taken; then nothing stays open.

    ``folder`` is for segments, ``recordings`` for what is kept (``is_kept`` when somebody will look for it later), and
    ``tls`` for the local CA. ``gatekeeper`` says who may come in, ``screen`` shows streams to players of RTMP,
    ``callboy`` and ``archivist`` hear what becomes of that. ``time_url`` says where players of a cloud find the time of
    day.
    """

    def __init__(
        self,
        wishes: Wishes,
        *,
        folder: Path,
        recordings: Path,
        is_kept: bool,
        tls: Path,
        world: World,
        timers: Timers,
        journal: Journal,
        gatekeeper: Gatekeeper,
        screen: Screen,
        callboy: Callboy,
        archivist: Archivist,
        audience: Audience,
        time_url: Callable[[str], str],
        mint: Mint = mint,
    ) -> None:
        self._wishes = wishes
        self._world = world
        self._closing = ExitStack()
        choice = Choice(wishes.ffmpeg)
        self._closing.callback(choice.close)
        kit = self._kit = Kit(
            choice=choice,
            clock=world.clock,
            journal=journal,
            profile=wishes.media_profile,
            stale_after=wishes.stale_after,
        )
        relays = Relays(world, kit)
        self._closing.callback(relays.close)
        self._recordings = recordings
        self._archivist = archivist
        self._timers = timers
        self._lock = threading.Lock()
        self._opened: Library | None = None
        self._closing.callback(self._close_library, patience=LAST_MINUTE if is_kept else 0.0)
        earpieces = Earpieces(kit, audience)
        equipment = Equipment(
            kit=kit,
            callboy=callboy,
            arrivals=Arrivals(),
            earpieces=earpieces,
            relays=relays,
            time_url=time_url,
            outlets=(self._open_recorder, self._open_viewfinder),
        )
        self.studio = Studio(world, gatekeeper, folder, equipment, self._find_recorded)
        self.stage = self.origin = self.studio
        self.monitor = StudioMonitor(self.studio.on_air, earpieces, audience)
        self.chronicle = Chronicle(world.clock, timers, on_air=self._list_on_air, numbers=self.monitor.numbers)
        self._certificate = Certificate(
            tls,
            (wishes.host, wishes.shown_host, *wishes.allowed_hosts),
            own=wishes.own_certificate,
            mint=mint,
            tell=lambda words: journal.write("trouble", words),
        )
        self._closing.callback(self._certificate.close)
        self.edge = self._make_edge(screen)
        self._closing.callback(self.edge.close)
        self._closing.callback(self.studio.close)
        self._pulls = Pulls(world, kit, host=self.studio, callboy=callboy)
        self._closing.callback(self._pulls.close)
        self.clips = Clips(
            self._own_url, random_bytes=Ids(None, world.draw).random_bytes, choose_ffmpeg=self._kit.choice.get
        )
        self._closing.callback(self.clips.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def start(self) -> None:
        """Open the ports, and look for an ffmpeg meanwhile."""
        self._kit.choice.begin()
        self.edge.start()
        self.chronicle.begin()

    @property
    def ffmpeg(self) -> dict[str, Any]:
        """Which ffmpeg there is, or that there is none, for whoever starts this room."""
        return self._kit.choice.report()

    def vitals(self) -> list[dict[str, Any]]:
        """Tell what runs for each publication."""
        return [engine.vitals() for engine in self.studio.on_air()]

    def recover(self) -> None:
        """Go on with recordings that a process which is gone, or a state that was replaced, left unfinished."""
        if self._archivist.find():
            self._library().recover()

    def pulling_nothing(self) -> AbstractContextManager[None]:
        """Call no source for a while, whatever a stream wants: for who only simulates broadcasts."""
        return self._pulls.held()

    def end_all(self, reason: str) -> None:
        """End every publication and every pull, and wait until nothing of them runs."""
        self._pulls.end_all()
        self.studio.end_all(reason)

    @property
    def ca_file(self) -> Path | None:
        """Where the certificate of the CA is (or will be) that an RTMPS encoder has to trust.

        None when the user brought a certificate of their own.
        """
        return self._certificate.ca_file

    def tls_context(self) -> ssl.SSLContext:
        """Give what a port of TLS shows to its clients, making it if need be (0.1 s, once)."""
        return self._certificate.begin().result()

    def await_ca_file(self) -> Path | None:
        """Give :attr:`ca_file` when it is there, making it if need be.

        None also when it cannot be made, which whoever knocks is told.
        """
        return None if self._certificate.begin().exception() else self.ca_file

    def _library(self) -> "Library":
        """What is recorded; opened by the first broadcast or player, as a start can do without what it brings.

        Both may come at once, from threads of their own: there is one library all the same.
        """
        from offair.emulator.media.recording.library import Library

        with self._lock:
            if self._opened is None:
                self._opened = Library(
                    self._recordings,
                    world=self._world,
                    archivist=self._archivist,
                    timers=self._timers,
                    kit=self._kit,
                )
            return self._opened

    def _close_library(self, *, patience: float) -> None:
        with self._lock:
            library = self._opened
        if library is not None:
            library.close(patience=patience)

    def _open_recorder(self, stream: Stream, publication: str, plan: "PackagePlan") -> "Outlet | None":
        return self._library().open_recorder(stream, publication, plan)

    def _open_viewfinder(self, stream: Stream, publication: str, plan: "PackagePlan") -> "Outlet | None":
        return self._library().open_viewfinder(stream, publication, plan)

    def _find_recorded(self, stream: str, name: str) -> Piece | None:
        return self._library().find(stream, name)

    def _make_edge(self, screen: Screen) -> Edge:
        wishes = self._wishes
        return Edge(
            wishes.host,
            wishes.rtmp_port,
            self.studio,
            random_bytes=Ids(None, self._world.draw).random_bytes,  # a handshake is no id: a seed does not count it
            stale_after=wishes.stale_after,
            on_problem=self._note_problem,
            srt_port=_port(wishes, "SRT", wishes.srt_port, SRT_PORT),
            srt_passphrase=wishes.srt_passphrase,
            rtmps_port=_port(wishes, "RTMPS", wishes.rtmps_port, RTMPS_PORT),
            certificate=self._certificate.begin,
            whip_port=_port(wishes, "WHIP", wishes.whip_port, WHIP_PORT),
            shown_host=wishes.shown_host,
            screen=screen,
        )

    def _list_on_air(self) -> list[str]:
        return [engine.stream.id for engine in self.studio.on_air()]

    def _own_url(self) -> str:
        """Where the built-in clip goes: this machine, whatever name is shown to others."""
        host = ANYWHERE.get(self._wishes.host, self._wishes.host)
        return f"rtmp://{f'[{host}]' if ':' in host else host}:{self.edge.port}"

    def _note_problem(self, peer: str, words: str) -> None:
        self._kit.journal.write("publication", f"{peer}: {words}", peer=peer)


def _port(wishes: Wishes, protocol: str, wanted: int | None, usual: int) -> int:
    """Where nobody chose, the usual port; a free one where that is taken, or where RTMP has a free one too."""
    if wanted is not None:
        return wanted
    is_usual = wishes.rtmp_port not in {0, usual} and is_port_free(wishes.host, usual, protocol)
    return usual if is_usual else 0
