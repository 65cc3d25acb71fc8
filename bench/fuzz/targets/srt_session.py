"""Datagrams to an SRT session: every payload at most once and in order, answers and memory in bounds."""

import struct

from offair.emulator.media.ingest.srt.packets import HEADER, LONGEST, MASK, Control
from offair.emulator.media.ingest.srt.packets import ControlType as Kind
from offair.emulator.media.ingest.srt.session import Session, Terms

FIRST = MASK - 3  # numbers wrap soon
TICK = 0.01
MOST_OUT = 4  # datagrams to one that came, or to a tick


def _data(number: int) -> bytes:
    return struct.pack(">IIII", (FIRST + number) & MASK, 0xE0000000, 0, 5) + b"\x47" * 8


def _control(kind: Kind, *, subkind: int = 0, info: int = 0, body: bytes = b"") -> bytes:
    return Control(kind=kind, subkind=subkind, info=info, destination=5, body=body).to_bytes()


def _said(*datagrams: bytes) -> bytes:
    return b"".join(struct.pack(">BH", 3, len(datagram)) + datagram for datagram in datagrams)


DROP = _control(Kind.DROP_REQUEST, body=struct.pack(">II", FIRST, (FIRST + 9) & MASK))
SEEDS = (
    _said(*(_data(number) for number in (0, 1, 3, 2, 5, 5, 9))),
    _said(_data(4), DROP, _data(12), _control(Kind.ACKACK, info=1), _control(Kind.KEEPALIVE), _data(9000)),
    _said(_data(0), _control(Kind.EXTENSION, subkind=3, body=bytes(40)), _control(Kind.SHUTDOWN), _data(1)),
)


def consume(data: bytes) -> None:
    """A list of ticks to wait, a length, and a datagram of that length."""
    now, at = 100.0, 0
    session = Session(Terms(peer_socket=9, first=FIRST, latency=0.12), now)
    while at + 3 <= len(data):
        ticks, length = struct.unpack_from(">BH", data, at)
        datagram = data[at + 3 : at + 3 + length % LONGEST]
        at += 3 + len(datagram)
        for _ in range(ticks):
            now += TICK
            session.tick(now)
            assert len(session.outgoing()) <= MOST_OUT
        if len(datagram) >= HEADER:
            payloads = session.receive(datagram, now)
            assert all(payloads)
            assert len(session.outgoing()) <= MOST_OUT
    session.shut_down(now)
    assert all(len(out) <= LONGEST for out in session.outgoing())
