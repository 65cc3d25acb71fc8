"""All pulls: begun when a stream wants its source, ended when the stream is over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from offair.emulator.core.events import PullWanted, StreamDeleted, StreamMoved
from offair.emulator.core.ports import Callboy
from offair.emulator.core.streams import Stream
from offair.emulator.core.world import World
from offair.emulator.media.elsewhere.pull import Host, Pull
from offair.emulator.media.transcoding.kit import Kit


class Pulls:
    """Every pull that runs: one for each stream that wants its source, until the stream is over."""

    def __init__(self, world: World, kit: Kit, *, host: Host, callboy: Callboy) -> None:
        self._world = world
        self._pull = partial(Pull, kit=kit, host=host, callboy=callboy, on_over=self._forget)
        self._running: dict[str, Pull] = {}
        self._lock = threading.Lock()
        self._is_closed = self._is_held = False
        world.events.subscribe(PullWanted, lambda event: world.after_commit(lambda: self._begin(event.stream)))
        world.events.subscribe(StreamMoved, self._on_moved)
        world.events.subscribe(StreamDeleted, lambda event: self._later_end(event.stream))

    def end_all(self) -> None:
        """End every pull, and wait until nothing of them runs."""
        with self._lock:
            pulls = list(self._running.values())
        for pull in pulls:
            pull.end()
        for pull in pulls:
            pull.wait()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Begin none for a while; what wants its source meanwhile gets none later either."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False

    def close(self) -> None:
        """End every pull and begin none any more."""
        with self._lock:
            self._is_closed = True
        self.end_all()

    def _on_moved(self, moved: StreamMoved) -> None:
        if not moved.stream.state.wants_input:
            self._later_end(moved.stream)

    def _later_end(self, stream: Stream) -> None:
        self._world.after_commit(lambda: self._end(stream.id))

    def _begin(self, stream: Stream) -> None:
        with self._lock:
            if self._is_closed or self._is_held:
                return
            former = self._running.get(stream.id)
            if former is not None and not former.is_over:
                former.hurry()
            else:
                self._running[stream.id] = self._pull(stream, former=former)

    def _end(self, stream: str) -> None:
        with self._lock:
            pull = self._running.get(stream)
        if pull is not None:
            pull.end()

    def _forget(self, pull: Pull) -> None:
        with self._lock:
            if self._running.get(pull.stream.id) is pull:
                del self._running[pull.stream.id]
