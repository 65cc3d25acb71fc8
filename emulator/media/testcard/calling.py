"""A synthetic encoder that speaks SRT: tags from a source, which an ffmpeg takes there as MPEG-TS."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from offair.emulator.core.clock import Deadline
from offair.emulator.core.faults.encoders import CannotDisturb
from offair.emulator.media.formats import flv
from offair.emulator.media.formats.gate import Gate
from offair.emulator.media.testcard.publisher import PublishError, Sent
from offair.emulator.media.testcard.sources import SourceError, TagSource
from offair.emulator.media.transcoding.endpoints import UnusableEndpointError, sending
from offair.emulator.media.transcoding.process import Exit, Process

PATIENCE = 10.0  # seconds in which the other end has to take something


class SrtPublisher:
    """Publishes a source to an SRT ``url`` until it ends or ``should_stop`` says so.

    ``choose_ffmpeg`` is asked for one that can do what is needed. PublishError for what is no URL to send to.
    """

    def __init__(self, url: str, source: TagSource, *, choose_ffmpeg: Callable[[frozenset[str]], Path]) -> None:
        from offair.emulator.media.transcoding.command import relay  # brings ffmpeg-python

        try:
            manner = sending(url, PATIENCE)
        except UnusableEndpointError as error:
            words = "it looks like srt://host:port?streamid=app/key"
            raise PublishError(f"{url} is no SRT URL to publish to: {error}; {words}") from error
        executable = str(choose_ffmpeg(manner.needs))
        self._argv: Callable[..., list[str]] = partial(relay, executable, url, manner, container="flv")
        self._source = source
        self._gate = Gate()
        self._exits: list[Exit] = []

    def run(self, on_progress: Callable[[Sent], None], should_stop: Callable[[], bool]) -> Sent:
        """Publish; back when all is sent. PublishError when the other end refuses or sends us away."""
        silent = os.open(os.devnull, os.O_WRONLY)
        process = Process(
            self._argv(progress=silent), name="srt", on_exit=self._exits.append, keep=(silent,), is_leashed=True
        )
        progress = Sent()
        try:
            with self._source as source:
                while not should_stop() and (tags := source.read()) is not None:
                    progress = self._send(process, tags, progress)
                    on_progress(progress)
        except (SourceError, CannotDisturb) as error:
            raise PublishError(str(error)) from error
        finally:
            with suppress(OSError):
                process.stop()
        self._check_end()
        return progress

    def _send(self, process: Process, tags: list[flv.Tag], progress: Sent) -> Sent:
        content = b"".join(map(self._gate.push, tags))
        stall = Deadline(PATIENCE)
        if not process.is_running or not process.write(content, go_on=lambda: not stall.is_over):
            process.stop()
            self._check_end()
            raise PublishError(f"nothing was taken for {PATIENCE:g} s")
        return progress.with_sent(tags, len(content))

    def _check_end(self) -> None:
        if self._exits and self._exits[0].code:
            raise PublishError(f"it was not taken: {self._exits[0].gist}; 'offair logs --refused' says why")
