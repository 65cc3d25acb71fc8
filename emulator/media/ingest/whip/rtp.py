"""An RTP packet, read (RFC 3550, section 5.1), and what a retransmission repeats (RFC 4588, section 4)."""

import struct
from dataclasses import dataclass
from typing import Self

HEADER = struct.Struct(">BBHII")
FIRST_RTCP, LAST_RTCP = 192, 223  # second bytes of a packet that is RTCP (RFC 5761, 4)
NUMBERS = 1 << 16  # sequence numbers


def is_protected(datagram: bytes) -> bool:
    """Say whether a datagram is RTP or RTCP among what WebRTC sends to one port (RFC 7983)."""
    return len(datagram) >= 8 and 128 <= datagram[0] <= 191


def is_rtcp(datagram: bytes) -> bool:
    """Say whether it is RTCP of these two."""
    return FIRST_RTCP <= datagram[1] <= LAST_RTCP


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpPacket:
    """One packet; ``number`` has 16 bits, ``timestamp`` 32 in its codec's clock, ``kind`` is the payload type."""

    number: int
    timestamp: int
    kind: int
    source: int
    has_marker: bool
    payload: bytes

    @classmethod
    def read(cls, content: bytes) -> Self | None:
        """Read a packet without its extensions and its padding; None for what is cut off or no RTP."""
        if len(content) < HEADER.size:
            return None
        first, second, number, timestamp, source = HEADER.unpack_from(content)
        at = HEADER.size + 4 * (first & 15)
        if first & 16:
            at += 4 + 4 * int.from_bytes(content[at + 2 : at + 4])
        end = len(content) - (content[-1] if first & 32 else 0)
        if first >> 6 != 2 or at > end:
            return None
        return cls(
            number=number,
            timestamp=timestamp,
            kind=second & 127,
            source=source,
            has_marker=bool(second & 128),
            payload=content[at:end],
        )

    def repeated(self, kind: int, source: int) -> "RtpPacket | None":
        """Give the packet that this retransmission is of; None for padding, with which senders probe for bandwidth."""
        if len(self.payload) < 2:
            return None
        return RtpPacket(
            number=int.from_bytes(self.payload[:2]),
            timestamp=self.timestamp,
            kind=kind,
            source=source,
            has_marker=self.has_marker,
            payload=self.payload[2:],
        )
