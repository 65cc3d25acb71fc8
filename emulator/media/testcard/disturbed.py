"""A source with which something goes wrong, as a test wants it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.media.disturbing.black import prepare
from offair.emulator.media.disturbing.disturbance import Disturbance
from offair.emulator.media.formats import flv
from offair.emulator.media.testcard.sources import TagSource


class Disturbed:
    """Gives what a ``source`` gives, spoilt by ``faults``, which count from its beginning. Fills ``TagSource``.

    ``choose_ffmpeg`` is asked for the one that makes what they show. CannotDisturb when a fault cannot be made.
    """

    def __init__(self, source: TagSource, faults: Sequence[EncoderFault], *, choose_ffmpeg: Callable[[], Path]) -> None:
        self._source = source
        self._faults = list(faults)
        self._choose_ffmpeg = choose_ffmpeg
        self._disturbance = Disturbance()

    def __enter__(self) -> Self:
        """Begin."""
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._source.__exit__(kind, error, trace)

    def read(self) -> list[flv.Tag] | None:
        """Wait a little for what is due, and give what is left of it; None when nothing will follow."""
        tags = self._source.read()
        if tags is None:
            return None
        sent: list[flv.Tag] = []
        for tag in tags:
            sent += self._disturbance.push(tag)
            if self._faults and tag.is_keyframe:  # now it is known what the source sends
                for fault in self._faults:
                    self._disturbance.begin(fault, prepare(fault, self._disturbance, self._choose_ffmpeg))
                self._faults.clear()
        return sent
