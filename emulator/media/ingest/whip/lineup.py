"""Packets in their order: those that come early wait, those that are missing are asked for, and given up in the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from offair.emulator.media.ingest.whip.rtp import NUMBERS, RtpPacket

MOST = 1024  # packets that wait or are missing
AFRESH = 0.005  # seconds in which a missing packet may only be late
AGAIN = 0.03  # seconds between two times that a packet is asked for
MOST_ASKED = 8


class InOrder(NamedTuple):
    """The next packet; what came before it may never come."""

    packet: RtpPacket
    is_after_gap: bool


@dataclass(slots=True)
class MissingPacket:
    """A packet that others have overtaken, since when, and how often and when it was last asked for."""

    since: float
    asked_at: float = 0.0
    asked: int = 0


class Lineup:
    """One source's packets; a gap is waited for ``hold`` seconds. Every ``now`` is of a clock that never goes back."""

    def __init__(self, hold: float) -> None:
        self._hold = hold
        self._next: int | None = None
        self._waiting: dict[int, RtpPacket] = {}
        self._missing: dict[int, MissingPacket] = {}
        self._stranger: int | None = None  # the number that would prove that the sender counts anew
        self._has_gap = False
        self.highest = 0  # unwrapped: it counts on where numbers begin anew

    @property
    def has_gaps(self) -> bool:
        """Something is missing."""
        return bool(self._missing)

    def push(self, packet: RtpPacket, now: float, *, is_repeat: bool = False) -> Iterator[InOrder]:
        """Take a packet and give those whose turn it is; one that came before or too late gives none."""
        number = self._unwrap(packet.number, is_repeat=is_repeat)
        if number is None or self._next is None or number < self._next or number in self._waiting:
            return
        for missing in range(self.highest + 1, number):
            self._missing[missing] = MissingPacket(now)
        self.highest = max(self.highest, number)
        self._missing.pop(number, None)
        self._waiting[number] = packet
        yield from self.pop(now)

    def pop(self, now: float) -> Iterator[InOrder]:
        """Give those that need wait no longer for what is missing before them."""
        while self._waiting and self._next is not None:
            packet = self._waiting.pop(self._next, None)
            if packet is None:
                missing = self._missing.get(self._next)
                if missing is not None and now - missing.since < self._hold and len(self._waiting) < MOST:
                    return
                self._missing.pop(self._next, None)
                self._has_gap = True
            self._next += 1
            if packet is not None:
                is_after_gap, self._has_gap = self._has_gap, False
                yield InOrder(packet, is_after_gap)

    def wanted(self, now: float) -> list[int]:
        """List the packets to ask for now, by their numbers in order."""
        asked = []
        for number, missing in self._missing.items():
            is_due = now - missing.since >= AFRESH and now - missing.asked_at >= AGAIN
            if is_due and missing.asked < MOST_ASKED:
                missing.asked, missing.asked_at = missing.asked + 1, now
                asked.append(number % NUMBERS)
        return asked

    def _unwrap(self, number: int, *, is_repeat: bool) -> int | None:
        """Give a number that counts on; None for one that is far from all others, until the next proves it."""
        if self._next is None:
            if is_repeat:
                return None
            self._next, self.highest = number, number - 1
        step = (number - self.highest + NUMBERS // 2) % NUMBERS - NUMBERS // 2
        if abs(step) <= MOST:
            return self.highest + step
        if is_repeat:
            return None
        if number != self._stranger:
            self._stranger = (number + 1) % NUMBERS
            return None
        self._waiting.clear()
        self._missing.clear()
        self._next, self.highest, self._stranger, self._has_gap = number, number - 1, None, True
        return number
