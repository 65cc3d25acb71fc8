"""STUN as an ICE-lite agent needs it: a Binding request is read, and answered.

Source: RFC 8489, sections 5, 6.3.1 and 14; RFC 8445, section 2.5.
"""

import hashlib
import hmac
import ipaddress
import struct
import zlib
from dataclasses import dataclass
from typing import Self

COOKIE = 0x2112A442
HEADER = 20  # bytes
REQUEST, SUCCESS = 0x0001, 0x0101
USERNAME, INTEGRITY, XOR_MAPPED_ADDRESS, USE_CANDIDATE, FINGERPRINT = 0x0006, 0x0008, 0x0020, 0x0025, 0x8028
SEAL = 24  # bytes that MESSAGE-INTEGRITY takes with its head
CHECKSUM = 8  # the same of FINGERPRINT
MASK = 0x5354554E  # of the checksum: section 14.7


def is_stun(datagram: bytes) -> bool:
    """Say whether a datagram is STUN among what WebRTC sends to one port (RFC 7983)."""
    return len(datagram) >= HEADER and datagram[0] < 4 and datagram[4:8] == COOKIE.to_bytes(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRequest:
    """A request to bind. ``receiver`` is the part of its user name that the one it is meant for has chosen."""

    transaction: bytes
    receiver: str
    is_nominating: bool
    datagram: bytes
    sealed: int  # bytes that the seal is over

    @classmethod
    def read(cls, datagram: bytes) -> Self | None:
        """Read a request with a user name and a seal; None for anything else."""
        kind, length = struct.unpack_from(">HH", datagram)
        if kind != REQUEST or length + HEADER != len(datagram):
            return None
        at, found = HEADER, dict[int, bytes]()
        while at + 4 <= len(datagram) and INTEGRITY not in found:  # what stands behind the seal is nobody's word
            name, size = struct.unpack_from(">HH", datagram, at)
            found.setdefault(name, datagram[at + 4 : at + 4 + size])
            at += 4 + (size + 3 & ~3)
        if USERNAME not in found or len(found.get(INTEGRITY, b"")) != SEAL - 4:
            return None
        return cls(
            transaction=datagram[8:HEADER],
            receiver=found[USERNAME].decode("latin-1").partition(":")[0],
            is_nominating=USE_CANDIDATE in found,
            datagram=datagram,
            sealed=at - SEAL,
        )

    def is_sealed_by(self, password: str) -> bool:
        """Say whether its sender knows the password (section 14.5)."""
        seal = self.datagram[self.sealed + 4 : self.sealed + SEAL]
        return hmac.compare_digest(_seal(self.datagram[: self.sealed], password), seal)


def bind(request: BindingRequest, host: str, port: int, password: str) -> bytes:
    """Write the success that tells a requester where it was seen."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mask = COOKIE.to_bytes(4) + request.transaction
    hidden = bytes(one ^ other for one, other in zip(address.packed, mask, strict=False))
    family = 1 if address.version == 4 else 2
    mapped = struct.pack(">BBH", 0, family, port ^ COOKIE >> 16) + hidden
    head = struct.pack(">HHI", SUCCESS, len(mapped) + 4, COOKIE) + request.transaction
    message = head + struct.pack(">HH", XOR_MAPPED_ADDRESS, len(mapped)) + mapped
    message += struct.pack(">HH", INTEGRITY, SEAL - 4) + _seal(message, password)
    covered = _counting(message, CHECKSUM)
    return covered + struct.pack(">HHI", FINGERPRINT, CHECKSUM - 4, zlib.crc32(covered) ^ MASK)


def _seal(message: bytes, password: str) -> bytes:
    return hmac.digest(password.encode(), _counting(message, SEAL), hashlib.sha1)


def _counting(message: bytes, following: int) -> bytes:
    """Write into a message's head how long it is with the attribute that follows."""
    return message[:2] + struct.pack(">H", len(message) - HEADER + following) + message[4:]
