"""Where a noun is kept: each noun has its table beside it, and the world keeps the rows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Where one noun is kept: its ``id`` (and ``tenant``, where it has one) and further ``indexed`` fields.

    Rows keep the order in which they were first put.
    """

    name: str
    noun: type[T]
    indexed: tuple[str, ...] = ("tenant",)

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
