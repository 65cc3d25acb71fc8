"""One running ffmpeg: FLV into its stdin, and a thread that carries the fragments of each track to its sinks."""

import fcntl
import os
import selectors
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from offair.emulator.media.formats import flv
from offair.emulator.media.formats.flv import Passed
from offair.emulator.media.transcoding.ladder import Plan
from offair.emulator.media.transcoding.outlet import Sink, Sinks
from offair.emulator.media.transcoding.process import Exit, Process
from offair.emulator.media.transcoding.progress import Progress, ProgressReader

READ = 1 << 18
PIPE_BYTES = 1 << 20


class Transcoder:
    """Runs from construction to :meth:`close`.

    ``on_death`` hears of an end that nobody asked for, ``on_error`` of what a sink raised; after that the sink
    gets nothing more, and the track is read on, so that ffmpeg is not held.
    """

    is_patient = False

    def __init__(
        self,
        executable: Path,
        plan: Plan,
        sinks: Sequence[Mapping[str, Sink]],
        *,
        container: str,
        probing: float,
        name: str,
        on_death: Callable[["Transcoder", Exit], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        from offair.emulator.media.transcoding.command import (
            transcode,  # brings ffmpeg-python, which a start can do without
        )

        self._sinks = Sinks([track.name for track in plan.package.tracks], sinks, on_error)
        self._on_death = on_death
        self._on_error = on_error
        self._reports = ProgressReader()
        ends = {track.name: _pipe() for track in plan.package.tracks}
        reports, reporting = os.pipe()
        self._reading: dict[str | None, int] = {name: reading for name, (reading, _) in ends.items()}
        self._reading[None] = reports  # no track's
        writing = {name: write for name, (_, write) in ends.items()}
        try:
            self._process = Process(
                transcode(str(executable), plan, writing, progress=reporting, container=container, probing=probing),
                name=name,
                on_exit=self._exited,
                keep=(*writing.values(), reporting),
            )
        except OSError:
            for descriptor in self._reading.values():
                os.close(descriptor)
            raise
        self._thread = threading.Thread(target=self._carry, name=f"offair-carry-{name}", daemon=True)
        self._thread.start()

    @property
    def carried(self) -> int:
        """How many bytes came out."""
        return self._sinks.carried

    @property
    def pid(self) -> int:
        """The ffmpeg's process id."""
        return self._process.pid

    @property
    def progress(self) -> Progress | None:
        """Ffmpeg's latest report; None before its first."""
        return self._reports.latest

    def write(self, passed: Passed, *, go_on: Callable[[], bool]) -> None:
        """Give ffmpeg media, waiting for as long as ``go_on`` says when it cannot take it."""
        self._process.write(flv.write(passed), go_on=go_on)

    def close(self) -> None:
        """Let ffmpeg finish what it has, and wait until the last fragment is with its sink."""
        self._process.stop()
        self._thread.join()

    def _exited(self, over: Exit) -> None:
        if over.is_failure and not over.was_wanted:
            self._on_death(self, over)

    def _carry(self) -> None:
        """Carry until every pipe has ended; when that fails the pipes are closed, so that ffmpeg waits for nobody."""
        try:
            self._read_pipes()
        except Exception as error:  # noqa: BLE001 - whoever runs this ends the broadcast
            self._on_error(error)
        finally:
            for descriptor in self._reading.values():
                os.close(descriptor)

    def _read_pipes(self) -> None:
        with selectors.DefaultSelector() as selector:
            for name, descriptor in self._reading.items():
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ, name)
            while selector.get_map():
                for key, _ in selector.select():
                    content = os.read(key.fd, READ)
                    if content and key.data is None:
                        self._reports.push(content)
                    elif content:
                        self._sinks.deliver(key.data, content)
                    else:
                        selector.unregister(key.fd)
                        os.close(self._reading.pop(key.data))


def _pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reading, writing
