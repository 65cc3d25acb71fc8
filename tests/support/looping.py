"""Encoders that cost next to nothing: the test clip, repeated by our own client, each in a thread."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.core.ids import Ids
from offair.emulator.media.testcard.looping import LoopingPublisher
from offair.emulator.media.transcoding.ffmpeg import choose


@contextmanager
def looping() -> Iterator[Callable[..., LoopingPublisher]]:
    """Start publishers that are closed at the end: ``publish(url, *faults)``."""
    with ExitStack() as running:

        def publish(url: str, *faults: EncoderFault) -> LoopingPublisher:
            random_bytes = Ids(None, int).random_bytes
            publisher = LoopingPublisher(
                url, random_bytes=random_bytes, choose_ffmpeg=lambda: choose(None), faults=faults
            )
            return running.enter_context(publisher)

        yield publish
