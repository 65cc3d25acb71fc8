"""The way of finished recordings to their buckets: tried again in real time until they are there.

A recording keeps its local files whatever becomes of the way. While it is ``shipping`` a restart goes on with it.
"""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-shipping")
        self._lock = threading.Lock()
        self._is_closed = False

    def submit(self, recording: Recording, *, pause: float = FIRST_PAUSE) -> None:
        """Have a recording shipped; ``pause`` is how long to wait when its bucket cannot be reached."""
        with self._lock:
            if not self._is_closed:
                self._pool.submit(self._ship, recording.id, pause)

    def close(self) -> None:
        """Ship no more; what is on its way is broken off, and keeps its state for the next start."""
        with self._lock:
            self._is_closed = True
        self._pool.shutdown(cancel_futures=True)

    def _ship(self, recording_id: str, pause: float) -> None:
        try:
            self._bring(recording_id, pause)
        except Exception as error:  # noqa: BLE001 - a bug of ours must not leave a recording on its way for ever
            words = f"it cannot be brought to its bucket: {error!r}; the recording is kept here"
            for recording in self._archivist.find(id=recording_id):
                self._archivist.move(recording.id, RecordingState.FAILED, words=words)
                self._journal.write_about(recording, "trouble", words, traceback=traceback.format_exc())

    def _bring(self, recording_id: str, pause: float) -> None:
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
                self._archivist.move(recording.id, RecordingState.SHIPPING, words=words)
            self._timers.after(pause, lambda: self.submit(recording, pause=min(2 * pause, LONGEST_PAUSE)))
        except (ForbiddenError, OSError) as error:
            words = f"{error}; the recording is kept here. See to the bucket and its credentials, and record again"
            self._archivist.move(recording.id, RecordingState.FAILED, words=words)
        else:
            self._archivist.move(recording.id, RecordingState.SHIPPED, words=None)


def key_prefix(recording: Recording) -> str:
    """Say what goes before the names of a recording's files: the bucket's prefix, the stream's, and its own id."""
    capture = recording.capture
    prefixes = (capture.bucket.prefix if capture.bucket else "", capture.prefix, recording.id)
    return "".join(f"{part}/" for prefix in prefixes if (part := prefix.strip("/")))
