"""Somebody who waits to be shown a stream that starts, before anything of it was made."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from offair.emulator.core.showing import Course, Onlooker, Parting

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.listening.progressive.feed import Feed


class Expected:
    """An onlooker without a feed yet. :meth:`begin` and :meth:`leave` may meet, from two threads."""

    def __init__(
        self, stream: str, variant: str | None, onlooker: Onlooker, course: Course, go_on: Callable[[], bool]
    ) -> None:
        self.stream, self.variant, self.onlooker, self.go_on = stream, variant, onlooker, go_on
        self._course = course
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None
        self._has_left = False

    def begin(self, feed: "Feed | None") -> None:
        """Be shown a feed, if there is one."""
        with self._lock:
            if self._has_left:
                return
            showing = feed.show(self.onlooker, self._course) if feed else None
            self._end = showing.leave if showing else None
        if showing is None:
            self.onlooker.over(Parting.ABSENT, "the stream has no such rendition")

    def leave(self) -> None:
        """Wait no more, or be shown nothing more; twice is fine."""
        with self._lock:
            self._has_left = True
            end = self._end
        if end is not None:
            end()
