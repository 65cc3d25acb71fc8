"""Where a transcoder's fragments go: the packager, and whoever else listens to the same broadcast."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from offair.emulator.core.streams import Stream
from offair.emulator.media.packager.plan import PackagePlan

Sink = Callable[[bytes], None]


class Outlet(Protocol):
    """Takes every track of one broadcast, which may have several runs of the encoder.

    Called from the engine's thread, and a sink from the thread that carries fragments: nothing here may block for long.
    Only the packager's sinks may raise; any other outlet's trouble is its own and never the stream's.
    """

    def begin(self) -> Mapping[str, Sink]:
        """Let a run begin: a sink for each track (by name) that is wanted, whose first bytes are an init section."""
        ...

    def flush(self) -> None:
        """Hear that a run is over: whatever comes next begins with :meth:`begin`."""
        ...

    def finish(self) -> None:
        """Hear that the broadcast is over. Once is enough, twice is fine."""
        ...


OpenOutlet = Callable[[Stream, str, PackagePlan], Outlet | None]  # for a stream's publication; None: not wanted here


class Sinks:
    """The sinks of every track of a run. ``on_error`` hears of what one raised; it gets nothing more after that."""

    def __init__(
        self, tracks: Iterable[str], outlets: Sequence[Mapping[str, Sink]], on_error: Callable[[Exception], None]
    ) -> None:
        self._sinks = {name: [by_track[name] for by_track in outlets if name in by_track] for name in tracks}
        self._on_error = on_error
        self.carried = 0

    def deliver(self, track: str, content: bytes) -> None:
        """Give a track's next bytes to everybody who wants them; ``carried`` counts them."""
        self.carried += len(content)
        for sink in tuple(self._sinks[track]):
            try:
                sink(content)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on; the engine decides
                self._sinks[track].remove(sink)
                self._on_error(error)
