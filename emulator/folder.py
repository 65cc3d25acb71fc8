"""The folder for an emulator's files: the user's, or a temporary one; never two emulators in one.

A lock file says that somebody lives there. The system lets go of it when its holder ends, however that happens, so
a temporary folder whose lock is free was left by a process that was killed, and is swept.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

LOCK = "offair.lock"
PREFIX = "offair-"
MEDIA = "media"
YOUNG = 60.0  # seconds for which a folder may be without its lock because it is being made


@contextmanager
def claimed(state_dir: Path | None, *, wall: float) -> Iterator[Path]:
    """Hold a folder for as long as the context lasts; BlockingIOError when another emulator has it.

    ``wall`` is the time of day in epoch seconds. A temporary folder goes with the context.
    """
    if state_dir is None:
        _sweep(wall)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    else:
        folder = state_dir
        folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BlockingIOError(
                error.errno, f"{folder} is in use by another emulator; stop it, or choose another folder with --state"
            ) from error
        try:
            yield folder
        finally:
            if state_dir is None:
                shutil.rmtree(folder, ignore_errors=True)


def empty_media(folder: Path) -> Path:
    """Give the folder for playlists and segments, empty: they do not outlive the process that made them."""
    media = folder / MEDIA
    shutil.rmtree(media, ignore_errors=True)
    media.mkdir(parents=True)
    return media


def _sweep(wall: float) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if wall - folder.stat().st_mtime < YOUNG:
                continue
            with (folder / LOCK).open("r+") as lock:
                if _is_free(lock):
                    shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody else's folder, or one that is just being swept
            continue


def _is_free(lock: TextIOWrapper) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
