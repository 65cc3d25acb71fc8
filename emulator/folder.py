"""The folder for an emulator's files: the user's, or a temporary one; never two emulators in one.

A lock file says that somebody lives there. The system lets go of it when its holder ends, however that happens, so
a temporary folder whose lock is free was left by a process that was killed, and is swept. That it is temporary is said
by a file of its own, which names whose the folder is and how it was called by chance: a user may call theirs alike.

What is kept has secrets in it, so a folder and its files are their owner's alone.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

LOCK = "offair.lock"
TEMPORARY = "offair.temporary"
PRIVATE = 0o600
PREFIX = "offair-"
MEDIA = "media"
PROCESSES = Path("/proc")  # Linux has a folder there for each that runs
ENDED = {"Z", "X"}  # the states of one that ended, and that nobody has looked after yet (proc(5))
YOUNG = 60.0  # seconds for which a folder may be without its lock because it is being made


@contextmanager
def claimed(state_dir: Path | None, *, wall: float) -> Iterator[Path]:
    """Hold a folder for as long as the context lasts; BlockingIOError when another stand-in has it.

    ``wall`` is the time of day in epoch seconds. A temporary folder goes with the context.
    """
    if state_dir is None:
        sweep(wall)
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        write_private(folder / TEMPORARY, _mark(folder))
    else:
        folder = _settle(state_dir)
    with os.fdopen(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, PRIVATE), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BlockingIOError(
                error.errno, f"{folder} is in use by another stand-in; stop it, or choose another folder with --state"
            ) from error
        except OSError as error:  # of a file system without locks
            raise OSError(error.errno, error.strerror, str(folder / LOCK)) from error
        try:
            if state_dir is not None:
                (folder / TEMPORARY).unlink(missing_ok=True)  # somebody wants it now
            yield folder
        finally:
            if state_dir is None:
                _remove(folder)


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that nobody else may read, in one step: no reader meets half of it."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    draft.replace(path)


def empty_media(folder: Path) -> Path:
    """Give the folder for playlists and segments, empty: they do not outlive the process that made them."""
    media = folder / MEDIA
    shutil.rmtree(media, ignore_errors=True)
    media.mkdir(parents=True)
    return media


def made(folder: Path) -> Path:
    """Give a folder that things can be kept in from now on; OSError now, rather than when something is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def _settle(folder: Path) -> Path:
    """Make a user's folder, and close to others what is nothing but ours: an old one may be open to them."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {path.name for path in folder.iterdir()}
    if (not names or LOCK in names) and folder.stat().st_uid == os.getuid():
        folder.chmod(stat.S_IRWXU)
    return folder


def _mark(folder: Path) -> str:
    return f"{os.getuid()} {folder.name}\n"


def _is_temporary(folder: Path) -> bool:
    """Say whether this is a folder that we made for a while: nobody else's, and not a copy of one."""
    mark = folder / TEMPORARY
    owners = {path.lstat().st_uid for path in (folder, mark)}
    return not folder.is_symlink() and owners == {os.getuid()} and mark.read_text(encoding="utf-8") == _mark(folder)


def sweep(wall: float) -> bool:
    """Remove the temporary folders that killed processes left, and tell whether there was one.

    ``wall`` is the time of day in epoch seconds.
    """
    has_found = False
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if (wall - folder.stat().st_mtime < YOUNG and not _is_orphan(folder)) or not _is_temporary(folder):
                continue
            with (folder / LOCK).open("r+") as lock:
                if _is_free(lock):
                    _remove(folder)
                    has_found = True
        except OSError:  # somebody else's folder, or one that is just being swept
            continue
    return has_found


def _remove(folder: Path) -> None:
    """Remove a temporary folder, and last what says that it is one: the next sweep finds what stays for now."""
    marks = {folder / TEMPORARY, folder / LOCK}
    with suppress(OSError):  # it may be gone
        for path in {*folder.iterdir()} - marks:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        if {*folder.iterdir()} <= marks:
            shutil.rmtree(folder)


def _is_orphan(folder: Path) -> bool:
    """Say whether the process is gone whose number is in the folder's name; where nobody can tell, it is not."""
    pid = folder.name.removeprefix(PREFIX).partition("-")[0]
    if not (PROCESSES.is_dir() and pid.isdecimal()):
        return False
    try:
        state = (PROCESSES / pid / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in ENDED


def _is_free(lock: TextIOWrapper) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
