"""RTCP: what a sender reports is read, and what a receiver reports and asks for is written.

Source: RFC 3550, section 6.4; RFC 4585, section 6 (NACK, PLI); draft-alvestrand-rmcat-remb-03.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SENDER_REPORT, RECEIVER_REPORT, TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 205, 206
NACK, PLI, APPLICATION = 1, 1, 15  # formats of feedback
VERSION = 0x80
NTP_UNIT = 1 << 32  # of a second
MOST_PAIRS = 200  # of a NACK, which has to fit into a datagram
REACH = 16  # packets that a pair names behind its first


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderReport:
    """What a sender says of a source: at ``wall``, seconds of its own clock, its media was at ``timestamp``.

    ``middle`` is what a receiver repeats of it, the middle 32 bits of that time.
    """

    source: int
    wall: float
    middle: int
    timestamp: int


def read(content: bytes) -> Iterator[SenderReport]:
    """Give the sender reports among packets that follow one another; what is cut off or something else is left out."""
    at = 0
    while at + 4 <= len(content):
        size = 4 + 4 * int.from_bytes(content[at + 2 : at + 4])
        if content[at] >> 6 == 2 and content[at + 1] == SENDER_REPORT and size >= 28 and at + size <= len(content):
            source, whole, fraction, timestamp = struct.unpack_from(">IIII", content, at + 4)
            middle = (whole << 16 | fraction >> 16) & 0xFFFFFFFF
            yield SenderReport(source=source, wall=whole + fraction / NTP_UNIT, middle=middle, timestamp=timestamp)
        at += size


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionReport:
    """How a source is received: a report block (6.4.1). ``delay`` is seconds since its report, if there was one."""

    source: int
    lost_lately: int  # of 256
    lost: int
    highest: int
    jitter: int
    middle: int = 0
    delay: float = 0.0

    def to_bytes(self) -> bytes:
        """Write it."""
        lost = max(-(1 << 23), min(self.lost, (1 << 23) - 1)) & 0xFFFFFF
        delay = min(round(self.delay * 65_536), 0xFFFFFFFF)
        first = self.lost_lately << 24 | lost
        return struct.pack(">6I", self.source, first, self.highest & 0xFFFFFFFF, self.jitter, self.middle, delay)


def report(ours: int, receptions: Iterable[ReceptionReport] = ()) -> bytes:
    """Write a receiver report."""
    blocks = [reception.to_bytes() for reception in receptions]
    return _packet(RECEIVER_REPORT, len(blocks), struct.pack(">I", ours) + b"".join(blocks))


def ask_for_key(ours: int, theirs: int) -> bytes:
    """Write a picture loss indication: the next picture shall need no other."""
    return _packet(PAYLOAD_FEEDBACK, PLI, struct.pack(">II", ours, theirs))


def ask_again(ours: int, theirs: int, numbers: Sequence[int]) -> bytes:
    """Write a NACK for packets, by their numbers in order."""
    pairs: list[tuple[int, int]] = []
    for number in numbers:
        gap = (number - pairs[-1][0]) % 0x10000 if pairs else 0
        if pairs and 0 < gap <= REACH:
            pairs[-1] = pairs[-1][0], pairs[-1][1] | 1 << gap - 1
        elif len(pairs) < MOST_PAIRS:
            pairs.append((number % 0x10000, 0))
    listed = b"".join(struct.pack(">HH", *pair) for pair in pairs)
    return _packet(TRANSPORT_FEEDBACK, NACK, struct.pack(">II", ours, theirs) + listed)


def allow(ours: int, sources: Sequence[int], bits: int) -> bytes:
    """Write how many bits a second may come (REMB)."""
    exponent = max(0, bits.bit_length() - 18)
    rate = len(sources) << 24 | exponent << 18 | bits >> exponent
    body = struct.pack(f">II4sI{len(sources)}I", ours, 0, b"REMB", rate, *sources)
    return _packet(PAYLOAD_FEEDBACK, APPLICATION, body)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack(">BBH", VERSION | count, kind, len(body) // 4) + body
