"""What kind of value a setting takes: read from text or a value, and said in a person's words."""

import math
import re
from collections.abc import Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

UNIT = re.compile(r"[\d.]+\s*[A-Za-z]+")
SEVERAL: tuple[Any, ...] = (list, tuple, set, frozenset, Sequence)


class SettingError(ValueError):
    """A setting is not there, or has a value that it cannot have; the message names it and says what it can have."""


def convert(value: Any, kind: Any, *, spelt: str) -> Any:
    """Read a value, which may be text, as an annotation asks for it.

    SettingError has the setting as it was ``spelt`` by whoever gave it, and says in words what it can be.
    """
    bare = _bare(kind)
    if isinstance(value, str) and bare is not str:
        value = value.strip()
    listed = isinstance(value, str) and get_origin(bare) in SEVERAL
    parts = [part.strip() for part in value.split(",") if part.strip()] if listed else value
    try:
        found = msgspec.convert(parts, kind, strict=False, dec_hook=_decode)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        hint = ", without a unit" if bare in {int, float} and isinstance(value, str) and UNIT.fullmatch(value) else ""
        raise SettingError(f"{spelt} cannot be {value!r}: it is {words_of(kind, spelt)}{hint}") from error
    if isinstance(found, float) and not math.isfinite(found):
        raise SettingError(f"{spelt} cannot be {value!r}: it is {words_of(kind, spelt)}")
    return found


@cache
def words_of(kind: Any, name: str = "") -> str:
    """Say what an annotation lets a setting be; a ``name`` that speaks of a folder makes its path one."""
    bare = _bare(kind)
    told = next((meta.description for meta in _metas(kind) if meta.description), None)
    if told is not None:
        return told
    if bare is bool:
        return "true or false"
    if bare is int or bare is float:
        return ("a whole number" if bare is int else "a number") + _range(kind)
    if get_origin(bare) is Literal:
        return f"one of {', '.join(map(str, get_args(bare)))}"
    if isinstance(bare, type) and issubclass(bare, Enum):
        return f"one of {', '.join(str(one.value) for one in bare)}"
    if bare is Path:
        return "a folder" if is_folder(name) else "a file"
    if get_origin(bare) in SEVERAL:
        inner = words_of(get_args(bare)[0])
        return f"{inner}, or several with commas between"
    return "a text"


def is_folder(name: str) -> bool:
    """Say whether a setting of this name, however it is spelt, is a folder where it is a path."""
    return name.lower().strip("-").rpartition(".")[2].endswith(("_dir", "state", "recordings"))


def shown(value: Any) -> str:
    """Write a value as one would give it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case list() | tuple() | set() | frozenset():
            return ",".join(map(shown, value))
    return str(value)


def _bare(kind: Any) -> Any:
    """Take away what only surrounds a kind: that it may be left out, and its bounds."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in {Union, UnionType} and NoneType in get_args(kind):
            kind = next(one for one in get_args(kind) if one is not NoneType)
        else:
            return kind


def _range(kind: Any) -> str:
    metas = _metas(kind)
    least, above, most = (next((found for m in metas if (found := getattr(m, n)) is not None), None) for n in BOUNDS)
    if least is not None and most is not None:
        return f" from {least} to {most}"
    bounds = [
        *([] if least is None else [f"of at least {least}"]),
        *([] if above is None else [f"above {above}"]),
        *([] if most is None else [f"at most {most}"]),
    ]
    return f" {' and '.join(bounds)}" if bounds else ""


BOUNDS = ("ge", "gt", "le")


def _metas(kind: Any) -> list[msgspec.Meta]:
    found: list[msgspec.Meta] = []
    for part in get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,):
        if get_origin(part) is Annotated:
            found += [one for one in get_args(part)[1:] if isinstance(one, msgspec.Meta)]
            found += _metas(get_args(part)[0])
    return found


def _decode(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, Path):
        return value
    if kind is Path and isinstance(value, str) and value:
        return Path(value).expanduser()
    raise TypeError(f"{value!r} is no {kind.__name__}")
