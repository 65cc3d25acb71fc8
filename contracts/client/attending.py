"""For how long a client would wait for an answer, read off what its thread waits at: nobody has to wait for it."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Protocol, runtime_checkable

DEEP = 3  # frames, from the innermost on: who waits further out does something else meanwhile
PACE = "offair.contracts.client.pace"  # stands between a loop and what it waits at, and is no frame of the client's
LOOP = ("asyncio.base_events", "_run_once")


@runtime_checkable
class Patient(Protocol):
    """A socket, or what stands for one."""

    def gettimeout(self) -> float | None:
        """Tell how many seconds it waits; None is for ever."""
        ...


def waits_without_end(thread: int) -> bool | None:
    """Say whether a thread waits at a socket that has no time-out, or in an event loop that has no timer.

    None is for a thread that waits at neither, or of which that cannot be seen.
    """
    for frame in _frames(sys._current_frames().get(thread)):  # noqa: SLF001
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) == LOOP:
            return "timeout" in frame.f_locals and frame.f_locals["timeout"] is None
        for value in frame.f_locals.copy().values():
            for held in (value, getattr(value, "_sock", None)):
                if isinstance(held, Patient):
                    return held.gettimeout() is None
    return None


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    left = DEEP
    while frame is not None and left:
        if frame.f_globals.get("__name__") != PACE:
            yield frame
            left -= 1
        frame = frame.f_back
