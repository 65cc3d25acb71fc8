"""Where a noun is kept: each noun has its table beside it, and the world keeps the rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
ID = r"(?!\.{1,2}$)[^/\\\x00-\x1f]{1,200}"  # what can be a file's name, and nothing else
TEXT = r"[\s\S]*"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # as the stand-in writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Each row of a ``table`` needs a row elsewhere: one whose ``key`` is what its own ``member`` says.

    Of a table that clouds share only this ``cloud``'s rows may be meant, and that row may have to say these ``words``.
    Both members are looked up in their tables.
    """

    table: "Table[Any]"
    member: str = "id"
    key: str = "id"
    cloud: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Where one noun is kept: its ``id`` (and ``tenant``, where it has one) and further ``indexed`` fields.

    Rows keep the order in which they were first put. ``ids`` is the pattern of all ids: a path may be made of one,
    unless that is ``TEXT``. ``needed`` says which rows of other tables nobody can read without one of these: a state
    without it is refused. Whatever else is named by a row may be gone, and who reads the row knows that.
    """

    name: str
    noun: type[T]
    indexed: tuple[str, ...] = ("tenant",)
    ids: str = ID
    needed: tuple[Need, ...] = ()

    def is_id(self, text: str) -> bool:
        """Say whether a noun here may have this id: nobody else's state is believed to have good ones."""
        return re.fullmatch(self.ids, text) is not None

    @property
    def schema(self) -> str:
        """The SQL that makes the table."""
        columns = "".join(f', "{field}"' for field in self.indexed)
        indexes = "".join(
            f'CREATE INDEX IF NOT EXISTS "{self.name}_{field}" ON "{self.name}" ("{field}");' for field in self.indexed
        )
        return (
            f'CREATE TABLE IF NOT EXISTS "{self.name}" '
            f"(seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL{columns}, body BLOB NOT NULL);{indexes}"
        )
