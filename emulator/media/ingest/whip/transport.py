"""The asyncio end of WHIP: one UDP port for all sessions, each between a visit and its publisher.

A session is found by the name that its STUN is told by, and from then on by where that came from. The port has one
timer, which runs while there are sessions. What belongs to none costs one look and is forgotten.
"""

import socket
from asyncio import TimerHandle
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from offair.emulator.core.ports import Knock, Reason, Refused
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.visit import House, Visit
from offair.emulator.media.ingest.whip.session import Session
from offair.emulator.media.ingest.whip.stun import BindingRequest, is_stun

TICK = 0.02  # seconds
LONGEST = 2048  # bytes of a datagram
AGAIN = 0.1  # seconds after a goodbye, which is a datagram that may be lost
MOST_AT_ONCE = 64  # datagrams that are read before the loop does something else
MOST_PATHS = 8  # addresses from which one session is heard
Address = tuple[Any, ...]  # as the socket gives it
Verdict = Future[Refused | None]
Taken = TypeVar("Taken")


class WhipPort:
    """Hears every datagram of a bound UDP socket and brings it to its session; closed by :meth:`close`.

    Every method runs in the loop. ``sessions`` are the ids of those that run, for whoever looks from elsewhere.
    """

    def __init__(self, house: House, bound: socket.socket, sessions: set[str]) -> None:
        self._house = house
        self._socket = bound
        self._sessions = sessions
        self._connections: dict[str, WhipConnection] = {}  # by the name that STUN has
        self._paths: dict[Address, WhipConnection] = {}
        self._timer: TimerHandle | None = None
        bound.settimeout(0.0)
        house.loop.add_reader(bound, self._read)

    def admit(self, session: Session, knock: Knock, verdict: Verdict) -> None:
        """Have a publisher judged; the verdict is a refusal, or None once it may come."""
        if not self._house.make_room():
            words = f"more than {self._house.most} encoders are connected; end one of them"
            verdict.set_result(Refused(Reason.OUT_OF_ROOM, words))
            return
        WhipConnection(self._house, self, session, knock, verdict)

    def expect(self, connection: "WhipConnection") -> None:
        """Hear a session from now on."""
        self._connections[connection.session.ufrag] = connection
        self._sessions.add(connection.session.id)
        if self._timer is None:
            self._timer = self._house.loop.call_later(TICK, self._tick)

    def hang_up(self, session: str) -> None:
        """End a session that its publisher wants to end."""
        for connection in tuple(self._connections.values()):
            if connection.session.id == session:
                connection.part()

    def say(self, session: str, payload: bytes) -> None:
        """Say something in a session's stream, in a data message."""
        for connection in tuple(self._connections.values()):
            if connection.session.id == session:
                connection.say(payload)

    def forget(self, connection: "WhipConnection") -> None:
        """Know a session no more."""
        self._connections.pop(connection.session.ufrag, None)
        self._sessions.discard(connection.session.id)
        for path in [path for path, other in self._paths.items() if other is connection]:
            del self._paths[path]

    def send(self, datagram: bytes, address: Address) -> None:
        """Send a datagram, or lose it when the system will not take it: RTP lives with losses."""
        with suppress(OSError):
            self._socket.sendto(datagram, address)

    def close(self) -> None:
        """Let go of the port; the visits have ended before."""
        self._house.loop.remove_reader(self._socket)
        if self._timer is not None:
            self._timer.cancel()
        self._socket.close()

    def _read(self) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, address = self._socket.recvfrom(LONGEST)
            except OSError:  # nothing is left, or a publisher's port is closed, which its silence will tell
                return
            self._receive(datagram, address)

    def _receive(self, datagram: bytes, address: Address) -> None:
        if is_stun(datagram):
            request = BindingRequest.read(datagram)
            connection = self._connections.get(request.receiver) if request else None
            if request is not None and connection is not None and connection.greet(request, address):
                self._note_path(connection, address)
            return
        connection = self._paths.get(address)
        if connection is not None:
            connection.receive(datagram)

    def _note_path(self, connection: "WhipConnection", address: Address) -> None:
        if self._paths.get(address) is connection:
            return
        self._paths[address] = connection
        known = [path for path, other in self._paths.items() if other is connection]
        if len(known) > MOST_PATHS:
            del self._paths[known[0]]

    def _tick(self) -> None:
        for connection in tuple(self._connections.values()):
            connection.tick()
        self._timer = self._house.loop.call_later(TICK, self._tick) if self._connections else None


class WhipConnection:
    """One publisher, from its offer on. Fills ``Wire``.

    Nothing slows WebRTC, so while it is paused its tags are dropped, and then a key frame is asked for.
    """

    def __init__(self, house: House, port: WhipPort, session: Session, knock: Knock, verdict: Verdict) -> None:
        self.session = session
        self._house = house
        self._port = port
        self._verdict = verdict
        self._is_accepted = False
        self._reached = 0  # the time of what came last, in ms
        self._is_paused = False
        self._is_gone = False
        self._visit = Visit(house, self, knock.peer)
        self._visit.knock(knock)

    def greet(self, request: BindingRequest, address: Address) -> bool:
        """Take a STUN request; False for one that is not its publisher's."""
        return self._pass(lambda now: self.session.greet(request, address, now))

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from the publisher."""
        self._feed(lambda now: self.session.receive(datagram, now))

    def tick(self) -> None:
        """Do what is due."""
        self._feed(self.session.tick)
        for words in self.session.flaws(self._house.loop.time()):
            self._house.on_problem(self._visit.peer, words)

    def say(self, payload: bytes) -> None:
        """Put a data message into the stream, where that has come to."""
        self._feed(lambda _now: [Tag(TagKind.SCRIPT, self._reached, payload)])

    def part(self) -> None:
        """End it as its publisher asked for, by DELETE or by a goodbye."""
        self._port.forget(self)
        self._visit.leave(is_clean=True)
        self.abort()

    def accept(self) -> None:
        """Let the publisher come: it gets its answer now."""
        self._is_accepted = True
        self._port.expect(self)
        self._settle(None)

    def refuse(self, refused: Refused) -> None:
        """Refuse the offer in words, or end what runs without any: DTLS has a goodbye, and no reasons."""
        if not self._settle(refused):
            self.session.close()
            self._flush()

    def pause(self) -> None:
        """Drop what comes from now on."""
        self._is_paused = True

    def resume(self) -> None:
        """Take what comes again, from a key frame on."""
        self._is_paused = False
        self.session.want_key()

    def relax(self) -> None:
        """Go on as before: packets must be asked for again in time."""

    def finish(self) -> float:
        """Stay until the goodbye is said again."""
        return AGAIN

    def abort(self) -> None:
        """Disconnect at once."""
        if self._is_gone:
            return
        self._is_gone = True
        self._settle(Refused(Reason.NOT_ACCEPTING, "the server is closing"))
        self.session.close()
        self._flush()
        self._port.forget(self)
        self._house.loop.call_soon(self._visit.vanish)

    def _settle(self, verdict: Refused | None) -> bool:
        """Tell whoever waits; False when that has been told."""
        if self._verdict.done():
            return False
        self._verdict.set_result(verdict)
        return True

    def _feed(self, take: Callable[[float], list[Tag]]) -> None:
        tags = self._pass(take)
        if tags and not self._is_paused:
            self._reached = tags[-1].timestamp
            self._visit.feed(tags)
        if self.session.is_over and not self._is_gone:
            if self.session.trouble is not None:
                self._visit.fail(self.session.trouble)
            else:
                self.part()

    def _pass(self, take: Callable[[float], Taken]) -> Taken:
        heard = self.session.heard
        taken = take(self._house.loop.time())
        if self.session.heard != heard:
            self._visit.hear()
        self._flush()
        return taken

    def _flush(self) -> None:
        for datagram, address in self.session.outgoing():
            self._port.send(datagram, address)
