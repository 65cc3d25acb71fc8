"""Where a transcoder's fragments go: the packager, and whoever else listens to the same broadcast."""

from collections.abc import Callable, Mapping
from typing import Protocol

from understudy.emulator.core.streams import Stream
from understudy.emulator.media.packager.plan import PackagePlan

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
