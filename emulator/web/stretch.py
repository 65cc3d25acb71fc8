"""A large file as a response's body: read in blocks while it is sent, and from where a range begins."""

import os
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 16


class Stretch:
    """What a file holds when it is opened, even if it grows while it is sent; OSError when it cannot be opened.

    Iterable, seekable and closable, which is all that werkzeug asks of a body that ranges are taken from.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        status = os.fstat(self._file.fileno())
        self.size = status.st_size
        self.tag = f"{status.st_mtime_ns:x}-{status.st_size:x}"  # tells versions apart without reading them

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._file.read(min(BLOCK, self.size - self._file.tell()))
        if not block:
            raise StopIteration
        return block

    def seekable(self) -> bool:
        """Say that it can be sought."""
        return True

    def seek(self, offset: int) -> int:
        """Go on from a byte."""
        return self._file.seek(offset)

    def tell(self) -> int:
        """Say which byte comes next."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        self._file.close()
