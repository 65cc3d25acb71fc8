"""Who watches: distinct players by what they fetch, on the real clock, in bounded memory."""

import threading
from collections.abc import Callable, Hashable

from offair.emulator.core.numbers import AudienceNumbers

LEAST_STAY = 10.0  # seconds after its last request for which a player still counts
SEGMENTS = 3  # a player with a full buffer may be silent for as many
MOST = 1 << 16  # players that are told apart in one broadcast; more are not counted


class _House:
    """One broadcast's players; those who watch are in the order of their last request."""

    def __init__(self, stay: float) -> None:
        self.stay = stay
        self.present: dict[int, float] = {}
        self.known: set[int] = set()
        self.peak = 0

    def leave(self, now: float) -> None:
        """Let go of those who have not been heard of for too long."""
        while self.present:
            player = next(iter(self.present))
            if now - self.present[player] <= self.stay:
                return
            del self.present[player]


class Audience:
    """Counts the players of every stream's latest broadcast. Every method may be called from any thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._houses: dict[str, _House] = {}

    def begin(self, stream: str, segment: float) -> None:
        """Let a broadcast begin, whose segments are so many seconds long: nobody has watched it."""
        with self._lock:
            self._houses[stream] = _House(max(LEAST_STAY, SEGMENTS * segment))

    def saw(self, stream: str, player: Hashable) -> None:
        """Hear that a player fetched something; what nobody broadcasts has no audience."""
        with self._lock:
            house = self._houses.get(stream)
            if house is None:
                return
            who, now = hash(player), self._monotonic()
            house.leave(now)
            if who not in house.known:
                if len(house.known) >= MOST:
                    return
                house.known.add(who)
            house.present.pop(who, None)
            house.present[who] = now
            house.peak = max(house.peak, len(house.present))

    def numbers(self, stream: str) -> AudienceNumbers:
        """Count now; the peak and the total stay until the next broadcast begins."""
        with self._lock:
            house = self._houses.get(stream)
            if house is None:
                return AudienceNumbers()
            house.leave(self._monotonic())
            return AudienceNumbers(len(house.present), house.peak, len(house.known))

    def forget(self, stream: str) -> None:
        """Let go of a stream that is deleted."""
        with self._lock:
            self._houses.pop(stream, None)
