"""Files that players fetch: whole or not there at all."""

from collections.abc import Callable
from pathlib import Path


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
