"""Packets, in order, become frames; one of which something may be missing is marked.

Source: RFC 6184 (H.264), RFC 9628 (VP9), RFC 7587 (Opus).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from offair.emulator.media.ingest.whip.rtp import RtpPacket

MOST = 8 << 20  # bytes of a frame
IDR, SLICES, SINGLES, STAP_A, FU_A = 5, range(1, 6), range(1, 24), 24, 28  # NAL unit types
MOST_AHEAD, LONGEST_AHEAD = 32, 1 << 16  # units that wait for their picture, and bytes of what comes at once


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedFrame:
    """One picture, or one packet of sound; ``units`` are NAL units for H.264, else it is one alone."""

    timestamp: int
    units: tuple[bytes, ...]
    is_key: bool = True
    is_whole: bool = True


class Depacketizer(ABC):
    """Puts the packets of one timestamp together; a marker ends them, or the next timestamp."""

    def __init__(self) -> None:
        self._timestamp: int | None = None
        self._parts: list[bytes] = []
        self._weight = 0
        self._is_broken = False

    def push(self, packet: RtpPacket, *, is_after_gap: bool) -> list[CodedFrame]:
        """Take the next packet and give the frames that are complete. Nothing that can be in a packet raises."""
        frames: list[CodedFrame] = []
        self._is_broken = self._is_broken or is_after_gap  # what is lost may be the end of the frame before
        if packet.timestamp != self._timestamp:
            frames += self._finish()
            self._timestamp = packet.timestamp
            self._is_broken = is_after_gap or (self._is_broken and not frames)  # or the beginning of this one
        self._weight += len(packet.payload)
        if self._weight > MOST:
            self._is_broken = True
        elif packet.payload:
            try:
                self._take(packet.payload)
            except IndexError:  # a head that is cut off
                self._is_broken = True
        if packet.has_marker and (self._parts or self._weight):
            frames += self._finish()
            self._timestamp = None
            self._is_broken = False
        return frames

    def _finish(self) -> list[CodedFrame]:
        frames = [self._frame(self._timestamp)] if self._timestamp is not None and self._parts else []
        self._parts, self._weight = [], 0
        return frames

    @abstractmethod
    def _take(self, payload: bytes) -> None:
        """Take the next part of a frame; IndexError for one that is cut off."""

    @abstractmethod
    def _frame(self, timestamp: int) -> CodedFrame:
        """Make a frame of the parts."""


class H264Depacketizer(Depacketizer):
    """Single NAL units, several in a packet (STAP-A), and one in several (FU-A).

    Parameter sets that come with a time of their own go with the next picture.
    """

    def __init__(self) -> None:
        super().__init__()
        self._fragments: list[bytes] = []
        self._ahead: list[bytes] = []

    def _take(self, payload: bytes) -> None:
        kind = payload[0] & 31
        self._is_broken = self._is_broken or payload[0] > 127  # somebody on the way says so
        if kind != FU_A and self._fragments:
            self._fragments, self._is_broken = [], True
        if kind in SINGLES:
            self._parts.append(payload)
        elif kind == STAP_A:
            self._split(payload)
        elif kind == FU_A:
            self._join(payload)
        else:
            self._is_broken = True

    def _split(self, payload: bytes) -> None:
        at = 1
        while at + 2 <= len(payload):
            size = int.from_bytes(payload[at : at + 2])
            if not 0 < size <= len(payload) - at - 2:
                raise IndexError(at)
            self._parts.append(payload[at + 2 : at + 2 + size])
            at += 2 + size

    def _join(self, payload: bytes) -> None:
        head = payload[1]
        if head & 0x80:
            self._is_broken = self._is_broken or bool(self._fragments)
            self._fragments = [bytes((payload[0] & 0xE0 | head & 31,))]
        if not self._fragments:
            self._is_broken = True  # its beginning is lost
            return
        self._fragments.append(payload[2:])
        if head & 0x40:
            self._parts.append(b"".join(self._fragments))
            self._fragments = []

    def _finish(self) -> list[CodedFrame]:
        if self._fragments:  # its end is lost
            self._parts.append(b"".join(self._fragments))
            self._fragments, self._is_broken = [], True
        if not (self._is_broken or any(unit[0] & 31 in SLICES for unit in self._parts)):
            few = self._parts if self._weight <= LONGEST_AHEAD else []
            self._ahead = (self._ahead + few)[-MOST_AHEAD:]
            self._parts = []
        return super()._finish()

    def _frame(self, timestamp: int) -> CodedFrame:
        self._parts, self._ahead = self._ahead + self._parts, []
        is_key = any(unit[0] & 31 == IDR for unit in self._parts)
        return CodedFrame(timestamp=timestamp, units=tuple(self._parts), is_key=is_key, is_whole=not self._is_broken)


class Vp9Depacketizer(Depacketizer):
    """One picture in several packets, of one spatial layer."""

    def __init__(self) -> None:
        super().__init__()
        self._is_key = False
        self._has_end = False

    def _take(self, payload: bytes) -> None:
        head = payload[0]
        content = payload[_descriptor(payload) :]
        if not self._parts:
            self._is_key = not head & 0x40
            self._is_broken = self._is_broken or not head & 8  # a frame begins here
        self._has_end = bool(head & 4)
        self._parts.append(content)

    def _frame(self, timestamp: int) -> CodedFrame:
        return CodedFrame(
            timestamp=timestamp,
            units=(b"".join(self._parts),),
            is_key=self._is_key,
            is_whole=self._has_end and not self._is_broken,
        )


def _descriptor(payload: bytes) -> int:
    """Tell how long the payload descriptor is (RFC 9628, 4.2); IndexError for one that is cut off."""
    head, at = payload[0], 1
    if head & 0x80:  # I: a picture id
        at += 2 if payload[at] & 0x80 else 1
    if head & 0x20:  # L: layers, and where the mode is not flexible an index
        at += 1 if head & 0x10 else 2
    if head & 0x50 == 0x50:  # P and F: what it refers to
        while payload[at] & 1:
            at += 1
        at += 1
    if head & 2:  # V: the structure of the layers
        structure, at = payload[at], at + 1
        if structure & 0x10:
            at += 4 * ((structure >> 5) + 1)
        if structure & 8:
            pictures, at = payload[at], at + 1
            for _ in range(pictures):
                at += 1 + (payload[at] >> 2 & 3)
    if at >= len(payload):
        raise IndexError(at)
    return at


class OpusDepacketizer(Depacketizer):
    """One packet is one frame, whatever was lost before it."""

    def push(self, packet: RtpPacket, *, is_after_gap: bool) -> list[CodedFrame]:  # noqa: ARG002 - as the others
        """Take a packet and give its frame."""
        return [CodedFrame(timestamp=packet.timestamp, units=(packet.payload,))] if packet.payload else []

    def _take(self, payload: bytes) -> None:
        raise NotImplementedError

    def _frame(self, timestamp: int) -> CodedFrame:
        raise NotImplementedError


DEPACKETIZERS: Mapping[str, type[Depacketizer]] = {
    "H264": H264Depacketizer,
    "VP9": Vp9Depacketizer,
    "OPUS": OpusDepacketizer,
}
