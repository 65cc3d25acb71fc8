"""The asyncio end of an RTMP connection: a session between a socket and a visit."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from offair.emulator.core.ports import Knock, Refused
from offair.emulator.core.showing import Parting
from offair.emulator.core.tls import STEP
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp.playing import NOT_FOUND, PLAY_FAILED
from offair.emulator.media.ingest.rtmp.session import (
    PlayRequested,
    PublishRequested,
    Session,
    SessionEvent,
    Unpublished,
)
from offair.emulator.media.ingest.spectator import Spectator
from offair.emulator.media.ingest.tls import Envelope
from offair.emulator.media.ingest.visit import House, Visit

MOST_UNSENT = 1 << 20  # bytes of answers that a client may leave unread
MOST_UNSEEN = 1 << 24  # and with what is shown to it: a fragment may be large, and who shows it counts what waits
LINGER = 2.0  # seconds in which who was sent away may read why; most go as soon as they did
IN_FLIGHT = 1 << 16  # bytes that the system keeps for who plays: what waits there nobody sees, and it is late

CODES = {Parting.ABSENT: NOT_FOUND, Parting.REFUSED: PLAY_FAILED}


class RtmpConnection(asyncio.Protocol):
    """Carries bytes between a socket and a session, and what the session tells to a visit. Fills ``Wire``, ``Canvas``.

    With an ``envelope`` the bytes of the socket are TLS, and the protocol is RTMPS.
    """

    _transport: asyncio.Transport
    _visit: Visit
    _descriptor: int

    def __init__(self, house: House, session: Session, *, envelope: Envelope | None = None) -> None:
        self._house = house
        self._session = session
        self._envelope = envelope
        self._has_begun = False  # to send pictures or sound
        self._is_relaxed = False
        self._is_held = False
        self._has_finished = False
        self._most_unsent = MOST_UNSENT

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a visit; one too many is sent off at once. asyncio has set TCP_NODELAY already."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"RTMP runs over a stream, not over {transport!r}")
        self._transport = transport
        wire = transport.get_extra_info("socket")
        if wire is not None:
            self._descriptor = wire.fileno()
            with suppress(OSError):  # macOS refuses it of who is gone already, as reading will tell
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        has_room = self._house.make_room()
        self._visit = Visit(self._house, self, _peer(transport))
        if not has_room:
            self._visit.fail(f"more than {self._house.most} connections; this one is closed")

    def data_received(self, data: bytes) -> None:
        """Let the session read; hostile bytes end the connection and are reported in one line."""
        if self._has_finished:
            return
        if not self._has_begun:  # till then whoever takes the media misses it; then who trickles is as good as silent
            self._visit.hear()
        self._advance(lambda: self._session.receive(self._open(data)))
        if self._envelope is not None and self._envelope.has_ended:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """End the visit, if a goodbye did not end it before."""
        self._house.gulps.leave(self._gulp)
        if self._envelope is not None and self._envelope.was_left:
            words = f"the encoder went after the TLS handshake; if it does not trust the certificate, {STEP}"
            self._house.on_problem(self._visit.peer, words)
        self._visit.vanish()

    def accept(self) -> None:
        """Answer a publish, and take what came meanwhile; who plays is answered by what is shown."""
        if self._most_unsent == MOST_UNSENT:
            self._advance(self._session.accept)

    def show(self, tags: Sequence[Tag]) -> int:
        """Send what is shown to who plays, and tell how many bytes its peer has not taken."""
        if self._transport.is_closing():
            return 0
        self._session.show(tags)
        self._flush()
        return self._transport.get_write_buffer_size()

    def over(self, ending: Parting, words: str) -> None:
        """Tell who plays that nothing follows, and part; who takes nothing is cut off."""
        if ending is Parting.SLOW:
            self.abort()
            return
        if ending is Parting.OVER:
            self._session.finish()
        else:
            self._session.refuse(words, code=CODES[ending])
        self._flush()
        self._visit.part()

    def refuse(self, refused: Refused) -> None:
        """Answer the publish with an error."""
        self._session.refuse(refused.text)
        self._flush()
        self._read_at_once()  # until it closes: whoever closes over unread bytes takes back what was just said

    def pause(self) -> None:
        """Let TCP slow the encoder."""
        self._is_held = True
        self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        self._is_held = False
        if not self._is_relaxed:
            self._transport.resume_reading()

    def relax(self) -> None:
        """Read in gulps: a system call and a switch of threads for every tag is most of what a stream costs."""
        if not (self._is_relaxed or self._transport.is_closing()):
            self._is_relaxed = True
            self._transport.pause_reading()  # for good: the poller looks no more
            self._house.gulps.join(self._gulp, self._swallow)

    def finish(self) -> float:
        """Close our half, and read on unheard: an encoder that sends to a closed port never reads why it was."""
        self._part()
        with suppress(OSError):  # it is gone already, and nobody looked yet
            self._transport.write_eof()
        return LINGER

    def abort(self) -> None:
        """Disconnect at once."""
        self._part()
        self._transport.abort()

    def _part(self) -> None:
        if self._envelope is not None and not (self._has_finished or self._transport.is_closing()):
            self._transport.write(self._envelope.close())
        self._has_finished = True

    def _gulp(self) -> bytes | None:
        """Read what came since the last tick; the end is left to asyncio, which finds it again."""
        if self._is_held or self._transport.is_closing():
            return None
        try:
            return self._house.gulps.read(self._descriptor)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _swallow(self, data: bytes) -> None:
        if not data:
            self._read_at_once()
            return
        try:
            self.data_received(data)
        except Exception as error:  # noqa: BLE001 - a bug must not reach the encoders that are read with this one
            self._visit.fail(f"what came could not be read: {error!r}")

    def _read_at_once(self) -> None:
        """Relax no more."""
        self._house.gulps.leave(self._gulp)
        if self._is_relaxed and not (self._is_held or self._transport.is_closing()):
            self._transport.resume_reading()
        self._is_relaxed = False

    def _open(self, data: bytes) -> bytes:
        return data if self._envelope is None else self._envelope.open(data)

    def _advance(self, step: Callable[[], list[SessionEvent]]) -> None:
        try:
            events = step()
        except ProtocolError as error:
            self._flush()  # what TLS has to say about it, and an answer that was on its way
            self._visit.fail(str(error))
            return
        self._flush()
        self._tell(events)
        if self._session.wants_close:
            self._visit.part()

    def _tell(self, events: list[SessionEvent]) -> None:
        """Tell the visit what happened: media first, all of it at once, as only a goodbye comes behind it."""
        tags = [event for event in events if isinstance(event, Tag)]
        if tags:
            if any(tag.kind is not TagKind.SCRIPT for tag in tags):
                self._has_begun = True
                self._visit.hear()
            self._visit.feed(tags)
        for event in events:
            if isinstance(event, PublishRequested):
                self._visit.knock(self._knock(event))
            elif isinstance(event, PlayRequested):
                self._play(event)
            elif isinstance(event, Unpublished):
                self._visit.leave(is_clean=True)

    def _knock(self, event: PublishRequested | PlayRequested) -> Knock:
        return Knock(
            protocol="rtmp" if self._envelope is None else "rtmps",
            app=event.app,
            name=event.name,
            peer=self._visit.peer,
            query=event.query,
            page=event.page if isinstance(event, PlayRequested) else "",
        )

    def _play(self, event: PlayRequested) -> None:
        self._most_unsent = MOST_UNSEEN
        wire = self._transport.get_extra_info("socket")
        if wire is not None:
            with suppress(OSError):  # it is closed already
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_FLIGHT)
        spectator, knock, screen = Spectator(self._house.loop, self), self._knock(event), self._house.screen
        self._visit.watch(lambda: spectator.begin(lambda: screen.show(knock, spectator)), knock)

    def _flush(self) -> None:
        if self._has_finished:
            return
        data = self._session.outgoing()
        if self._envelope is not None:
            data = self._envelope.seal(data)
        if data:
            self._transport.write(data)
        if self._transport.get_write_buffer_size() > self._most_unsent:
            self._visit.fail("the client asks and never reads the answers; the connection is closed")


def _peer(transport: asyncio.Transport) -> str:
    address = transport.get_extra_info("peername")
    if not isinstance(address, tuple) or len(address) < 2:
        return "unknown"
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
