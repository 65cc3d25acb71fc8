"""Waiting for what is about to be written: a player at the live edge asks for the next segment or part too early."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

from offair.emulator.core.clock import Deadline
from offair.emulator.media.packager.shelf import write_whole

SEGMENT = re.compile(r"(?P<broadcast>[^/]+)-(?P<number>\d+)(?P<suffix>\.(m4s|ts))")


class Arrivals:
    """Writes files, and tells those who wait for one that it is there."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()

    def write(self, path: Path, content: bytes) -> None:
        """Put a file in place and wake everybody; OSError when it cannot be written."""
        write_whole(path, content)
        self.wake()

    def wake(self) -> None:
        """Let everybody look again whether waiting still makes sense."""
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
    named = SEGMENT.fullmatch(path.name)
    if named is None or path.is_file() or named["number"] == "0":
        return False
    return path.with_name(f"{named['broadcast']}-{int(named['number']) - 1}{named['suffix']}").is_file()
