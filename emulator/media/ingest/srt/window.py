"""Order from disorder: packets come early, late, twice or never, and leave in order, each once.

Everything is bounded by ``SIZE``. Numbers that are missing are known in ascending order, because a gap can open
only behind what is the newest so far; so the first of them is the one that holds up the rest.
"""

from collections.abc import Iterator
from itertools import takewhile

from offair.emulator.media.ingest.srt.packets import HALF, MASK, distance, following

SIZE = 8192  # packets that may be ahead of the first that is missing


class ReceiveWindow:
    """Takes packets by sequence number. ``next`` is the number that leaves next, which is what an ACK says."""

    def __init__(self, first: int) -> None:
        self.next = first
        self.dropped = 0  # packets that were given up
        self.repeated = 0  # packets that came twice, or after they were given up
        self.missed = 0  # packets that were missing for a while at least
        self._end = first  # one more than the newest number seen
        self._early: dict[int, bytes] = {}
        self._missing: dict[int, float] = {}  # since when, in ascending order

    @property
    def room(self) -> int:
        """How many packets more may be early."""
        return SIZE - len(self._early)

    @property
    def missing(self) -> Iterator[int]:
        """The numbers that are missing, in ascending order."""
        return iter(self._missing)

    @property
    def has_gaps(self) -> bool:
        """Whether something is waited for."""
        return bool(self._missing)

    def take(self, sequence: int, packet: bytes, now: float) -> tuple[list[bytes], range]:
        """Take a packet; gives what may leave, and the numbers (not masked) that are missing since this packet."""
        ahead = (sequence - self.next) & MASK
        if ahead == 0 and self._end == self.next:  # as nearly always
            self.next = self._end = following(sequence)
            return [packet], range(0)
        if ahead >= HALF:
            self.repeated += 1
            return [], range(0)
        passed = self._pass(sequence) if ahead >= SIZE else []
        news = distance(self._end, sequence)
        if news < 0 and sequence not in self._missing:  # it is here, or its sender gave it up
            self.repeated += 1
            return [], range(0)
        self._missing.pop(sequence, None)
        self._early[sequence] = packet
        gap = range(0)
        if news >= 0:
            gap = range(self._end, self._end + news)
            self._missing |= {number & MASK: now for number in gap}
            self.missed += news
            self._end = following(sequence)
        return passed + self._flush(), gap

    def expire(self, limit: float) -> list[bytes]:
        """Give up what is missing since ``limit`` or longer; gives what may leave then."""
        overdue = list(takewhile(lambda number: self._missing[number] <= limit, self._missing))
        for number in overdue:
            del self._missing[number]
        return self._flush() if overdue else []

    def give_up(self, first: int, last: int) -> list[bytes]:
        """Wait no more for a range, which its sender has dropped; gives what may leave then."""
        if not 0 <= distance(self.next, last) < HALF - 1 or distance(first, last) < 0:
            return []
        if distance(self.next, first) <= 0:
            return self._pass(following(last))
        for number in [number for number in self._missing if distance(first, number) >= 0 <= distance(number, last)]:
            del self._missing[number]
        return []

    def close(self) -> list[bytes]:
        """Give up everything that is missing; gives the rest."""
        return self._pass(self._end)

    def _pass(self, target: int) -> list[bytes]:
        """Go on at ``target`` or behind it, with what is there on the way."""
        start, way = self.next, distance(self.next, target)
        if way <= SIZE:
            numbers = [(start + step) & MASK for step in range(way)]
        else:  # whatever is known is on the way
            numbers = sorted(self._early.keys() | self._missing.keys(), key=lambda number: distance(start, number))
        left = [self._early.pop(number) for number in numbers if number in self._early]
        for number in numbers:
            self._missing.pop(number, None)
        self.dropped += way - len(left)
        self.next = target
        if distance(self._end, target) > 0:
            self._end = target
        return left + self._flush()

    def _flush(self) -> list[bytes]:
        """Let leave what is waited for no more, up to the next number that is missing."""
        left: list[bytes] = []
        while self.next != self._end and self.next not in self._missing:
            packet = self._early.pop(self.next, None)
            if packet is None:
                self.dropped += 1
            else:
                left.append(packet)
            self.next = following(self.next)
        return left
