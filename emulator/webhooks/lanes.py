"""Lanes: what is of one kind goes in order, one after another; and whoever is waited for holds nobody else back."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from offair.emulator.core.clock import Deadline

WIDTH = 32  # lanes that move at once, each in a thread
OF_TENANT, OF_HOST = 8, 4  # of these, at most so many of one tenant, and so many that call the same host
IDLE = 1.0  # real seconds that a thread waits for more to do
FAREWELL = 0.4  # real seconds in which what is under way may end when the lanes are closed


@dataclass(frozen=True, slots=True)
class _Ride:
    thing: str
    tenant: str
    host: str


class Lanes:
    """Calls ``drive`` with each thing that entered; things in the same lane one after another.

    Whose turn it is: of those tenants and hosts that have room, the one with the least under way, then the one that
    waited longest. Nobody gets more than is left for the others, so that many who are slow still leave room. What
    ``drive`` raises goes to ``on_error``, and the lane moves on.
    """

    def __init__(self, drive: Callable[[str], None], on_error: Callable[[Exception], None]) -> None:
        self._drive = drive
        self._on_error = on_error
        self._changed = threading.Condition()
        self._lanes: dict[str, dict[_Ride, None]] = {}  # what waits in each, in order
        self._moving: dict[str, _Ride] = {}  # what is under way in each
        self._first: dict[tuple[str, str], deque[str]] = {}  # by tenant and host, the lanes whose first thing may go
        self._tenants: Counter[str] = Counter()
        self._hosts: Counter[str] = Counter()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._is_called = False  # a thread is on its way, and calls the next one if there is more to do
        self._is_closed = False

    def enter(self, lane: str, thing: str, *, tenant: str, host: str) -> None:
        """Put a thing at the end of its lane, unless it waits there already."""
        with self._changed:
            if self._is_closed:
                return
            waiting = self._lanes.setdefault(lane, {})
            is_first = not waiting and lane not in self._moving
            waiting.setdefault(_Ride(thing, tenant, host))
            if is_first:
                self._line_up(lane)
            self._call()

    def is_busy(self, tenant: str | None = None) -> bool:
        """Say whether anything is under way, or waits for its turn: a tenant's, or anybody's."""
        with self._changed:
            rides = [*self._moving.values(), *(ride for waiting in self._lanes.values() for ride in waiting)]
        return any(tenant in {None, ride.tenant} for ride in rides)

    def close(self) -> None:
        """Begin nothing any more, and wait a moment for what is under way; twice is fine."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            threads = self._threads - {threading.current_thread()}
        farewell = Deadline(FAREWELL)
        for thread in threads:
            thread.join(farewell.remaining)

    def _work(self) -> None:
        try:
            while (lane := self._next()) is not None:
                try:
                    self._drive(self._moving[lane].thing)
                except Exception as error:  # noqa: BLE001 - one thing's failure must not stop what waits behind it
                    self._on_error(error)
                finally:
                    self._leave(lane)
        finally:
            self._go()

    def _next(self) -> str | None:
        """Begin with what may go; None when this thread has waited for long enough."""
        idle = Deadline(IDLE)
        with self._changed:
            while not self._is_closed:
                self._is_called = False
                group = self._choose()
                if group is not None:
                    return self._begin(group)
                if idle.is_over:
                    break
                self._idle += 1
                self._changed.wait(idle.remaining)
                self._idle -= 1
            self._threads.discard(threading.current_thread())  # now: from here on nobody counts on it
        return None

    def _begin(self, group: tuple[str, str]) -> str:
        lanes = self._first.pop(group)
        lane = lanes.popleft()
        if lanes:
            self._first[group] = lanes  # behind the others
        waiting = self._lanes[lane]
        ride = self._moving[lane] = next(iter(waiting))
        del waiting[ride]
        self._tenants[ride.tenant] += 1
        self._hosts[ride.host] += 1
        self._call()
        return lane

    def _leave(self, lane: str) -> None:
        with self._changed:
            ride = self._moving.pop(lane)
            _take_off(self._tenants, ride.tenant)
            _take_off(self._hosts, ride.host)
            if self._lanes[lane]:
                self._line_up(lane)
            else:
                del self._lanes[lane]

    def _go(self) -> None:
        """Leave no gap, not even when ``on_error`` fails."""
        with self._changed:
            self._threads.discard(threading.current_thread())
            self._call()

    def _line_up(self, lane: str) -> None:
        ride = next(iter(self._lanes[lane]))
        self._first.setdefault((ride.tenant, ride.host), deque()).append(lane)

    def _call(self) -> None:
        """See to it that somebody comes for what may go."""
        if self._is_closed or self._is_called or self._choose() is None:
            return
        if self._idle:
            self._changed.notify()
        elif len(self._threads) < WIDTH:
            thread = threading.Thread(target=self._work, name="offair-hooks", daemon=True)
            thread.start()
            self._threads.add(thread)
        else:
            return
        self._is_called = True

    def _choose(self) -> tuple[str, str] | None:
        """Say whose turn it is."""
        left = WIDTH - len(self._moving)
        tenants, hosts = self._tenants, self._hosts
        of_tenant, of_host = min(OF_TENANT, left), min(OF_HOST, left)
        free = (group for group in self._first if tenants[group[0]] < of_tenant and hosts[group[1]] < of_host)
        return min(free, key=lambda group: (tenants[group[0]], hosts[group[1]]), default=None)


def _take_off(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
