"""The last minutes of every broadcast, as a line can be drawn of them; of one that is over, its last.

Like the journal it is an observation, not state.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from offair.emulator.core.clock import Clock
from offair.emulator.core.numbers import Numbers
from offair.emulator.core.timers import Timers

EVERY = 2.0  # real seconds between two samples
KEPT = 150  # samples of a broadcast: five minutes
STREAMS_KEPT = 500  # streams whose latest broadcast is remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One look at a broadcast: ``at`` in real seconds since the epoch, ``uptime`` since it began, rates in bit/s.

    ``bitrate_out`` is that of all renditions together; key frames are those of the encoder.
    """

    at: float
    uptime: float
    bitrate_in: int
    bitrate_out: int
    fps: float
    viewers: int
    key_frame_seconds: float | None


@dataclass(slots=True)
class _Story:
    publication: str
    moments: deque[Glance] = field(default_factory=lambda: deque(maxlen=KEPT))


class Chronicle:
    """Looks at every stream that is ``on_air`` now and then, by way of the timers, from :meth:`begin` on."""

    def __init__(
        self,
        clock: Clock,
        timers: Timers,
        *,
        on_air: Callable[[], Iterable[str]],
        numbers: Callable[[str], Numbers | None],
    ) -> None:
        self._clock, self._timers = clock, timers
        self._on_air, self._numbers = on_air, numbers
        self._lock = threading.Lock()
        self._stories: OrderedDict[str, _Story] = OrderedDict()

    def begin(self) -> None:
        """Look from now on, for as long as the timers run."""
        self._timers.after(EVERY, self._look)

    def look(self) -> None:
        """Note how every broadcast is doing now."""
        for stream in self._on_air():
            numbers = self._numbers(stream)
            if numbers is not None:
                self._note(stream, numbers)

    def of(self, stream: str) -> list[Glance]:
        """Give what is kept of a stream's latest broadcast, oldest first."""
        with self._lock:
            story = self._stories.get(stream)
            return list(story.moments) if story else []

    def _look(self) -> None:
        try:
            self.look()
        finally:
            self.begin()

    def _note(self, stream: str, numbers: Numbers) -> None:
        moment = Glance(
            at=round(self._clock.wall(), 1),
            uptime=numbers.uptime,
            bitrate_in=numbers.source.bitrate,
            bitrate_out=sum(rendition.bitrate for rendition in numbers.renditions),
            fps=numbers.source.fps,
            viewers=numbers.audience.viewers,
            key_frame_seconds=numbers.source.key_frame_seconds,
        )
        with self._lock:
            story = self._stories.pop(stream, None)
            if story is None or story.publication != numbers.publication:
                story = _Story(numbers.publication)
            story.moments.append(moment)
            self._stories[stream] = story
            while len(self._stories) > STREAMS_KEPT:
                self._stories.popitem(last=False)
