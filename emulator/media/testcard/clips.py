"""The built-in clip on streams, for as long as somebody wants it there: one button instead of an encoder."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a start can do without
    from offair.emulator.media.testcard.looping import LoopingPublisher


class Clips:
    """Publishes the clip to RTMP URLs below ``root``, once a stream. Calls may come from any thread."""

    def __init__(
        self, root: Callable[[], str], *, random_bytes: Callable[[int], bytes], choose_ffmpeg: Callable[[], Path]
    ) -> None:
        self._root = root
        self._random_bytes = random_bytes
        self._choose_ffmpeg = choose_ffmpeg
        self._lock = threading.Lock()
        self._running: dict[str, LoopingPublisher] = {}

    def begin(self, stream: str, app: str, key: str) -> None:
        """Publish to a stream; one that is published to already goes on."""
        from offair.emulator.media.testcard.looping import LoopingPublisher

        with self._lock:
            former = self._running.get(stream)
            if former is None or not former.is_on:
                self._running[stream] = LoopingPublisher(
                    f"{self._root()}/{app}/{key}", random_bytes=self._random_bytes, choose_ffmpeg=self._choose_ffmpeg
                )

    def end(self, stream: str) -> None:
        """Say goodbye; no clip on the stream is fine."""
        with self._lock:
            publisher = self._running.pop(stream, None)
        if publisher is not None:
            publisher.close()

    def is_on(self, stream: str) -> bool:
        """The clip is being published to a stream, or tries to."""
        publisher = self._running.get(stream)
        return publisher is not None and publisher.is_on

    def words(self, stream: str) -> str:
        """Say why the clip ended by itself, if it did."""
        publisher = self._running.get(stream)
        return publisher.words if publisher else ""

    def close(self) -> None:
        """End every clip; twice is fine."""
        for stream in list(self._running):
            self.end(stream)
