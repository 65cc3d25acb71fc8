"""A client's own time: in its threads the clocks of Python follow the cloud's, so that back-off costs nothing.

Whoever asks from elsewhere, the stand-in's threads for instance, gets the real ones.
"""

import asyncio
import math
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from types import ModuleType
from typing import Any

from offair.contracts.client.attending import LOOP
from offair.contracts.client.counterpart import Counterpart

ROUND, ROUNDS = (
    0.005,
    50,
)  # real seconds of a look at whether a loop has something to do, and looks before its clock leaps
MOMENT = 0.001  # real seconds in which a coroutine that sleeps lets the others go on
CALM = 100  # such moments, after which nothing is on its way that a time-out waits for
# whose pauses between two pings would have the clock leap while the client waits for somebody to speak
KEEPING_ALIVE = ("websockets", "engineio", "socketio")
CLIENT = "offair-client"  # the thread in which a client does its job
NOBODYS = ("offair-", "Dummy-")  # threads that no client has started, and that set no event of one
OURS = ("offair.contracts", "offair.emulator")


class StoppedError(BaseException):
    """The judge has seen enough: what runs in the client's thread ends here."""


class Pace:
    """How one client's time goes: forward only, by real time and by every pause that it makes.

    ``is_busy`` says whether something is asked right now, which a pause does not overtake, and ``is_talking`` whether
    somebody may speak unasked, whom no time-out overtakes. ``leaps`` are from when to when the cloud's clock went at
    once.
    """

    def __init__(self, cloud: Counterpart) -> None:
        self._cloud = cloud
        self._slept = 0.0
        self._waking: list[float] = []
        self.leaps: list[tuple[float, float]] = []
        self.is_stopped = False
        self.is_busy: Callable[[], bool] = lambda: False
        self.is_talking: Callable[[], bool] = lambda: False

    def time(self) -> float:
        """Tell the cloud's time."""
        return self._cloud.now()

    def monotonic(self) -> float:
        """Tell a time that only goes forward."""
        return float(_REAL["monotonic"]()) + self._slept

    def pause(self, seconds: float) -> None:
        """Let so much time pass at once."""
        if self.is_stopped:
            raise StoppedError
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        before = self._cloud.now()
        self.leaps.append((before, before + seconds))
        self._cloud.advance(seconds)
        self._slept += seconds

    async def pause_together(self, seconds: float) -> None:
        """Let so much time pass for a coroutine, while others go on: the one that wakes first moves the clock.

        Where it would pass somebody's time-out, whatever that waits for gets its real time before.
        """
        if seconds <= 0:
            await _REAL["asleep"](0)
            return
        asyncio.get_running_loop().slow_callback_duration = math.inf  # when the clock leaps, nobody was slow
        wake, calm = self.monotonic() + seconds, 0
        self._waking.append(wake)
        try:
            while self.monotonic() < wake:
                await _REAL["asleep"](MOMENT)
                calm = 0 if self.is_busy() else calm + 1
                now = self.monotonic()
                if now < wake == min(self._waking) and calm:
                    sooner = _next_time_out(now + MOMENT, wake)
                    if sooner is None or calm > CALM:
                        self.pause((sooner or wake) - now)
                        calm = 0
        finally:
            self._waking.remove(wake)

    def idle(self, look: Callable[[float], list[Any]], seconds: float) -> list[Any]:
        """Let a loop wait until its next time-out, and leap there where it has nothing else to wait for."""
        due, calm = self.monotonic() + seconds, 0
        while calm < ROUNDS:
            left = due - self.monotonic()
            found = look(min(max(left, 0.0), ROUND))
            if found or left <= ROUND:
                return found
            calm = 0 if self.is_busy() or self.is_talking() else calm + 1
        self.pause(max(0.0, due - self.monotonic()))
        return []


def running_task() -> int:
    """Give the number of the task that runs in this thread; 0 where no loop does, as in that of a socket."""
    try:
        return id(asyncio.current_task())
    except RuntimeError:
        return 0


def _next_time_out(since: float, until: float) -> float | None:
    """Tell when the running loop has something to do between two times; None where it has not, or does not say."""
    timers = getattr(asyncio.get_running_loop(), "_scheduled", ())
    return min((one.when() for one in timers if not one.cancelled() and since < one.when() < until), default=None)


def _is_alone() -> bool:
    """The client's own thread asks, and there is no other that could end its pause; the judge waits for it."""
    here = threading.current_thread()
    others = (one for one in threading.enumerate() if one not in {here, threading.main_thread()})
    return here.name == CLIENT and all(one.name.startswith(NOBODYS) for one in others)


FOLLOWED: ContextVar[Pace | None] = ContextVar("FOLLOWED", default=None)
_REAL: dict[str, Any] = {
    "sleep": time.sleep, "time": time.time, "monotonic": time.monotonic, "asleep": asyncio.sleep,
}  # fmt: skip


def _sleep(seconds: float) -> None:
    pace = FOLLOWED.get()
    _REAL["sleep"](seconds) if pace is None else pace.pause(seconds)


def _time() -> float:
    pace = FOLLOWED.get()
    return float(_REAL["time"]() if pace is None else pace.time())


def _monotonic() -> float:
    pace = FOLLOWED.get()
    return float(_REAL["monotonic"]() if pace is None else pace.monotonic())


def _wait(event: threading.Event, timeout: float | None = None) -> bool:
    pace = FOLLOWED.get()
    is_ours = sys._getframe(1).f_globals.get("__name__", "").startswith(OURS)  # noqa: SLF001
    if pace is None or timeout is None or timeout <= 0 or is_ours or event.is_set() or not _is_alone():
        return _really_wait(event, timeout)
    pace.pause(timeout)
    return event.is_set()


def _select(selector: Any, timeout: float | None = None) -> list[Any]:
    """A loop of asyncio waits so: for what happens, and until the first of its time-outs."""
    pace, caller = FOLLOWED.get(), sys._getframe(1)  # noqa: SLF001
    is_loops = (caller.f_globals.get("__name__"), caller.f_code.co_name) == LOOP
    if pace is None or timeout is None or timeout <= ROUND or not is_loops or not _is_alone():
        return list(_really_select(selector, timeout))
    return pace.idle(partial(_really_select, selector), timeout)


async def _asleep(delay: float, result: Any = None) -> Any:
    pace = FOLLOWED.get()
    if pace is None or sys._getframe(1).f_globals.get("__name__", "").startswith(KEEPING_ALIVE):  # noqa: SLF001
        return await _REAL["asleep"](delay, result)
    await pace.pause_together(delay)
    return result


INSTEAD: dict[str, Callable[..., Any]] = {"sleep": _sleep, "time": _time, "monotonic": _monotonic, "asleep": _asleep}


@contextmanager
def followed() -> Iterator[None]:
    """Until the end, let whoever asks in a context with a ``Pace`` have its time; also by names imported before."""
    instead = {id(real): INSTEAD[name] for name, real in _REAL.items()}
    changed: list[tuple[Any, str, Any]] = []
    for module in [time, asyncio, *_others()]:
        for name, value in vars(module).copy().items():  # whatever is collected meanwhile
            if id(value) in instead:
                changed.append((module, name, value))
                setattr(module, name, instead[id(value)])
    threading.Thread.start = _start  # type: ignore[method-assign, assignment] # a client's threads have its time too
    threading.Event.wait = _wait  # type: ignore[method-assign, assignment] # who may be told to stop pauses so
    selectors.DefaultSelector.select = _select  # type: ignore[method-assign, assignment] # and loops so
    try:
        yield
    finally:
        threading.Thread.start = _really_start  # type: ignore[method-assign]
        threading.Event.wait = _really_wait  # type: ignore[method-assign]
        selectors.DefaultSelector.select = _really_select  # type: ignore[method-assign]
        for module, name, value in changed:
            setattr(module, name, value)


_really_start = threading.Thread.start
_really_wait = threading.Event.wait
_really_select = selectors.DefaultSelector.select


def _start(thread: threading.Thread) -> None:
    """Start a thread in the context of who starts it, if that is a client; what the stand-in starts has real time."""
    if FOLLOWED.get() is not None and not thread.name.startswith("offair-"):
        context, run = copy_context(), thread.run
        thread.run = lambda: context.run(run)  # type: ignore[method-assign]
    _really_start(thread)


def _others() -> list[ModuleType]:
    """The modules that may have the clocks by names of their own; those of Python wait for real, and so do ours."""
    return [
        module
        for name, module in sys.modules.copy().items()
        if isinstance(module, ModuleType)
        and name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith(OURS)
    ]
