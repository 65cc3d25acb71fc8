"""Where encoders connect: one asyncio loop in one thread, and a thread for each encoder that is being judged.

The loop only moves bytes and sets deadlines. What a protocol is like stays in its package; whatever protocol
comes next gets its listener in the same loop and ends at the same ``Visit``, as RTMP and SRT do.
"""

import asyncio
import errno
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Self

from offair.emulator.core.clock import monotonic
from offair.emulator.core.ports import Screen
from offair.emulator.media.ingest.judges import Judges
from offair.emulator.media.ingest.reception import Reception
from offair.emulator.media.ingest.rtmp.session import Session
from offair.emulator.media.ingest.rtmp.transport import RtmpConnection
from offair.emulator.media.ingest.spectator import DarkScreen
from offair.emulator.media.ingest.srt.crypto import Passphrase
from offair.emulator.media.ingest.srt.handshake import Listener
from offair.emulator.media.ingest.srt.transport import SrtPort
from offair.emulator.media.ingest.tls import Envelope
from offair.emulator.media.ingest.visit import House
from offair.emulator.media.ingest.whip.door import WhipDoor

BACKLOG = 128
RECEIVE_BUFFER = 8 << 20  # bytes that UDP may hold while the loop is busy; the system may allow less
# seconds that close() waits for encoders to read why, and for a verdict, which is given up then, with what comes of it
CLOSING = 1.0
KINDS = {"RTMP": socket.SOCK_STREAM, "RTMPS": socket.SOCK_STREAM, "SRT": socket.SOCK_DGRAM, "WHIP": socket.SOCK_DGRAM}
Sockets = Mapping[str, socket.socket]
Ask = Callable[[], Future[ssl.SSLContext]]


class CannotListenError(OSError):
    """A port of the ingest cannot be opened; the message names it and the next step."""


class Edge:
    """Listens for RTMP on ``host``:``port`` (0 takes a free port) between :meth:`start` and :meth:`close`.

    With an ``srt_port`` (0 as above) it listens for SRT as well, over UDP; with an ``srt_passphrase`` of 10 to 79
    bytes for encrypted SRT only. With a ``certificate``, which is asked for what to show when somebody knocks there
    first, it listens for RTMP within TLS on ``rtmps_port``. With a ``whip_port`` it takes the media of WHIP there, over
    UDP, once an offer was brought to :attr:`whip`; an answer tells publishers to come to ``shown_host`` where ``host``
    is every address.
    ``reception`` judges and takes the media, ``screen`` is where players of RTMP come. ``random_bytes`` feeds
    handshakes. ``stale_after`` and ``patience`` are real seconds: without a byte after a publish, and from connection
    to publish. ``on_problem(peer, words)`` hears of every connection that ended badly; it comes from the loop thread.
    There are at most ``most`` connections: for one more an older one goes that has not said what it wants.
    """

    def __init__(
        self,
        host: str,
        port: int,
        reception: Reception,
        *,
        random_bytes: Callable[[int], bytes],
        on_problem: Callable[[str, str], None],
        stale_after: float = 15.0,
        patience: float = 10.0,
        most: int = 512,
        srt_port: int | None = None,
        srt_passphrase: str | None = None,
        rtmps_port: int = 0,
        certificate: Ask | None = None,
        whip_port: int | None = None,
        shown_host: str = "127.0.0.1",
        screen: Screen | None = None,
    ) -> None:
        self._host = host
        wanted = {"RTMP": port, "RTMPS": rtmps_port if certificate else None, "SRT": srt_port, "WHIP": whip_port}
        self._ports = {protocol: number for protocol, number in wanted.items() if number is not None}
        self._certificate = certificate
        self._reception = reception
        self._screen = screen or DarkScreen()
        self._random_bytes = random_bytes
        self._on_problem = on_problem
        self._stale_after = stale_after
        self._patience = patience
        self._most = most
        self._passphrase = None if srt_passphrase is None else Passphrase(srt_passphrase)
        self.whip = WhipDoor(host, shown_host, random_bytes=random_bytes)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port that is listened on for RTMP, once started."""
        return self._ports["RTMP"]

    @property
    def rtmps_port(self) -> int | None:
        """The port that is listened on for RTMPS, once started; None when there is none."""
        return self._ports.get("RTMPS")

    @property
    def srt_port(self) -> int | None:
        """The port that is listened on for SRT, once started; None when there is none."""
        return self._ports.get("SRT")

    @property
    def whip_port(self) -> int | None:
        """The port that the media of WHIP comes to, once started; None when there is none."""
        return self._ports.get("WHIP")

    def start(self) -> Self:
        """Open the ports and answer on them; CannotListenError when that is impossible."""
        with self._lock:
            if self._thread is not None:
                raise RuntimeError("this edge runs already; close it before it is started again")
            sockets = self._open()
            if "WHIP" in sockets:
                self.whip.begin(sockets["WHIP"])
            self._loop = _Loop()
            self._closing = asyncio.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._loop, self._closing, sockets), name="offair-ingest", daemon=True
            )
            self._thread.start()
        return self

    def close(self) -> None:
        """Turn every encoder away, let go of the port and end the threads; twice is fine."""
        with self._lock:
            if self._thread is None or self._loop is None or self._closing is None:
                return
            with suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()
            self._thread = self._loop = self._closing = None

    def _open(self) -> Sockets:
        with ExitStack() as opening:
            sockets = {
                protocol: opening.enter_context(_listen(self._host, port, protocol))
                for protocol, port in self._ports.items()
            }
            opening.pop_all()
        self._ports = {protocol: listener.getsockname()[1] for protocol, listener in sockets.items()}
        return sockets

    def _run(self, loop: asyncio.AbstractEventLoop, closing: asyncio.Event, sockets: Sockets) -> None:
        judges = Judges()
        house = House(
            loop=loop,
            judges=judges,
            reception=self._reception,
            screen=self._screen,
            patience=self._patience,
            stale_after=self._stale_after,
            most=self._most,
            on_problem=self._on_problem,
        )
        loop.set_exception_handler(self._report)
        try:
            loop.run_until_complete(self._serve(house, closing, sockets))
        finally:
            judges.close()
            loop.close()

    async def _serve(self, house: House, closing: asyncio.Event, sockets: Sockets) -> None:
        loop = house.loop
        servers = [await loop.create_server(lambda: self._answer(house), sock=sockets["RTMP"], backlog=BACKLOG)]
        opening: asyncio.Task[None] | None = None
        if self._certificate is not None:
            opening = loop.create_task(self._open_secure(house, sockets["RTMPS"], self._certificate, servers))
        port = self._answer_srt(house, sockets["SRT"]) if "SRT" in sockets else None
        self.whip.serve(house)
        await closing.wait()
        if opening is not None:
            opening.cancel()
            await asyncio.wait({opening})
        for server in servers:
            server.close()
        if opening is not None:
            sockets["RTMPS"].close()  # as its server did, if it came to that
        await self._see_off(house)
        self.whip.close()
        if port is not None:
            port.close()

    async def _open_secure(self, house: House, bound: socket.socket, ask: Ask, servers: list[asyncio.Server]) -> None:
        """Answer RTMPS from the first knock on; the system lets that wait while the certificate is made."""
        await _readable(house.loop, bound)
        try:
            context = await asyncio.wrap_future(ask())
        except Exception as error:  # noqa: BLE001 - whatever it is, the other protocols are served on
            self._on_problem("ingest", f"RTMPS is not served, for want of a certificate: {error!r}")
            bound.close()
            return
        answer = lambda: self._answer(house, Envelope(context))  # noqa: E731 - a factory, as asyncio wants one
        servers.append(await house.loop.create_server(answer, sock=bound, backlog=BACKLOG))

    async def _see_off(self, house: House) -> None:
        for visit in tuple(house.visits):
            visit.evict("the server is closing")
        if house.visits:
            with suppress(TimeoutError):
                await asyncio.wait_for(house.emptied.wait(), CLOSING)
        for visit in house.visits:
            if visit.is_asking:
                self._on_problem(visit.peer, f"no verdict within {CLOSING:g} s of closing; the encoder is given up")
            visit.abandon()
        settled = house.loop.create_future()
        house.loop.call_soon(settled.set_result, None)
        await settled  # verdicts that came at the last moment are settled before it

    def _answer(self, house: House, envelope: Envelope | None = None) -> RtmpConnection:
        session = Session(self._random_bytes)
        return RtmpConnection(house, session, envelope=envelope)

    def _answer_srt(self, house: House, bound: socket.socket) -> SrtPort:
        listener = Listener(self._random_bytes, self._passphrase)
        return SrtPort(house, bound, listener, random_bytes=self._random_bytes)

    def _report(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._on_problem("ingest", f"{context.get('message')}: {context.get('exception')!r}")


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose patience is counted in real seconds, whatever a test does to Python's clocks."""

    def time(self) -> float:
        return monotonic()


def is_port_free(host: str, port: int, protocol: str) -> bool:
    """Say whether a protocol (RTMP, RTMPS, SRT, WHIP) could listen there now."""
    try:
        _listen(host, port, protocol).close()
    except CannotListenError:
        return False
    return True


def _listen(host: str, port: int, protocol: str) -> socket.socket:
    kind = KINDS[protocol]
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
        if kind is socket.SOCK_STREAM:
            return socket.create_server(address[:2], family=family, backlog=BACKLOG)
        return _bind(family, address)
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        why = "another program listens there" if is_taken else error.strerror or str(error)
        step = "stop it, or choose another port (0 takes a free one)" if is_taken else "choose another host or port"
        words = f"the {protocol} ingest cannot listen on {host} port {port}: {why}; {step}"
        raise CannotListenError(error.errno, words) from error


async def _readable(loop: asyncio.AbstractEventLoop, bound: socket.socket) -> None:
    knocked = asyncio.Event()
    loop.add_reader(bound, knocked.set)
    try:
        await knocked.wait()
    finally:
        loop.remove_reader(bound)


def _bind(family: int, address: tuple[Any, ...]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        _widen(bound)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _widen(bound: socket.socket) -> None:
    """Ask for a large buffer: Linux gives what it may, and others refuse what is too much for them."""
    for halvings in range(6):
        with suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER >> halvings)
            return
