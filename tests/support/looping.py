"""Encoders that cost next to nothing: the test clip, repeated by our own client, each in a thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from understudy.emulator.core.clock import Clock
from understudy.emulator.core.encoder_faults import EncoderFault
from understudy.emulator.core.ids import Ids
from understudy.emulator.media.clip import load_clip
from understudy.emulator.media.ffmpeg import choose
from understudy.emulator.media.publisher import Progress, Publisher, PublishError
from understudy.emulator.media.sources import Looped


class LoopingPublisher:
    """Publishes to a URL from construction to :meth:`close`; ``words`` are why it ended before, if it did."""

    def __init__(self, url: str, *faults: EncoderFault, ffmpeg: Path | None = None) -> None:
        self.progress = Progress()
        self.words = ""
        self._stopped = threading.Event()
        self._publisher = Publisher(
            url,
            Looped(load_clip(), clock=Clock()),
            random_bytes=Ids(None, int).random_bytes,
            faults=faults,
            choose_ffmpeg=lambda: choose(ffmpeg),
        )
        self._thread = threading.Thread(target=self._run, name="looping-publisher")
        self._thread.start()

    def close(self) -> None:
        """Say goodbye; twice is fine."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._publisher.run(self._note, self._stopped.is_set)
        except PublishError as error:
            self.words = str(error)

    def _note(self, progress: Progress) -> None:
        self.progress = progress


@contextmanager
def looping() -> Iterator[Callable[..., LoopingPublisher]]:
    """Start publishers that are closed at the end."""
    running: list[LoopingPublisher] = []

    def publish(url: str, *faults: EncoderFault) -> LoopingPublisher:
        running.append(LoopingPublisher(url, *faults))
        return running[-1]

    yield publish
    for publisher in running:
        publisher.close()
