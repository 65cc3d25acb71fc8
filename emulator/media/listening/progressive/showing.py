"""One onlooker of a running stream, and how far it may fall behind: what waits for it is shared with the others."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from offair.emulator.core.showing import Course, Cue, Onlooker, Parting, Sight
from offair.emulator.core.sockets import Pieces
from offair.emulator.media.listening.progressive.recent import Recent
from offair.emulator.media.listening.progressive.tap import LARGEST_LAG, LONGEST_LAG

ENOUGH = 1 << 18  # bytes that wait for the peer: it gets no more until they are fewer
BATCH = 64  # fragments at once
SLOW = "the viewer took too little for too long"


class Showing:
    """Shows a feed to one onlooker, until it ends, lags too far behind, or leaves.

    One thread calls all but :meth:`leave`, which may come from any, and never waits for what an onlooker does.
    """

    def __init__(self, onlooker: Onlooker, course: Course, on_leave: Callable[["Showing"], None]) -> None:
        self._onlooker = onlooker
        self._course = course
        self._on_leave = on_leave
        self._waiting: deque[Recent] = deque()
        self._weight = 0  # bytes
        self._behind = 0  # bytes that the onlooker has, and its peer does not
        self._broadcast = ""
        self._begins = False
        self.is_over = False

    @property
    def lags(self) -> bool:
        """Something waits for it."""
        return bool(self._waiting) and not self.is_over

    def begin(self, sight: Sight, broadcast: str) -> None:
        """Let fragments of this kind follow, from a key frame on."""
        self.pump()
        if not self.is_over:
            self._broadcast, self._begins = broadcast, True
            self._waiting.clear()
            self._weight = 0
            self._onlooker.begun(sight)

    def add(self, pieces: Sequence[Recent]) -> None:
        """Let fragments wait for it."""
        if self._begins and pieces:
            self._begins = False
            self._course.begin(self._broadcast, min(recent.start for recent in pieces))
        self._waiting += pieces
        self._weight += sum(recent.size for recent in pieces)

    def pump(self) -> bool:
        """Show as much as the onlooker takes; False when it is too far behind, and has been told."""
        if self.is_over or not self._waiting:
            return True
        if self._behind:
            self._behind = self._onlooker.shown(())
        while self._waiting and self._behind < ENOUGH and not self.is_over:
            self._behind = self._onlooker.shown(self._next(ENOUGH - self._behind))
        is_slow = self._is_slow()
        if is_slow:
            self.end(Parting.SLOW, SLOW)
        return not is_slow

    def tell(self, cue: Cue) -> None:
        """Let the onlooker hear what is said, when its own time says; it would be in the way of who is behind."""
        if self._begins or self.is_over:
            return
        self._behind = self._onlooker.shown(())
        if not self._waiting and self._behind < ENOUGH:
            self._onlooker.told(replace(cue, at=cue.at - float(self._course.zero)))

    def end(self, ending: Parting, words: str) -> None:
        """Let nothing follow."""
        if not self.is_over:
            self.is_over = True
            self._waiting.clear()
            self._onlooker.over(ending, words)

    def leave(self) -> None:
        """See no more; what is shown at this moment still comes. Twice is fine."""
        self.is_over = True
        self._on_leave(self)

    def _is_slow(self) -> bool:
        if not self._waiting:
            return False
        return self._weight > LARGEST_LAG or self._waiting[-1].now - self._waiting[0].now > LONGEST_LAG

    def _next(self, room: int) -> list[Pieces]:
        course, batch = self._course, list[Pieces]()
        while self._waiting and room > 0 and len(batch) < BATCH:
            recent = self._waiting.popleft()
            self._weight -= recent.size
            if recent.start >= course.zero:  # the sound may lag behind the key frame, and is not heard without it
                room -= recent.size
                batch.append(recent.placed.pieces(course.zero))
                course.reached = max(course.reached, recent.end - course.zero)
        return batch
