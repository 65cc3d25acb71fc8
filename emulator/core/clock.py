"""Two times: the cloud's, which a test may freeze, advance or scale, and the real one, which nobody can.

Tokens, rate windows and retries run on the cloud's time; deadlines for sockets and processes on the real one,
so that a frozen cloud clock never stalls a process. This is the only module that reads time, and it asks the system
itself: a test that freezes or moves Python's clocks (freezegun, time-machine) stops no deadline of ours.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

FOREVER = float("inf")
LAST_SECOND = 253_402_300_799
SECOND = len("2026-04-26T10:15:30")
# as it is now: whoever lets a client's pauses cost nothing puts something else in its place, and ours still cost
_really_sleep = time.sleep


def monotonic() -> float:
    """Tell a real time in seconds that only goes forward, for measuring."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def _wall() -> float:
    return time.clock_gettime(time.CLOCK_REALTIME)


@lru_cache(maxsize=4096)  # an answer tells the same moments again and again
def rfc3339(seconds: float, places: int = 0) -> str:
    """Write an epoch time in UTC, ``2026-04-26T10:15:30Z``, with so many ``places`` of a second's fraction, up to 6.

    What is smaller is cut off, so that no time is ever ahead of the clock. RFC 3339, whose last year is 9999.
    """
    whole = min(int(seconds), LAST_SECOND)
    fraction = f".{int((seconds - int(seconds)) * 10**places):0{places}d}" if places else ""
    return f"{datetime.fromtimestamp(whole, tz=UTC).isoformat()[:SECOND]}{fraction}Z"


class Deadline:
    """A real moment by which something must have happened."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Real seconds left, never below zero."""
        return max(0.0, self._end - monotonic())

    @property
    def is_over(self) -> bool:
        """No time is left."""
        return self.remaining <= 0


class Clock:
    """The cloud's time as a line over the real one: an anchor and a rate.

    ``rate`` is cloud seconds per real second; 0 is frozen. Every method may be called from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._cloud_anchor = _wall()
        self._real_anchor = monotonic()
        self._rate = 1.0

    def now(self) -> float:
        """Tell the cloud's time in seconds since the epoch."""
        with self._lock:
            return self._read()

    def since(self, moment: float) -> float:
        """Tell how many cloud seconds ago a moment was; 0 for one that is ahead, as where the clock was put back."""
        return max(0.0, self.now() - moment)

    @property
    def rate(self) -> float:
        """Cloud seconds per real second."""
        return self._rate

    def wall(self) -> float:
        """Tell the real time in seconds since the epoch: what a player's own clock says."""
        return _wall()

    def monotonic(self) -> float:
        """Tell a real time that only goes forward, for measuring."""
        return monotonic()

    def sleep(self, seconds: float) -> None:
        """Hold this thread for so many real seconds: a delay that a fault asked for."""
        _really_sleep(seconds)

    def deadline(self, seconds: float) -> Deadline:
        """Start a real deadline."""
        return Deadline(seconds)

    def freeze(self, at: float | None = None) -> None:
        """Stop the cloud's time, here or at a given moment."""
        self._change(at=at, rate=0.0)

    def run(self, rate: float = 1.0, at: float | None = None) -> None:
        """Let the cloud's time run at ``rate`` cloud seconds per real second; ValueError unless it is above 0."""
        if not 0 < rate < FOREVER:
            raise ValueError(f"a clock's rate must be above 0, not {rate}; to stop the clock, freeze it")
        self._change(at=at, rate=rate)

    def advance(self, seconds: float) -> None:
        """Move the cloud's time forward; ValueError for a step back."""
        if not 0 <= seconds < FOREVER:
            raise ValueError(f"cloud time only goes forward; {seconds} s is not a step forward")
        self._change(step=seconds)

    def reset(self) -> None:
        """Let the cloud's time be the real one again."""
        self._change(at=_wall(), rate=1.0)

    def bookmark(self) -> Callable[[], None]:
        """Remember how the cloud's time runs; calling what this gives lets it be what it would be now, unmoved."""
        with self._lock:
            line = self._cloud_anchor, self._real_anchor, self._rate

        def put_back() -> None:
            with self._lock:
                if line == (self._cloud_anchor, self._real_anchor, self._rate):
                    return  # nobody moved it, and nobody need hear of that
                self._cloud_anchor, self._real_anchor, self._rate = line
            self._tell()

        return put_back

    def seconds_until(self, moment: float) -> float:
        """Real seconds until a moment of the cloud's time; FOREVER when it is ahead of a frozen clock."""
        with self._lock:
            ahead = moment - self._read()
            if ahead <= 0:
                return 0.0
            return ahead / self._rate if self._rate else FOREVER

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever the cloud's time was moved by hand."""
        self._listeners.append(listener)

    def _read(self) -> float:
        return self._cloud_anchor + (monotonic() - self._real_anchor) * self._rate

    def _change(self, *, at: float | None = None, rate: float | None = None, step: float = 0.0) -> None:
        with self._lock:
            self._cloud_anchor = (self._read() if at is None else at) + step
            self._real_anchor = monotonic()
            self._rate = self._rate if rate is None else rate
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
