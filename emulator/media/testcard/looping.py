"""The test clip on air: published by a thread for as long as somebody wants it."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from offair.emulator.core.clock import Clock
from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.media.testcard.calling import SrtPublisher
from offair.emulator.media.testcard.clip import load_clip
from offair.emulator.media.testcard.disturbed import Disturbed
from offair.emulator.media.testcard.publisher import Publisher, PublishError, Sent
from offair.emulator.media.testcard.sources import Encoded, Looped
from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError


class LoopingPublisher:
    """Publishes to an RTMP or SRT ``url`` from construction to :meth:`close`; over RTMP at some 0.2 % of a core.

    A ``file`` is published in the clip's place, once. ``choose_ffmpeg`` gives the best there is, ``pick_ffmpeg`` one
    that can do what is needed (SRT, say). ``words`` say why it ended by itself, if it did; ``progress`` is how far it
    is.
    """

    def __init__(
        self,
        url: str,
        *,
        random_bytes: Callable[[int], bytes],
        choose_ffmpeg: Callable[[], Path],
        pick_ffmpeg: Callable[[frozenset[str]], Path] | None = None,
        faults: Sequence[EncoderFault] = (),
        file: Path | None = None,
    ) -> None:
        self.progress = Sent()
        self.words = ""
        self._stopped = threading.Event()
        source = Looped(load_clip(), clock=Clock()) if file is None else Encoded(file, executable=choose_ffmpeg())
        self._publisher: Publisher | SrtPublisher
        if url.startswith("srt://"):
            disturbed = Disturbed(source, faults, choose_ffmpeg=choose_ffmpeg)
            self._publisher = SrtPublisher(
                url, disturbed, choose_ffmpeg=pick_ffmpeg or (lambda _needs: choose_ffmpeg())
            )
        else:
            self._publisher = Publisher(
                url, source, random_bytes=random_bytes, faults=faults, choose_ffmpeg=choose_ffmpeg
            )
        self._thread = threading.Thread(target=self._run, name="offair-clip", daemon=True)
        self._thread.start()

    @property
    def is_on(self) -> bool:
        """It publishes, or is about to."""
        return self._thread.is_alive() and not self._stopped.is_set()

    def __enter__(self) -> Self:
        """Publish until the context ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye."""
        self.close()

    @property
    def has_ended(self) -> bool:
        """It sends nothing more."""
        return not self._thread.is_alive()

    def close(self) -> None:
        """Say goodbye to the server, and end; twice is fine."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._publisher.run(self._note, self._stopped.is_set)
        except (PublishError, FfmpegMissingError) as error:
            self.words = str(error)

    def _note(self, progress: Sent) -> None:
        self.progress = progress
