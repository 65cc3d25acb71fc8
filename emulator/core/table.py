"""Where a noun is kept: each noun has its table beside it, and the world keeps the rows."""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
ID = r"(?!\.{1,2}$)[^/\\\x00-\x1f]{1,200}"  # what can be a file's name, and nothing else
TEXT = r"[\s\S]*"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # as the stand-in writes them


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Where one noun is kept: its ``id`` (and ``tenant``, where it has one) and further ``indexed`` fields.

    Rows keep the order in which they were first put. ``ids`` is the pattern of all ids: a path may be made of one,
    unless that is ``TEXT``.
    """

    name: str
    noun: type[T]
    indexed: tuple[str, ...] = ("tenant",)
    ids: str = ID

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
