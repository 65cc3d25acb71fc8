"""A line to a source: an ffmpeg that calls it, and the MPEG-TS that comes out of it. Fills ``Connection``."""

import os
import select
import threading
from collections.abc import Callable, Sequence

from offair.emulator.media.transcoding.process import Exit, Process

READ = 1 << 16


class Line:
    """Open from construction to :meth:`hang_up`; OSError when ffmpeg cannot be started.

    ``argv`` is the command for a descriptor to write to. ffmpeg ends with us, as nothing else would end one whose
    source is silent.
    """

    def __init__(self, argv: Callable[[int], Sequence[str]], *, peer: str, name: str) -> None:
        self.peer = peer
        self._words = ""
        self._flows = threading.Event()
        self._flows.set()
        self._reading, writing = os.pipe()
        try:
            self._process = Process(argv(writing), name=name, on_exit=self._exited, keep=(writing,), is_leashed=True)
        except OSError:
            os.close(self._reading)
            raise
        self._poller = select.poll()
        self._poller.register(self._reading, select.POLLIN)

    def pause(self) -> None:
        """Let what comes wait in the pipe."""
        self._flows.clear()

    def resume(self) -> None:
        """Read on."""
        self._flows.set()

    def relax(self) -> None:
        """Go on as before: a pipe is read in large pieces anyway."""

    def close(self, reason: str) -> None:
        """End the call; :meth:`read` hears of it."""
        self._words = self._words or reason
        self._process.kill()
        self._flows.set()

    def read(self, seconds: float) -> bytes:
        """Give what comes next, nothing at the end; after so many seconds of silence the call is ended."""
        self._flows.wait()
        if not self._poller.poll(seconds * 1000):
            self.close(f"nothing came for {seconds:g} s")
        return os.read(self._reading, READ)

    def hang_up(self) -> str:
        """Wait until nothing of the call is left; give the words with which it ended."""
        self._process.stop()
        os.close(self._reading)
        return self._words

    def _exited(self, over: Exit) -> None:
        self._words = self._words or over.gist
