"""The receiving side of one SRT connection after its handshake: datagrams and time in, payloads and datagrams out.

Source: draft-sharabayko-srt-01, 4.5 (too-late drop), 4.8 (acknowledgements), 4.10 (round-trip time); live mode.
Payloads leave as soon as they are in order: a player's clock is not kept here, so the latency is only the time
that a missing packet has to come again.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from offair.emulator.media.ingest.srt.crypto import Keyring
from offair.emulator.media.ingest.srt.packets import (
    HEADER,
    MASK,
    Control,
    ControlType,
    is_control,
    loss_list,
    read_control,
)
from offair.emulator.media.ingest.srt.window import ReceiveWindow

IDLE = (
    5.0  # seconds without a packet after which the peer is gone; a peer with nothing to say sends a keepalive a second
)
KEEPALIVE = 1.0  # seconds
SHORTEST_NAK = 0.02  # seconds between two reports of the same loss
MOST_UNCONFIRMED = 64  # acknowledgements of which we wait for the ACKACK
LONGEST_LIST = 1400  # bytes
KMREQ, KMRSP = 3, 4  # subkinds of an extension packet: new keys, and the answer
ENCRYPTED = 0x18  # in the fifth byte of data: by which key
BAD_SECRET = (4).to_bytes(4)  # the answer's only word when they cannot be opened
NO_SECRET = (3).to_bytes(4)


class Ending(Enum):
    """How a connection came to its end."""

    GOODBYE = auto()  # the peer's SHUTDOWN
    SILENCE = auto()
    OURS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the handshake settled; ``latency`` is in seconds."""

    peer_socket: int
    first: int
    latency: float
    keyring: Keyring | None = None


class Session:
    """Receives one stream. Every ``now`` is in seconds of a clock that never goes back.

    :meth:`receive` and :meth:`tick` give payloads in order, each once; :meth:`outgoing` gives what is to be sent.
    """

    def __init__(self, terms: Terms, now: float) -> None:
        self._terms = terms
        self._window = ReceiveWindow(terms.first)
        self._began = now
        self._heard = now
        self._spoke = now
        self._out: list[bytes] = []
        self._rtt, self._rtt_variance = 0.1, 0.05  # seconds, until they are measured (4.10)
        self._is_measured = False
        self._ack = 0  # the number of the latest acknowledgement
        self._acknowledged = terms.first
        self._unconfirmed: dict[int, float] = {}  # when an acknowledgement was sent, by its number
        self._reported = now  # when all that was missing was reported, if anything was
        self.ending: Ending | None = None

    @property
    def dropped(self) -> int:
        """How many packets never came, or too late."""
        return self._window.dropped

    @property
    def repeated(self) -> int:
        """How many packets came more than once, or too late."""
        return self._window.repeated

    @property
    def missed(self) -> int:
        """How many packets were missing for a while at least."""
        return self._window.missed

    @property
    def rtt(self) -> float:
        """The round-trip time in seconds."""
        return self._rtt

    def receive(self, datagram: bytes, now: float) -> list[bytes]:
        """Take a packet that has a header; what it cannot mean is ignored."""
        if self.ending:
            return []
        self._heard = now
        if is_control(datagram):
            return self._obey(read_control(datagram), now)
        packets, gap = self._window.take(int.from_bytes(datagram[:4]), datagram, now)
        if gap:
            self._report([number & MASK for number in gap], now)
        return self._open(packets)

    def tick(self, now: float) -> list[bytes]:
        """Do what is due; to be called every 0.01 s. Gives what was held up by packets that came too late."""
        if self.ending:
            return []
        if now - self._heard >= IDLE:
            self.ending = Ending.SILENCE
            return self._open(self._window.close())
        packets = self._window.expire(now - self._terms.latency)
        if not self._window.has_gaps:
            self._reported = now
        elif now - self._reported >= max(SHORTEST_NAK, (self._rtt + 4 * self._rtt_variance) / 2):
            self._reported = now
            self._report(self._window.missing, now)
        self._acknowledge(now)
        if now - self._spoke >= KEEPALIVE:
            self._say(ControlType.KEEPALIVE, now)
        return self._open(packets)

    def outgoing(self) -> list[bytes]:
        """Give the datagrams to send, once."""
        out = self._out
        if out:
            self._out = []
        return out

    def shut_down(self, now: float) -> None:
        """Say goodbye, unless the peer did."""
        if self.ending is not Ending.GOODBYE:
            self._say(ControlType.SHUTDOWN, now)
            self.ending = self.ending or Ending.OURS

    def _obey(self, packet: Control, now: float) -> list[bytes]:
        if packet.kind == ControlType.ACKACK:
            self._measure(packet.info, now)
        elif packet.kind == ControlType.SHUTDOWN:
            self.ending = Ending.GOODBYE
            return self._open(self._window.close())
        elif packet.kind == ControlType.DROP_REQUEST and len(packet.body) >= 8:
            first, last = struct.unpack_from(">II", packet.body)
            return self._open(self._window.give_up(first & MASK, last & MASK))
        elif packet.kind == ControlType.EXTENSION and packet.subkind == KMREQ:
            self._renew_keys(packet.body, now)
        return []

    def _renew_keys(self, material: bytes, now: float) -> None:
        answer = NO_SECRET
        if self._terms.keyring is not None:
            answer = material if self._terms.keyring.renew(material) else BAD_SECRET
        self._say(ControlType.EXTENSION, now, subkind=KMRSP, body=answer)

    def _acknowledge(self, now: float) -> None:
        """Acknowledge what is new, and what the peer may not have heard: at the end of a stream it waits for that."""
        sent = self._unconfirmed.get(self._ack)
        is_unheard = sent is not None and now - sent >= self._rtt + 4 * self._rtt_variance
        if self._window.next == self._acknowledged and not is_unheard:
            return
        self._acknowledged = self._window.next
        self._ack += 1
        self._unconfirmed[self._ack] = now
        if len(self._unconfirmed) > MOST_UNCONFIRMED:
            del self._unconfirmed[next(iter(self._unconfirmed))]
        rtt, variance = int(self._rtt * 1e6), int(self._rtt_variance * 1e6)
        body = struct.pack(">IIII12x", self._acknowledged, rtt, variance, self._window.room)  # speeds: not measured
        self._say(ControlType.ACK, now, info=self._ack, body=body)

    def _measure(self, number: int, now: float) -> None:
        sent = self._unconfirmed.pop(number, None)
        if sent is None:
            return
        rtt = now - sent
        if not self._is_measured:
            self._is_measured = True
            self._rtt, self._rtt_variance = rtt, rtt / 2
        else:
            self._rtt_variance = (3 * self._rtt_variance + abs(rtt - self._rtt)) / 4
            self._rtt = (7 * self._rtt + rtt) / 8

    def _report(self, missing: Iterable[int], now: float) -> None:
        self._say(ControlType.NAK, now, body=loss_list(missing, most=LONGEST_LIST))

    def _say(self, kind: ControlType, now: float, *, subkind: int = 0, info: int = 0, body: bytes = b"") -> None:
        self._spoke = now
        packet = Control(
            kind=kind,
            subkind=subkind,
            info=info,
            timestamp=int((now - self._began) * 1e6),
            destination=self._terms.peer_socket,
            body=body,
        )
        self._out.append(packet.to_bytes())

    def _open(self, packets: list[bytes]) -> list[bytes]:
        """Take the payloads out: of a connection with keys all are encrypted, of one without them none is."""
        keyring = self._terms.keyring
        payloads = []
        for packet in packets:
            kind = packet[4] & ENCRYPTED
            payload: bytes | None = packet[HEADER:]
            if keyring is not None:
                payload = keyring.decrypt(kind >> 3, int.from_bytes(packet[:4]), packet[HEADER:])
            elif kind:
                payload = None
            if payload:  # nothing is left of a packet in the clear, or under an unknown key
                payloads.append(payload)
        return payloads
