"""How an encoder's own time goes beside the real one."""

from collections.abc import Callable

SLOWEST = 0.7  # of the real time that an encoder's has to go; what is sent live goes as fast
LONG_ENOUGH = 1.0  # seconds of which anything can be said

Mark = tuple[float, float]  # a real moment, and the encoder's, in seconds


class Pace:
    """Hears the moment of each picture and sound as it comes. Fed by one thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._first: dict[str, Mark] = {}
        self._latest: dict[str, Mark] = {}

    def begin(self) -> None:
        """Forget what came before."""
        self._first.clear()
        self._latest.clear()

    def note(self, track: str, moment: float) -> None:
        """Hear of the ``pictures``, or of the ``sound``, at a moment of the encoder's in seconds."""
        mark = self._monotonic(), moment
        self._first.setdefault(track, mark)
        self._latest[track] = mark

    @property
    def flaw(self) -> str | None:
        """Say what is wrong with the encoder's time since it began, if that stands still or goes back."""
        told, real = [], 0.0
        for track, (began, first) in self._first.items():
            now, latest = self._latest[track]
            real = max(real, now - began)
            if now - began >= LONG_ENOUGH and latest - first < SLOWEST * (now - began):
                told.append(f"that of its {track} went {latest - first:+.1f} s")
        if not told:
            return None
        return f"the encoder's time does not go on: within {real:.0f} s {' and '.join(told)}; look at its time stamps"
