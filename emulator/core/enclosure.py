"""Paths that are made of ids and names: never outside of the folder that they belong to (CWE-22, CWE-59)."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

MARKS = ("/", "\\", "\0")


class OutsideError(OSError):
    """An id or a name leads out of its folder; the message has it. Nothing is read, sent or deleted there."""


def enclose(root: Path, name: str) -> Path:
    """Give the path of a name (``720p/0.mp4``) below a folder; OutsideError when it, or a link on its way, leads out.

    The ``root`` itself is whoever chose it to trust, and may be a link.
    """
    parts = name.split("/")
    if not all(map(is_plain, parts)):
        raise OutsideError(f"{name!r} is no name of anything below {root}")
    path = root.joinpath(*parts)
    if os.path.realpath(path) != os.path.realpath(root).rstrip("/") + f"/{name}":
        raise OutsideError(f"{path} is behind a link, which may lead anywhere: nothing of ours is there")
    return path


def home(root: Path, owner: str) -> Path:
    """Give the folder of whoever has this id; OutsideError when that is not the name of a folder right below."""
    if not is_plain(owner):
        raise OutsideError(f"{owner!r} is no id: there is no folder of that name below {root}")
    return enclose(root, owner)


def clear(root: Path, owner: str) -> None:
    """Delete the folder of whoever has this id; what is not there, or leads elsewhere, is let be."""
    if not os.path.lexists(os.path.join(root, owner)):  # noqa: PTH118 - most have none, and each test asks
        return
    with suppress(OutsideError):
        shutil.rmtree(home(root, owner), ignore_errors=True)


def is_plain(part: str) -> bool:
    """Say whether this is a single name, and neither the folder itself nor the one above."""
    return part not in {"", ".", ".."} and not any(mark in part for mark in MARKS)
