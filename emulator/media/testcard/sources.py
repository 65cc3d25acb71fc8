"""What a synthetic encoder sends, in real time: a clip that is repeated, or a file that ffmpeg encodes."""

import os
import select
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from offair.emulator.core.clock import Clock
from offair.emulator.media.formats import flv
from offair.emulator.media.testcard.loop import Loop
from offair.emulator.media.transcoding.process import Exit, Process

POLL = 0.2  # seconds after which a reader may look at something else
SLACK = 0.04  # seconds that a frame may be late, so that sound and picture travel together and few packets wake anybody
READ = 1 << 16


class SourceError(Exception):
    """There is nothing to send; the message says why."""


class TagSource(Protocol):
    """Gives tags while it is open."""

    def __enter__(self) -> Self:
        """Begin; the real time of its tags runs from here."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, however far it is."""
        ...

    def read(self) -> list[flv.Tag] | None:
        """Wait a little for what is due, and give it; None when nothing will follow."""
        ...


class Looped:
    """Repeats a clip, for ``seconds`` or for ever, at the cost of sending it."""

    def __init__(self, clip: Sequence[flv.Tag], *, clock: Clock, seconds: float | None = None) -> None:
        self._tags = iter(Loop(clip))
        self._clock = clock
        self._end = None if seconds is None else round(seconds * 1000)
        self._began = 0.0
        self._next: flv.Tag | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._began = self._clock.monotonic()
        self._next = next(self._tags)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def read(self) -> list[flv.Tag] | None:
        """Wait until the next frame is due; None when the seconds are over."""
        if self._next is None:
            return None
        ahead = self._next.timestamp / 1000 + SLACK - (self._clock.monotonic() - self._began)
        if ahead > 0:
            self._clock.sleep(min(ahead, POLL))
        now = (self._clock.monotonic() - self._began) * 1000
        due: list[flv.Tag] = []
        while self._next is not None and self._next.timestamp <= now:
            due.append(self._next)
            self._next = next(self._tags)
            if self._end is not None and self._next.timestamp >= self._end:
                self._next = None
        return due


class Encoded:
    """Lets ffmpeg encode a file, until its end or for ``seconds``.

    ffmpeg writes into a pipe of ours, so that it ends with us, however we end.
    """

    def __init__(self, file: Path, *, executable: Path, seconds: float | None = None) -> None:
        self._file = file
        self._executable = executable
        self._seconds = seconds
        self._reader = flv.Reader()
        self._has_media = False
        self._last_words = ""

    def __enter__(self) -> Self:
        """Begin."""
        from offair.emulator.media.transcoding.command import encode_file  # brings ffmpeg-python

        self._pipe, writing = os.pipe()
        argv = encode_file(str(self._executable), writing, self._file, seconds=self._seconds)
        self._made = select.poll()
        self._made.register(self._pipe, select.POLLIN)
        self._encoder = Process(argv, name="publisher", on_exit=self._ended, keep=(writing,))
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        os.close(self._pipe)
        self._encoder.stop()

    def read(self) -> list[flv.Tag] | None:
        """Wait for what ffmpeg makes; SourceError when it makes nothing."""
        if not self._made.poll(POLL * 1000):
            return []
        content = os.read(self._pipe, READ)
        if not content:
            if not self._has_media:
                self._encoder.stop()  # whose last words are there when it is gone
                raise SourceError(f"ffmpeg made no media: {self._last_words or 'it said nothing'}")
            return None
        tags = self._reader.receive(content)
        self._has_media = self._has_media or any(tag.kind is not flv.TagKind.SCRIPT for tag in tags)
        return tags

    def _ended(self, over: Exit) -> None:
        self._last_words = over.words
