"""Waiting for what is about to be written: a player at the live edge asks for the next segment or part too early."""

import threading
from collections.abc import Callable
from pathlib import Path

from offair.emulator.core.clock import Deadline
from offair.emulator.media.packager.names import former_name


class Arrivals:
    """Lets those who wait for something look again whenever something was written."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()

    def wake(self) -> None:
        """Let everybody look again whether it is there, and whether waiting still makes sense."""
        with self._arrived:
            self._arrived.notify_all()

    def wait_until(self, is_there: Callable[[], bool], deadline: Deadline, *, go_on: Callable[[], bool]) -> bool:
        """Wait until something is there; False when the deadline is over or ``go_on`` says that it will not come."""
        with self._arrived:
            while not is_there():
                if deadline.is_over or not go_on():
                    return is_there()
                self._arrived.wait(deadline.remaining)
        return True


def is_next_segment(path: Path) -> bool:
    """Say whether the segment (or part) before this one is there, and this one is not."""
    former = former_name(path.name)
    return former is not None and not path.is_file() and path.with_name(former).is_file()
