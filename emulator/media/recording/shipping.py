"""The way of finished recordings to their buckets: tried again in real time until they are there.

A recording keeps its local files whatever becomes of the way. While it is ``shipping`` a restart goes on with it.
"""

import queue
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Archivist
from offair.emulator.core.recordings import Recording, RecordingState
from offair.emulator.core.timers import Timers
from offair.emulator.media.recording.bucket import (
    ForbiddenError,
    InterruptedUploadError,
    UnreachableError,
    upload,
)

FAREWELL = 1.0  # real seconds that a stop gives to a file on its way
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # real seconds between attempts; each is twice the one before


class Shipper:
    """Ships recordings in a thread of its own. ``folder_of`` says where one lies."""

    def __init__(
        self, archivist: Archivist, timers: Timers, journal: Journal, folder_of: Callable[[Recording], Path]
    ) -> None:
        self._archivist = archivist
        self._journal = journal
        self._timers = timers
        self._folder_of = folder_of
        self._due: queue.SimpleQueue[tuple[Recording, float] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def submit(self, recording: Recording, *, pause: float = FIRST_PAUSE) -> None:
        """Have a recording shipped; ``pause`` is how long to wait when its bucket cannot be reached."""
        with self._lock:
            if self._is_closed:
                return
            self._due.put((recording, pause))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="offair-shipping", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Ship no more; what is on its way is broken off, and keeps its state for the next start.

        A bucket that says nothing is waited for only a moment: its thread ends when the silence does.
        """
        with self._lock:
            self._is_closed = True
            thread = self._thread
        self._due.put(None)
        if thread is not None:
            thread.join(FAREWELL)

    def _work(self) -> None:
        while (due := self._due.get()) is not None and not self._is_closed:
            recording, pause = due
            try:
                self._ship(recording.id, pause)
            except Exception as error:  # noqa: BLE001 - a bug of ours must not leave a recording on its way for ever
                self._give_up(recording, error)

    def _give_up(self, recording: Recording, error: Exception) -> None:
        words = f"it cannot be brought to its bucket: {error!r}; the recording is kept here"
        self._journal.write_about(recording, "trouble", words, traceback="".join(traceback.format_exception(error)))
        self._settle(recording.id, RecordingState.FAILED, words)

    def _settle(self, recording: str, state: RecordingState, words: str | None) -> None:
        if not self._is_closed:  # the next start finds it as it was
            self._archivist.move(recording, state, words=words)

    def _ship(self, recording_id: str, pause: float) -> None:
        found = self._archivist.find(id=recording_id)
        bucket = found[0].capture.bucket if found else None
        if bucket is None:
            return  # it was forgotten meanwhile
        recording = found[0]
        prefix = key_prefix(recording)
        try:
            folder = self._folder_of(recording)
            upload(bucket, folder, recording.files, prefix=prefix, go_on=lambda: not self._is_closed)
        except InterruptedUploadError:
            return
        except UnreachableError as error:
            words = f"{error}; trying again, the recording is kept here meanwhile"
            if words != recording.words:
                self._settle(recording.id, RecordingState.SHIPPING, words)
            self._timers.after(pause, lambda: self.submit(recording, pause=min(2 * pause, LONGEST_PAUSE)))
        except (ForbiddenError, OSError) as error:
            words = f"{error}; the recording is kept here. See to the bucket and its credentials, and record again"
            self._settle(recording.id, RecordingState.FAILED, words)
        else:
            self._settle(recording.id, RecordingState.SHIPPED, None)


def key_prefix(recording: Recording) -> str:
    """Say what goes before the names of a recording's files: the bucket's prefix, the stream's, and its own id."""
    capture = recording.capture
    prefixes = (capture.bucket.prefix if capture.bucket else "", capture.prefix, recording.id)
    return "".join(f"{part}/" for prefix in prefixes if (part := prefix.strip("/")))
