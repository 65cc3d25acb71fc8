"""A thread in which a client does its job, and which is not waited for longer than is said."""

import asyncio
import ctypes
import gc
import inspect
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Literal

from offair.contracts.client.pace import CLIENT, FOLLOWED, Pace, StoppedError

LOOK = 0.02  # real seconds between two looks at whether it has to be stopped
FAREWELL = 1.0  # real seconds that a client gets to end once it is told to

Ending = Literal["returned", "raised", "hung", "stopped"]


@dataclass(frozen=True)
class Outcome:
    """How a client's job ended: with a value or an error, not at all, or because it was stopped."""

    ending: Ending
    value: Any = None
    error: BaseException | None = None


@dataclass
class _Job:
    use: Callable[[], Any]
    done: threading.Event
    outcome: Outcome | None = None


class Hand:
    """One thread, and for coroutines one event loop in it, so that what a client keeps open stays good."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._runner: asyncio.Runner | None = None
        self._cancel: Callable[[], Any] = lambda: None
        context = copy_context()
        context.run(FOLLOWED.set, pace)
        self._thread = threading.Thread(target=self._work, args=(context,), name=CLIENT, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """It can take another job."""
        return self._thread.is_alive() and not self._pace.is_stopped

    @property
    def ident(self) -> int | None:
        """The thread's number, as Python has it."""
        return self._thread.ident

    def do(self, use: Callable[[], Any], *, deadline: float, is_enough: threading.Event) -> Outcome:
        """Do a job, and say how it ended; it is stopped after so many real seconds, and when ``is_enough``."""
        job = _Job(use, threading.Event())
        self._jobs.put(job)
        left = deadline
        while not job.done.wait(LOOK):
            left -= LOOK
            if is_enough.is_set() or left <= 0:
                self._stop(job)
                return Outcome("stopped" if is_enough.is_set() else "hung")
        return job.outcome or Outcome("hung")

    def close(self) -> None:
        """End the thread; one that hangs is left alone."""
        self._jobs.put(None)
        self._thread.join(FAREWELL)

    def _stop(self, job: _Job) -> None:
        """Raise in the thread at its next step; one that waits for ever within a system call hears of it later.

        What the client held at that step it could not close: that is our doing, so nobody is warned of it.
        """
        was_enabled = gc.isenabled()
        gc.disable()  # raised within a callback of the collector it would be lost
        self._let_collect(job)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                self._interrupt(job)
                gc.collect()
        finally:
            if was_enabled:
                gc.enable()

    def _let_collect(self, job: _Job) -> None:
        """Wait while the thread is in a callback of a collection that had begun already."""
        codes = {getattr(one, "__code__", None) for one in gc.callbacks}
        for _ in range(int(FAREWELL / LOOK)):
            frame = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001
            if frame is None or not any(each.f_code in codes for each, _ in traceback.walk_stack(frame)):
                return
            job.done.wait(LOOK)

    def _interrupt(self, job: _Job) -> None:
        self._pace.is_stopped = True
        if self._thread.ident is not None:
            number = ctypes.c_ulong(self._thread.ident)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(StoppedError))
        self._cancel()
        job.done.wait(FAREWELL)
        self._jobs.put(None)
        self._thread.join(FAREWELL)

    def _work(self, context: Context) -> None:
        try:
            context.run(self._serve)
        except StoppedError:
            return

    def _serve(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                job.outcome = self._done(job.use)
                job.done.set()
                if self._pace.is_stopped:
                    return
        finally:
            if self._runner is not None:
                self._runner.close()

    def _done(self, use: Callable[[], Any]) -> Outcome:
        try:
            value = use()
            if inspect.isawaitable(value):
                self._runner = self._runner or asyncio.Runner()
                value = self._runner.run(self._awaited(value))
        except StoppedError:
            return Outcome("stopped")
        except BaseException as error:  # noqa: BLE001 - whatever a client raises is what is judged
            return Outcome("raised", error=error)
        return Outcome("returned", value=value)

    async def _awaited(self, value: Any) -> Any:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is not None:
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            return await value
        finally:
            self._cancel = lambda: None
