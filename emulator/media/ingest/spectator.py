"""Who plays a stream over RTMP: is shown fragments like everybody who looks on, and gets them as tags."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol, Self

from offair.emulator.core.ports import Knock
from offair.emulator.core.showing import Cue, Onlooker, Parting, Sight
from offair.emulator.core.sockets import Pieces
from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.formats.unfolding import MILLISECONDS, TIME, Unfolding
from offair.emulator.media.ingest.reception import Gulp


class Canvas(Protocol):
    """What is asked of a player's connection, always in the loop thread."""

    def show(self, tags: Sequence[Tag]) -> int:
        """Send tags, and tell how many bytes the peer has not taken."""
        ...

    def over(self, ending: Parting, words: str) -> None:
        """Tell the player that nothing follows and why, as well as it can hear it, and disconnect."""
        ...


class Spectator:
    """Fills ``Onlooker`` for who shows a stream, and ``Intake`` for its visit, whose end is the player's."""

    def __init__(self, loop: asyncio.AbstractEventLoop, canvas: Canvas) -> None:
        self._loop = loop
        self._canvas = canvas
        self._lock = threading.Lock()
        self._handed = 0  # bytes on their way to the loop
        self._unsent = 0  # bytes that the peer had not taken when they were counted last
        self._unfolding: Unfolding | None = None
        self._reached = 0  # the time of what was shown last, in ms
        self._leave: Callable[[], None] = _nothing

    def begin(self, show: Callable[[], Callable[[], None]]) -> Self:
        """Have the stream shown by ``show``, which gives what ends it."""
        self._leave = show()
        return self

    def begun(self, sight: Sight) -> None:
        """Tell the player what follows."""
        self._unfolding = Unfolding(sight.init, fps=sight.picture.fps if sight.picture else None)
        self._hand_on(self._unfolding.heads(self._reached))

    def shown(self, fragments: Sequence[Pieces]) -> int:
        """Show fragments, or only count what waits."""
        tags: list[Tag] = []
        if fragments and self._unfolding is not None:
            tags = self._unfolding.tags([b"".join(pieces) for pieces in fragments])
            self._reached = max([self._reached, *(tag.timestamp for tag in tags)])
        return self._hand_on(tags)

    def told(self, cue: Cue) -> None:
        """Tell the player what is said, in a data message as it came."""
        at = round(cue.at * MILLISECONDS) & TIME
        self._hand_on([Tag(TagKind.SCRIPT, at, amf0.encode(cue.name, cue.content))])

    def over(self, ending: Parting, words: str) -> None:
        """Say goodbye."""
        self._soon(lambda: self._canvas.over(ending, words))

    def feed(self, gulp: Gulp) -> None:
        """Take nothing: the session has sent away who plays and sends media."""

    def end(self, *, is_clean: bool) -> None:  # noqa: ARG002 - either way nobody looks any more
        """Look no more."""
        self._leave()

    def _hand_on(self, tags: Sequence[Tag]) -> int:
        size = sum(len(tag.payload) for tag in tags)
        with self._lock:
            self._handed += size
            waiting = self._handed + self._unsent
        self._soon(lambda: self._send(tags, size))
        return waiting

    def _send(self, tags: Sequence[Tag], size: int) -> None:
        unsent = self._canvas.show(tags)
        with self._lock:
            self._handed -= size
            self._unsent = unsent

    def _soon(self, action: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop is closed, and so is the connection
            self._loop.call_soon_threadsafe(action)


class DarkScreen:
    """Shows nothing: the screen of an edge that has none. Fills ``Screen``."""

    def show(self, knock: Knock, onlooker: Onlooker) -> Callable[[], None]:
        """Say so."""
        onlooker.over(Parting.ABSENT, f"nothing plays at {knock.app!r}")
        return _nothing


def _nothing() -> None:
    """Have nothing to leave."""
