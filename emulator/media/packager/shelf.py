"""What players fetch: segments as files, whole or not there at all; manifests, which change all the time, in memory."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

from offair.emulator.core.clock import Deadline

MANIFESTS = frozenset({".m3u8", ".mpd"})  # suffixes
LENGTHS = re.compile(r"#EXTINF:([\d.]+)|mediaPresentationDuration=\"PT([\d.]+)S\"")


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step, so that no reader meets half of it; raise OSError and leave no trace.

    The file is written under a hidden name in the same folder, which is made if need be, and renamed.
    """
    try:
        write_file(path, content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content)


def write_file(path: Path, content: bytes) -> None:
    """Do the same in a folder that is there; FileNotFoundError where it is not."""
    hidden = path.with_name(f".{path.name}")
    try:
        with hidden.open("wb", buffering=0) as file:  # whole at once, so that a buffer would only cost
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
        hidden.replace(path)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise


class Shelf:
    """A folder of one broadcast's segments, and its manifests.

    ``on_change`` is called when a file is there, and when a manifest changed.
    """

    def __init__(
        self, folder: Path, *, write: Callable[[Path, bytes], None] = write_file, on_change: Callable[[], None]
    ) -> None:
        self.folder = folder
        self._write = write
        self._on_change = on_change
        self._texts: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> None:
        """Write an init section or a segment; OSError when it cannot be written, or what was written before is gone."""
        path = self.folder / name
        try:
            self._write(path, content)
        except FileNotFoundError:  # the first of its folder
            self._make(path.parent)
            self._write(path, content)
        self._on_change()

    def _make(self, folder: Path) -> None:
        root = self.folder.parent
        if not root.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the folder for media was removed while it was in use", str(root))
        folder.mkdir(parents=True, exist_ok=True)

    def put_text(self, name: str, text: str) -> None:
        """Put a manifest in place of the one that is there."""
        if self._texts.get(name) != text:
            self._texts[name] = text
            self._on_change()

    def text(self, name: str) -> str | None:
        """Give a manifest; None while there is none."""
        return self._texts.get(name)

    @property
    def texts(self) -> list[str]:
        """The names of the manifests that are there."""
        return list(self._texts)

    def stamp(self, name: str) -> tuple[int, int] | None:
        """Tell a file from what may be there in its place later; None while there is none."""
        if ".." in name or name.startswith((".", "/")):
            return None
        try:
            status = os.stat(f"{self.folder}/{name}")  # noqa: PTH116 - a Path costs more than the look itself
        except (OSError, ValueError):  # a name with NUL in it is none
            return None
        return status.st_mtime_ns, status.st_size

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is fine."""
        (self.folder / name).unlink(missing_ok=True)

    @property
    def seconds(self) -> float:
        """How long the longest manifest lasts."""
        return max(map(_seconds, tuple(self._texts.values())), default=0.0)


class Leftovers:
    """The files that broadcasts before left in a folder; they go when nobody can ask for them any more.

    That is ``after`` as many seconds as the longest manifest that listed them lasts (RFC 8216, 6.2.2).
    """

    def __init__(self, folder: Path, after: Deadline) -> None:
        self._deadline = after
        self._files = [path for path in folder.rglob("*") if path.is_file()]

    def sweep(self) -> None:
        """Delete what may go now."""
        if self._files and self._deadline.is_over:
            for path in self._files:
                path.unlink(missing_ok=True)
            self._files = []


def _seconds(manifest: str) -> float:
    return sum(float(length or whole) for length, whole in LENGTHS.findall(manifest))
