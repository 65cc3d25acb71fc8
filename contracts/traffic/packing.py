"""What a recording is packed in: gzip, a zip with bodies beside the archive (Playwright), UTF-16 (a Windows shell)."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from offair.contracts.traffic.unread import UnreadError

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
WIDE = (b"\xff\xfe", b"\xfe\xff")
MARK = b"\xef\xbb\xbf"
LARGEST = 2 << 30  # bytes of what is packed, opened
GZIPPED = 16 + zlib.MAX_WBITS


@contextmanager
def unpacked(file: Path, content: bytes) -> Iterator[tuple[bytes, Callable[[str], bytes]]]:
    """Give a recording as UTF-8, and who gives a body by the name of its file, which lies beside it.

    UnreadError finishes the sentence "<file> ...".
    """
    if not content.startswith(ZIP):
        yield _plain(content), lambda name: _beside(file.parent / Path(name).name)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.endswith(".har")]
            if not names:
                raise UnreadError("is a zip without an HTTP archive (*.har) in it")
            yield _plain(_member(archive, names[0])), lambda name: _member(archive, name)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise UnreadError(f"is half a zip: {error}") from error


def _plain(content: bytes) -> bytes:
    if content.startswith(GZIP):
        content = _gunzip(content)
    if content.startswith(WIDE):
        return content.decode("utf-16", "replace").encode()
    return content.removeprefix(MARK)


def _gunzip(content: bytes) -> bytes:
    opener = zlib.decompressobj(GZIPPED)
    try:
        opened = opener.decompress(content, LARGEST)
    except zlib.error as error:
        raise UnreadError(f"is gzip that cannot be opened: {error}") from error
    if not opener.eof:
        whole = f"more than {LARGEST >> 30} GiB" if len(opened) >= LARGEST else f"broken off after {len(opened)} bytes"
        raise UnreadError(f"is gzip, and opened it is {whole}")
    return opened


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name) if archive.getinfo(name).file_size <= LARGEST else b""
    except KeyError:
        return b""


def _beside(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # a body that is not there is one that was left out
