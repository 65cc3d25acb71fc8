"""Files that players fetch: whole or not there at all."""

import re
from collections.abc import Callable
from pathlib import Path

from understudy.emulator.core.clock import Deadline

MANIFESTS = frozenset({".m3u8", ".mpd"})
LENGTHS = re.compile(r"#EXTINF:([\d.]+)|mediaPresentationDuration=\"PT([\d.]+)S\"")


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step, so that no reader meets half of it; raise OSError and leave no trace.

    The file is written under a hidden name in the same folder, and renamed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}")
    try:
        hidden.write_bytes(content)
        hidden.replace(path)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise


class Shelf:
    """A folder of pieces; a manifest that would not change is not written again."""

    def __init__(self, folder: Path, write: Callable[[Path, bytes], None] = write_whole) -> None:
        self._folder = folder
        self._write = write
        self._texts: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> None:
        """Write an init section or a segment."""
        self._write(self._folder / name, content)

    def put_text(self, name: str, text: str) -> None:
        """Write a manifest in place of the one that is there."""
        if self._texts.get(name) != text:
            self._write(self._folder / name, text.encode())
            self._texts[name] = text

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is fine."""
        (self._folder / name).unlink(missing_ok=True)


class Leftovers:
    """What the broadcasts before left in a folder: manifests go at once, all else when nobody can ask for it any more.

    Segments stay for as long as the longest manifest that listed them (RFC 8216, 6.2.2).
    """

    def __init__(self, folder: Path, deadline: Callable[[float], Deadline]) -> None:
        files = [path for path in folder.rglob("*") if path.is_file()]
        manifests = [path for path in files if path.suffix in MANIFESTS]
        self._deadline = deadline(max(map(_seconds, manifests), default=0.0))
        self._others = [path for path in files if path.suffix not in MANIFESTS]
        for manifest in manifests:
            manifest.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete what may go now."""
        if self._others and self._deadline.is_over:
            for path in self._others:
                path.unlink(missing_ok=True)
            self._others = []


def _seconds(manifest: Path) -> float:
    return sum(float(length or whole) for length, whole in LENGTHS.findall(manifest.read_text()))
