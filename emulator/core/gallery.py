"""Where people look on over sockets: asked whether they may, seated, counted, and shown what they came for."""

import threading
from collections.abc import Callable, Sequence
from itertools import count

from offair.emulator.core.audience import Audience
from offair.emulator.core.ports import Origin, Refused, Usher
from offair.emulator.core.showing import Course, Cue, Onlooker, Parting, Sight
from offair.emulator.core.sockets import Pieces
from offair.emulator.core.viewing import Viewing

NOTICED = 1.0  # real seconds after which the audience hears that somebody is still there
NOTHING = "nothing is on air"
NO_MORE = "this may not be watched any more"


class Gallery:
    """Shows one cloud's streams to whoever may see them. Calls may come from any thread, and never wait."""

    def __init__(
        self, cloud: str, *, origin: Origin, usher: Usher, audience: Audience, monotonic: Callable[[], float]
    ) -> None:
        self.cloud, self.origin, self.usher, self.audience = cloud, origin, usher, audience
        self.monotonic = monotonic
        self.numbers = count()

    def attend(self, viewing: Viewing, variant: str | None, onlooker: Onlooker, course: Course) -> Callable[[], None]:
        """Let somebody see a stream, in one variant or the best; give what ends it, twice is fine.

        Whatever becomes of it, the onlooker hears: also that it may not, or may not any more, and that there is
        nothing. It is not told when it ends the matter itself.
        """
        attendance = Attendance(self, viewing, variant, onlooker, course)
        self.usher.ask(self.cloud, viewing, attendance.admit)
        return attendance.leave


class Attendance:
    """One onlooker in the gallery, from the question whether it may to its end. Fills ``Onlooker`` for the origin."""

    def __init__(
        self, gallery: Gallery, viewing: Viewing, variant: str | None, onlooker: Onlooker, course: Course
    ) -> None:
        self._gallery, self._viewing, self._variant = gallery, viewing, variant
        self._onlooker, self._course = onlooker, course
        self._number = next(gallery.numbers)
        self._lock = threading.Lock()
        self._endings: list[Callable[[], None]] = []
        self._is_over = False
        self._unheard = 0  # bytes that the audience was not told of
        self._heard_at = float("-inf")

    @property
    def _player(self) -> tuple[object, int]:
        return self._viewing.player, self._number  # every socket is somebody

    def admit(self, refused: Refused | None) -> None:
        """Hear whether it may be seen."""
        if refused is not None:
            self.over(Parting.REFUSED, refused.text)
            return
        if self._is_over:
            return
        gallery, viewing = self._gallery, self._viewing
        self._when_over(gallery.usher.seat(gallery.cloud, viewing, lambda: self.over(Parting.REFUSED, NO_MORE)))
        end = gallery.origin.show(viewing.stream, self._variant, self, self._course)
        if end is None:
            self.over(Parting.ABSENT, NOTHING)
        else:
            self._when_over(end)

    def begun(self, sight: Sight) -> None:
        """Hand on what follows."""
        if not self._is_over:
            self._onlooker.begun(sight)

    def shown(self, fragments: Sequence[Pieces]) -> int:
        """Hand on fragments, and let the audience know now and then."""
        if self._is_over:
            return 0
        if fragments:
            self._unheard += sum(len(piece) for pieces in fragments for piece in pieces)
            now = self._gallery.monotonic()
            if now - self._heard_at >= NOTICED:
                self._heard_at = now
                self._notice()
        return self._onlooker.shown(fragments)

    def told(self, cue: Cue) -> None:
        """Hand on what is said."""
        if not self._is_over:
            self._onlooker.told(cue)

    def over(self, ending: Parting, words: str) -> None:
        """Let it end, and the onlooker know."""
        if self._finish():
            self._onlooker.over(ending, words)

    def leave(self) -> None:
        """Let it end; twice is fine."""
        self._finish()

    def _notice(self) -> None:
        size, self._unheard = self._unheard, 0
        self._gallery.audience.saw(self._viewing.stream, self._player, viewing=self._viewing, size=size)

    def _when_over(self, end: Callable[[], None]) -> None:
        with self._lock:
            if not self._is_over:
                self._endings.append(end)
                return
        end()

    def _finish(self) -> bool:
        with self._lock:
            if self._is_over:
                return False
            self._is_over = True
            endings, self._endings = self._endings, []
        for end in endings:
            end()
        if self._unheard:
            self._notice()
        self._gallery.audience.left(self._viewing.stream, self._player)
        return True
