"""Encoders that cost next to nothing: a thread of ours where moments count, ffmpeg where its packets do."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Self

from clips import ffmpeg, tags
from processes import running, until

from offair.emulator.media.formats import flv
from offair.emulator.media.testcard.loop import Loop
from offair.emulator.media.testcard.publisher import Publisher

CONTAINERS = {"rtmp": ("flv", "-flvflags", "no_duration_filesize"), "srt": ("mpegts",)}
TURN = 0.1  # seconds after which a publisher looks whether it should stop


class Punctual:
    """Gives each frame at its time and not before, over and over, or ``once``; ``began`` is when it was admitted."""

    def __init__(self, media: Sequence[flv.Tag], *, once: bool) -> None:
        self._tags = chain(media) if once else iter(Loop(media))
        self._next: flv.Tag | None = None
        self.began = 0.0

    def __enter__(self) -> Self:
        self.began = time.time()
        self._next = next(self._tags)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self) -> list[flv.Tag] | None:
        """Wait for the next frame; None when there is none."""
        if self._next is None:
            return None
        ahead = self._next.timestamp / 1000 - (time.time() - self.began)
        if ahead > TURN:
            time.sleep(TURN)
            return []
        time.sleep(max(ahead, 0.0))
        due, self._next = self._next, next(self._tags, None)
        return [due]


class Broadcast:
    """A publication by a thread, from construction until :meth:`end`, or until a clip that is sent ``once`` is over."""

    def __init__(self, url: str, clip: Path, *, once: bool = False) -> None:
        self._source = Punctual(tags(clip), once=once)
        self._stopped = threading.Event()
        self._publisher = Publisher(url, self._source, random_bytes=os.urandom, choose_ffmpeg=ffmpeg)
        self._thread = threading.Thread(target=self._publisher.run, args=(lambda _: None, self._stopped.is_set))
        self._thread.start()

    @property
    def began(self) -> float:
        """When the server admitted it, in seconds since the epoch."""
        until(lambda: self._source.began or not self._thread.is_alive(), what="an admission")
        return self._source.began

    def end(self) -> float:
        """Say goodbye, and give the moment; twice is fine."""
        self._stopped.set()
        self._thread.join()
        return time.time()

    def join(self) -> float:
        """Wait until all is sent, and give the moment."""
        self._thread.join()
        return time.time()


@contextmanager
def publishing(url: str, clip: Path, *, once: bool = False) -> Iterator[Broadcast]:
    """Publish a clip with our own client, frame by frame."""
    broadcast = Broadcast(url, clip, once=once)
    try:
        yield broadcast
    finally:
        broadcast.end()


@contextmanager
def pushing(clip: Path, *urls: str) -> Iterator[None]:
    """Push a clip with an ffmpeg for each URL, over and over."""
    with ExitStack() as pushes:
        for url in urls:
            pushes.enter_context(push(clip, url, "-stream_loop", "-1"))
        yield


def push(clip: Path, url: str, *looping: str):
    """Push a clip with ffmpeg: once, or as ``looping`` says."""
    container = CONTAINERS[url.partition(":")[0]]
    return running(ffmpeg(), "-v", "error", "-re", *looping, "-i", clip, "-c", "copy", "-f", *container, url)
