"""Who watches: distinct players by what they fetch, on the real clock, in bounded memory.

Beside the journal this is the one thing that is known outside of the world: it is an observation, not state.
"""

import threading
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from offair.emulator.core.events import ViewerCame, ViewerLeft
from offair.emulator.core.numbers import AudienceNumbers
from offair.emulator.core.viewing import Viewing, is_picture

LEAST_STAY = 10.0  # seconds after its last request for which a player still counts
SEGMENTS = 3  # a player with a full buffer may be silent for as many
MOST = 1 << 16  # players that are told apart in one broadcast; more are not counted

Later = Callable[[float, Callable[[], None]], object]
Tell = Callable[[ViewerCame | ViewerLeft], None]


@dataclass(slots=True)
class _Stay:
    """How long one player has been there: real seconds, the bytes that it was sent, and when it had each rendition."""

    came_at: float
    heard_at: float
    viewing: Viewing | None
    size: int = 0
    renditions: dict[str, float] = field(default_factory=dict)

    def hear(self, now: float, rendition: str, size: int) -> None:
        self.heard_at = now
        self.size += size
        if rendition:
            self.renditions[rendition] = now


class _House:
    """One broadcast's players; those who watch are in the order of their last request."""

    def __init__(self, stay: float) -> None:
        self.stay = stay
        self.present: dict[int, _Stay] = {}
        self.known: set[int] = set()
        self.peak = 0

    def leave(self, now: float) -> list[_Stay]:
        """Let go of those who have not been heard of for too long."""
        gone: list[_Stay] = []
        while self.present:
            player = next(iter(self.present))
            if now - self.present[player].heard_at <= self.stay:
                break
            gone.append(self.present.pop(player))
        return gone

    def count(self, now: float) -> AudienceNumbers:
        """Count those who watch, and what each has of late."""
        fresh = Counter(
            rendition
            for stay in self.present.values()
            for rendition, heard_at in stay.renditions.items()
            if now - heard_at <= self.stay
        )
        return AudienceNumbers(len(self.present), self.peak, len(self.known), dict(sorted(fresh.items())))


class Audience:
    """Counts the players of every stream's latest broadcast. Every method may be called from any thread.

    Where somebody wants to hear who came and who left, ``tell`` says it, and ``later`` calls back after so many real
    seconds, so that it is said when it happens.
    """

    def __init__(self, monotonic: Callable[[], float], *, tell: Tell | None = None, later: Later | None = None) -> None:
        self._monotonic = monotonic
        self._tell = tell
        self._later = later
        self._lock = threading.Lock()
        self._houses: dict[str, _House] = {}
        self._is_watched = False  # somebody is going to look who has left

    def begin(self, stream: str, segment: float) -> None:
        """Let a broadcast begin, whose segments are so many seconds long: nobody has watched it."""
        with self._lock:
            former = self._houses.get(stream)
            self._houses[stream] = _House(max(LEAST_STAY, SEGMENTS * segment))
        self._see_off(list(former.present.values()) if former else [])

    def saw(self, stream: str, player: Hashable, *, viewing: Viewing | None = None, size: int = 0) -> None:
        """Hear that a player fetched so many bytes; what nobody broadcasts has no audience, nor has one picture."""
        if viewing is not None and is_picture(viewing.name):
            return
        who, now = hash(player), self._monotonic()
        with self._lock:
            house = self._houses.get(stream)
            if house is None:
                return
            gone = house.leave(now)
            if who not in house.known:
                if len(house.known) >= MOST:
                    return
                house.known.add(who)
            stay = house.present.pop(who, None)
            is_new = stay is None
            stay = stay or _Stay(now, now, viewing)
            stay.hear(now, viewing.rendition if viewing else "", size)
            house.present[who] = stay
            house.peak = max(house.peak, len(house.present))
        self._see_off(gone)
        if is_new and viewing is not None and self._tell is not None:
            self._tell(ViewerCame(viewing))
            self._look_later(house.stay)

    def saw_again(self, stream: str, player: Hashable, size: int, rendition: str = "") -> bool:
        """Hear that a player fetched more, of a rendition or of all; False when it is not known to be there."""
        who = hash(player)
        with self._lock:
            house = self._houses.get(stream)
            stay = house.present.pop(who, None) if house else None
            if house is None or stay is None:
                return False
            stay.hear(self._monotonic(), rendition, size)
            house.present[who] = stay
            return True

    def left(self, stream: str, player: Hashable) -> None:
        """Hear that a player hung up: it need not be waited for."""
        with self._lock:
            house = self._houses.get(stream)
            stay = house.present.pop(hash(player), None) if house else None
        self._see_off([stay] if stay else [])

    def numbers(self, stream: str) -> AudienceNumbers:
        """Count now; the peak and the total stay until the next broadcast begins."""
        with self._lock:
            house = self._houses.get(stream)
            if house is None:
                return AudienceNumbers()
            now = self._monotonic()
            gone, numbers = house.leave(now), house.count(now)
        self._see_off(gone)
        return numbers

    def forget(self, stream: str) -> None:
        """Let go of a stream that is deleted."""
        with self._lock:
            house = self._houses.pop(stream, None)
        self._see_off(list(house.present.values()) if house else [])

    def _look_later(self, seconds: float) -> None:
        with self._lock:
            if self._is_watched or self._later is None:
                return
            self._is_watched = True
        self._later(seconds, self._look)

    def _look(self) -> None:
        now = self._monotonic()
        with self._lock:
            self._is_watched = False
            gone = [stay for house in self._houses.values() for stay in house.leave(now)]
            waits = [
                stay.heard_at + house.stay - now for house in self._houses.values() for stay in house.present.values()
            ]
        self._see_off(gone)
        if waits:
            self._look_later(min(waits) + 0.001)

    def _see_off(self, gone: list[_Stay]) -> None:
        if self._tell is None:
            return
        for stay in gone:
            if stay.viewing is not None:
                self._tell(ViewerLeft(stay.viewing, seconds=stay.heard_at - stay.came_at, size=stay.size))
