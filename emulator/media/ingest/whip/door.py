"""Where an offer is brought: any thread may knock, and gets its answer once the publisher was let in.

What a session needs (TLS, SRTP: a quarter of a second to import) is loaded when the first offer comes.
"""

import socket
import struct
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from offair.emulator.core.ports import Answered, Knock, Reason, Refused
from offair.emulator.core.problems import Malformed
from offair.emulator.core.showing import Cue
from offair.emulator.core.streams import Stream
from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import LONGEST_METADATA
from offair.emulator.media.ingest.visit import VERDICT, House
from offair.emulator.media.ingest.whip import offer as offers

if TYPE_CHECKING:  # heavy: see above
    from offair.emulator.media.ingest.whip.dtls import Identity
    from offair.emulator.media.ingest.whip.session import Session
    from offair.emulator.media.ingest.whip.transport import WhipPort

PROTOCOL = "whip"
LAST_MOMENT = 5.0  # seconds after which a verdict that should be there is not waited for
ELSEWHERE = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): which of our addresses leads to others? Nothing is sent there
CLOSED = Refused(Reason.NOT_ACCEPTING, "the server does not take encoders now")


class WhipDoor:
    """Fills ``ports.Whip``. ``host`` is listened on, and ``shown_host`` is what printed URLs carry."""

    def __init__(self, host: str, shown_host: str, *, random_bytes: Callable[[int], bytes]) -> None:
        self._hosts = host, shown_host
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._identity: Identity | None = None
        self._number = 0  # of the port
        self._house: Future[House] | None = None
        self._socket: socket.socket | None = None
        self._candidates: Sequence[tuple[str, int]] = ()  # found when they are needed first: that may ask a name server
        self._port: WhipPort | None = None  # made by the first offer, and used in the loop alone
        self._sessions: set[str] = set()
        self._verdicts: set[Future[Refused | None]] = set()

    def begin(self, bound: socket.socket) -> None:
        """Take offers from now on, whose media comes to a bound UDP socket; they wait until the loop runs."""
        self._candidates, self._number = (), bound.getsockname()[1]
        self._house, self._socket = Future(), bound

    def serve(self, house: House) -> None:
        """Bring offers to a house; in its loop, and after :meth:`begin` unless there is no WHIP."""
        if self._house is not None:
            self._house.set_result(house)

    def close(self) -> None:
        """Take no more offers, and let go of the socket; the visits have ended before. In the loop."""
        self._house = None
        for verdict in tuple(self._verdicts):
            if not verdict.done():
                verdict.set_result(CLOSED)
        if self._port is not None:
            self._port.close()
        elif self._socket is not None:
            self._socket.close()
        self._port = self._socket = None

    def open(self, stream: Stream, offer: str, *, app: str = "", peer: str = "", query: str = "") -> Answered | Refused:
        """Answer an offer to publish to a stream, once its cloud lets the publisher in: that may take seconds.

        Malformed for what is no offer, Unusable for one of which nothing can be taken.
        """
        read = offers.read(offer)
        served = self._house
        if served is None:
            return CLOSED
        from offair.emulator.media.ingest.whip.session import Session

        identity, candidates = self._own()
        session = Session(read, identity, candidates=candidates, random_bytes=self._random_bytes)
        knock = Knock(protocol=PROTOCOL, app=app or stream.app, name=stream.key, peer=peer, query=query)
        verdict: Future[Refused | None] = Future()
        self._verdicts.add(verdict)
        try:
            house = served.result(LAST_MOMENT)
            house.loop.call_soon_threadsafe(self._admit, house, session, knock, verdict)
            refused = verdict.result(VERDICT + LAST_MOMENT)
        except (RuntimeError, TimeoutError):  # the loop is closed, or hangs
            return CLOSED
        finally:
            self._verdicts.discard(verdict)
        return Answered(session=session.id, sdp=session.answer) if refused is None else refused

    def say(self, session: str, cue: Cue) -> bool:
        """Have something said in a session's stream; False for none, Malformed for what RTMP has no way for."""
        payload = _written(cue)
        served = self._house
        if session not in self._sessions or served is None:
            return False
        with suppress(RuntimeError):  # the loop is closed, and so is the session
            served.result().loop.call_soon_threadsafe(self._say, session, payload)
        return True

    def end(self, session: str) -> bool:
        """End a session as its publisher wants it; False when there is none."""
        served = self._house
        with self._lock:
            if session not in self._sessions or served is None:
                return False
            self._sessions.discard(session)
        with suppress(RuntimeError):  # the loop is closed, and so is the session
            served.result().loop.call_soon_threadsafe(self._hang_up, session)
        return True

    def _admit(self, house: House, session: "Session", knock: Knock, verdict: "Future[Refused | None]") -> None:
        if self._house is None or self._socket is None:
            if not verdict.done():
                verdict.set_result(CLOSED)
            return
        if self._port is None:
            from offair.emulator.media.ingest.whip.transport import WhipPort

            self._port = WhipPort(house, self._socket, self._sessions)
        self._port.admit(session, knock, verdict)

    def _hang_up(self, session: str) -> None:
        if self._port is not None:
            self._port.hang_up(session)

    def _say(self, session: str, payload: bytes) -> None:
        if self._port is not None:
            self._port.say(session, payload)

    def _own(self) -> "tuple[Identity, Sequence[tuple[str, int]]]":
        """Give what all sessions share: who we are, and where we are reached."""
        from offair.emulator.media.ingest.whip.dtls import make_identity

        with self._lock:
            self._identity = self._identity or make_identity()
            self._candidates = self._candidates or [(host, self._number) for host in reachable(*self._hosts)]
            return self._identity, self._candidates


def reachable(host: str, shown_host: str) -> Sequence[str]:
    """Name the addresses at which publishers reach a host that is listened on, the likeliest first.

    Where it is every address, that is what URLs show, this machine's own and the one that leads to others: some
    publishers cannot send from the loopback.
    """
    if host and not _is_any(host):
        return _numeric(host)[:1] or ["127.0.0.1"]
    found = [*_numeric(shown_host)[:1], "127.0.0.1"]
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(ELSEWHERE)
        found.append(asking.getsockname()[0])
    return list(dict.fromkeys(found))


def _written(cue: Cue) -> bytes:
    """Write a data message's content; Malformed where AMF0 has no form for it, or nobody would read it to its end."""
    try:
        payload = amf0.encode(cue.name, cue.content)
    except (ValueError, OverflowError, struct.error) as error:
        raise Malformed(f"this cannot be said in a stream: {error}") from error
    if len(payload) > LONGEST_METADATA:
        raise Malformed(f"what is said in a stream has at most {LONGEST_METADATA:,} bytes; this has {len(payload):,}")
    return payload


def _is_any(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _numeric(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [str(address[0]) for *_, address in found if not _is_any(str(address[0]))]
