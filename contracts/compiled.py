"""What a YAML document says, kept beside it as Python keeps compiled modules: read thirty times faster than YAML.

It holds for the very bytes that it was made of, so that nobody has to throw it away. Nothing is kept where Python keeps
no modules either (``PYTHONDONTWRITEBYTECODE``), where nothing can be written, and of a document with values that would
come back as others (a date, say).
"""

import sys
from hashlib import sha256
from importlib.util import cache_from_source
from os import getpid
from pathlib import Path
from typing import Any

import msgspec

SUFFIX = ".msgpack"
DIGEST = sha256().digest_size


def recall(file: Path, source: bytes) -> Any:
    """Give what these bytes of a file say, as :func:`keep` kept it; None where it did not."""
    try:
        kept = _place(file).read_bytes()
    except (OSError, NotImplementedError):
        return None
    if kept[:DIGEST] != sha256(source).digest():
        return None
    try:
        return msgspec.msgpack.decode(kept[DIGEST:])
    except msgspec.DecodeError:  # half of it: a disk that was full
        return None


def keep(file: Path, source: bytes, said: Any) -> None:
    """Keep what these bytes of a file say; what cannot be kept is let be."""
    if sys.dont_write_bytecode:
        return
    try:
        content = msgspec.msgpack.encode(said)
        if msgspec.msgpack.decode(content) != said:
            return
        place = _place(file)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{place.name}.{getpid()}")  # whoever reads meanwhile gets the old one, or the whole
        draft.write_bytes(sha256(source).digest() + content)
        draft.replace(place)
    except (OSError, NotImplementedError, TypeError, OverflowError):
        return


def _place(file: Path) -> Path:
    """Say where Python would keep it; NotImplementedError where Python keeps nothing."""
    return Path(cache_from_source(str(file))).with_name(f"{file.name}{SUFFIX}")
