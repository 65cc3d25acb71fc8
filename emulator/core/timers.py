"""Things to do later: at a moment of the cloud's time, or after so many real seconds."""

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from offair.emulator.core.clock import FOREVER, Clock

LONGEST_WAIT = 3600.0  # threading cannot wait for ever with a time-out


@dataclass(order=True, slots=True)
class _Due:
    moment: float
    order: int
    action: Callable[[], None] = field(compare=False)
    is_cancelled: bool = field(default=False, compare=False)


class Timers:
    """One thread that calls actions when their time has come.

    Opened by :meth:`start`, closed by :meth:`close` (twice is fine). What an action raises goes to ``on_error``.
    """

    def __init__(self, clock: Clock, on_error: Callable[[Exception], None]) -> None:
        self._clock = clock
        self._on_error = on_error
        self._cloud: list[_Due] = []
        self._real: list[_Due] = []
        self._order = itertools.count()
        lock = threading.RLock()
        self._changed, self._rests = threading.Condition(lock), threading.Condition(lock)
        self._is_acting = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="offair-timers", daemon=True)
        clock.on_change(self._wake)

    def start(self) -> None:
        """Begin to call what is due."""
        self._thread.start()

    def at(self, moment: float, action: Callable[[], None]) -> Callable[[], None]:
        """Call ``action`` at a moment of the cloud's time; the answer cancels it."""
        return self._add(self._cloud, moment, action)

    def after(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Call ``action`` after so many real seconds; the answer cancels it."""
        return self._add(self._real, self._clock.monotonic() + seconds, action)

    def settle(self, within: float) -> bool:
        """Wait until what is due by the cloud's time was done, for so many real seconds at most; say whether it was."""
        with self._rests:
            return self._rests.wait_for(lambda: not self._is_acting and not self._is_due, within)

    @property
    def _is_due(self) -> bool:
        return bool(self._cloud) and self._clock.seconds_until(self._cloud[0].moment) <= 0 and not self._is_closed

    def close(self) -> None:
        """Forget what is still to come and end the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _add(self, queue: list[_Due], moment: float, action: Callable[[], None]) -> Callable[[], None]:
        due = _Due(moment, next(self._order), action)
        with self._changed:
            heapq.heappush(queue, due)
            if queue[0] is due:  # it waits for less than it did
                self._changed.notify()

        def cancel() -> None:
            due.is_cancelled, due.action = True, _nothing  # what it would have called need not be kept until then

        return cancel

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify()

    def _run(self) -> None:
        while (due := self._next()) is not None:
            if due.is_cancelled:
                continue
            try:
                due.action()
            except Exception as error:  # noqa: BLE001 - one action's failure must not silence the others
                self._on_error(error)

    def _next(self) -> _Due | None:
        with self._changed:
            self._is_acting = False
            while not self._is_closed:
                is_real = bool(self._real) and self._real[0].moment <= self._clock.monotonic()
                if self._is_due or is_real:
                    self._is_acting = True
                    return heapq.heappop(self._cloud if self._is_due else self._real)
                self._rests.notify_all()
                self._changed.wait(self._idle_seconds())
            self._rests.notify_all()
        return None

    def _idle_seconds(self) -> float:
        cloud = self._clock.seconds_until(self._cloud[0].moment) if self._cloud else FOREVER
        real = self._real[0].moment - self._clock.monotonic() if self._real else FOREVER
        return max(0.0, min(cloud, real, LONGEST_WAIT))


def _nothing() -> None:
    """What a cancelled timer calls."""
