"""SRT packets: the header of sixteen bytes, sequence numbers, and lists of losses.

Source: draft-sharabayko-srt-01, section 3 (packets) and appendix A (loss lists).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

HEADER = 16  # bytes
LONGEST = 1500  # bytes of a datagram; what is longer was not sent by SRT
CONTROL = 0x80  # in the first byte: this is no data
MASK = 0x7FFF_FFFF  # sequence numbers have 31 bits
HALF = 0x4000_0000  # two numbers are compared by the shorter way around
FIELDS = struct.Struct(">HHIII")


class ControlType(IntEnum):
    """What a control packet is for (3.2, table 1)."""

    HANDSHAKE = 0
    KEEPALIVE = 1
    ACK = 2
    NAK = 3
    CONGESTION_WARNING = 4
    SHUTDOWN = 5
    ACKACK = 6
    DROP_REQUEST = 7
    PEER_ERROR = 8
    EXTENSION = 0x7FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control packet. ``timestamp`` is in microseconds and wraps; ``info`` means what its kind says."""

    kind: int
    subkind: int = 0
    info: int = 0
    timestamp: int = 0
    destination: int
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Write the packet; a body is padded to 32 bits, and one word is the least that libsrt sends."""
        body = self.body.ljust(max(4, -(-len(self.body) // 4) * 4), b"\0")
        head = FIELDS.pack(0x8000 | self.kind, self.subkind, self.info, self.timestamp & 0xFFFF_FFFF, self.destination)
        return head + body


def is_control(datagram: bytes) -> bool:
    """Whether this is a control packet; otherwise it is data. There must be a header."""
    return bool(datagram[0] & CONTROL)


def destination(datagram: bytes) -> int | None:
    """For whom a packet is: a socket id, 0 for whoever listens; None when the bytes are no packet."""
    return int.from_bytes(datagram[12:16]) if HEADER <= len(datagram) <= LONGEST else None


def read_control(datagram: bytes) -> Control:
    """Read a control packet, of which the header is known to be there."""
    kind, subkind, info, timestamp, receiver = FIELDS.unpack_from(datagram)
    return Control(
        kind=kind & 0x7FFF,
        subkind=subkind,
        info=info,
        timestamp=timestamp,
        destination=receiver,
        body=datagram[HEADER:],
    )


def following(sequence: int) -> int:
    """The next sequence number."""
    return (sequence + 1) & MASK


def distance(start: int, end: int) -> int:
    """How far ``end`` is ahead of ``start``; negative when it is behind."""
    ahead = (end - start) & MASK
    return ahead if ahead < HALF else ahead - MASK - 1


def loss_list(missing: Iterable[int], *, most: int) -> bytes:
    """Write sequence numbers, which come in ascending order, as numbers and ranges of at most ``most`` bytes."""
    words: list[int] = []
    first = last = None
    for sequence in missing:
        if last is not None and sequence == following(last):
            last = sequence
            continue
        words += _range(first, last)
        first = last = sequence
        if 4 * len(words) > most - 16:
            break
    words += _range(first, last)
    return struct.pack(f">{len(words)}I", *words)


def _range(first: int | None, last: int | None) -> tuple[int, ...]:
    if first is None or last is None:
        return ()
    return (first,) if first == last else (0x8000_0000 | first, last)
