"""Undoing what a body was coded in, where a recorder kept the code."""

import re
import zlib

ZIPPED = {"gzip", "x-gzip", "deflate"}
EITHER = 32 + zlib.MAX_WBITS  # gzip and zlib, whichever it is
OPEN = {"", "identity"}
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")  # which no text has


def opened(body: bytes, coding: str) -> tuple[bytes, bool]:
    """Undo a coding, and say whether the body stays closed.

    One that was recorded open stays as it is, whatever its headers say: what is text is open. Of what nobody here can
    undo (br, zstd) nothing is known.
    """
    name = coding.strip().lower()
    if name in ZIPPED:
        try:
            return zlib.decompress(body, EITHER), False
        except zlib.error:
            return body, False
    return body, name not in OPEN and not _is_text(body)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return CONTROLS.search(body) is None
