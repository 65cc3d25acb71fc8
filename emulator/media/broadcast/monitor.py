"""A stream's numbers, gathered from those who measure them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from offair.emulator.core.audience import Audience
from offair.emulator.core.numbers import AudienceNumbers, Numbers
from offair.emulator.media.listening.earpieces import Earpieces

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.broadcast.engine import Engine


class StudioMonitor:
    """Fills ``Monitor`` from the engines that run, from what listens to them, and from the audience."""

    def __init__(self, on_air: "Callable[[], Sequence[Engine]]", earpieces: Earpieces, audience: Audience) -> None:
        self._on_air = on_air
        self._earpieces = earpieces
        self._audience = audience

    def numbers(self, stream: str) -> Numbers | None:
        """Measure a stream; None when it is not on air."""
        engine = next((engine for engine in self._on_air() if engine.stream.id == stream), None)
        if engine is None:
            return None
        earpiece = self._earpieces.of(stream, engine.publication)
        meters = earpiece.meters.values() if earpiece else ()
        return Numbers(
            publication=engine.publication,
            uptime=round(engine.uptime, 1),
            source=engine.source,
            transcoder=engine.transcoding,
            renditions=tuple(numbers for meter in meters if (numbers := meter.numbers) is not None),
            audience=self.audience(stream),
            readers=sum(feed.readers for feed in earpiece.feeds) if earpiece else 0,
            readers_dropped=earpiece.readers_dropped if earpiece else 0,
        )

    def audience(self, stream: str) -> AudienceNumbers:
        """Count the players of a stream's latest broadcast."""
        return self._audience.numbers(stream)
