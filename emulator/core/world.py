"""All state is here, in one SQLite database: in memory, or in a file that survives ``kill -9``.

A noun is a frozen dataclass, its :class:`Table` says which of its fields are looked up, and the rest is JSON.
A change is one transaction; a snapshot is the database's own bytes.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from offair.emulator.core.clock import Clock
from offair.emulator.core.events import Events
from offair.emulator.core.ids import Ids
from offair.emulator.core.table import Table

T = TypeVar("T")
Order = Literal["asc", "desc"]
RESERVE = 1 << 18  # bytes of disk that a file takes at once, so that a full disk can still be written down
CHECKPOINT = 32  # pages of write-ahead log after which it is begun anew, well within the reserve
JOURNAL_MODE = slice(18, 20)  # where the file header says it (SQLite file format, section 1.3.3)


class World:
    """Every noun of every cloud, and the transactions that change them.

    With ``path`` the database is a file in write-ahead mode: what was committed survives the process.
    Calls may come from any thread; one transaction runs at a time. The world's ``clock``, ``ids`` and
    ``events`` come with it, so that a rule which has the world has all it needs.
    """

    def __init__(self, path: Path | None = None, *, clock: Clock | None = None, seed: int | None = None) -> None:
        self.clock = clock or Clock()
        self.ids = Ids(seed, self.draw)
        self.events = Events()
        self._lock = threading.RLock()
        self._depth = 0
        self._afterwards: list[Callable[[], None]] = []
        self._known: set[str] = set()
        self._database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        if path is not None:
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._reserve()
        self._prepare()

    def close(self) -> None:
        """Let go of the database; twice is fine."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make every change inside happen together, or none; inside another transaction, join it."""
        with self._lock:
            if self._depth:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:  # a full disk may have ended it already
                    self._database.execute("ROLLBACK")
                self._afterwards.clear()
                self._known.clear()  # tables that the transaction made went with it
                raise
            finally:
                self._depth = 0
            afterwards, self._afterwards = self._afterwards, []
        for action in afterwards:
            action()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call ``action`` once the running transaction is kept; at once when there is none."""
        with self._lock:
            if self._depth:
                self._afterwards.append(action)
                return
        action()

    def put(self, table: Table[T], noun: T) -> T:
        """Keep a noun, in place of the one with its id."""
        fields = ("id", *table.indexed)
        columns = ", ".join(f'"{field}"' for field in (*fields, "body"))
        marks = ", ".join("?" * (len(fields) + 1))
        changes = ", ".join(f'"{field}"=excluded."{field}"' for field in (*table.indexed, "body"))
        values = [getattr(noun, field) for field in fields]
        self._execute(
            table,
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks}) ON CONFLICT(id) DO UPDATE SET {changes}',
            [*values, msgspec.json.encode(noun)],
        )
        return noun

    def get(self, table: Table[T], noun_id: str) -> T | None:
        """Find the noun with this id."""
        rows = self._execute(table, f'SELECT body FROM "{table.name}" WHERE id = ?', [noun_id])
        return msgspec.json.decode(rows[0][0], type=table.noun) if rows else None

    def find(
        self,
        table: Table[T],
        *,
        order: Order = "asc",
        limit: int = -1,
        offset: int = 0,
        **where: Any,
    ) -> list[T]:
        """List the nouns whose indexed fields have these values, by age."""
        condition, values = _where(where)
        rows = self._execute(
            table,
            f'SELECT body FROM "{table.name}"{condition} ORDER BY seq {order} LIMIT ? OFFSET ?',
            [*values, limit, offset],
        )
        return [msgspec.json.decode(body, type=table.noun) for (body,) in rows]

    def count(self, table: Table[T], **where: Any) -> int:
        """Count the nouns whose indexed fields have these values."""
        condition, values = _where(where)
        rows = self._execute(table, f'SELECT count(*) FROM "{table.name}"{condition}', values)
        return int(rows[0][0])

    def delete(self, table: Table[T], **where: Any) -> int:
        """Remove the nouns whose indexed fields (or ``id``) have these values; tell how many there were."""
        condition, values = _where(where)
        return len(self._execute(table, f'DELETE FROM "{table.name}"{condition} RETURNING 1', values))

    def draw(self) -> int:
        """Count 1, 2, 3, … for as long as this state lives."""
        with self._lock:
            rows = self._database.execute("UPDATE counter SET value = value + 1 RETURNING value").fetchall()
            return int(rows[0][0])

    def snapshot(self) -> bytes:
        """Copy the whole state."""
        with self._lock:
            content = bytearray(self._database.serialize())
        content[JOURNAL_MODE] = (
            b"\x01\x01"  # a write-ahead file's bytes only open as a file, a rollback file's anywhere
        )
        return bytes(content)

    def restore(self, snapshot: bytes) -> None:
        """Put a snapshot in place of the whole state; ValueError when the bytes are none."""
        source = sqlite3.connect(":memory:")
        try:
            source.deserialize(snapshot)
            source.execute("SELECT value FROM counter").fetchone()
        except (sqlite3.Error, MemoryError) as error:  # MemoryError is what sqlite3 says of no bytes at all
            source.close()
            raise ValueError(f"these {len(snapshot)} bytes are no snapshot of a world ({error})") from error
        with self._lock:
            source.backup(self._database)
            source.close()
            self._known.clear()
            self._prepare()

    def _prepare(self) -> None:
        self._database.executescript(
            "CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL);"
            "INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);"
        )

    def _reserve(self) -> None:
        """Let the database and its log grow once; what is free in them is used before the disk is asked for more."""
        self._database.executescript(
            f"PRAGMA wal_autocheckpoint={CHECKPOINT};"
            "CREATE TABLE IF NOT EXISTS ballast (content BLOB);"
            f"INSERT INTO ballast VALUES (zeroblob({RESERVE}));"
            "DROP TABLE ballast;"
            "PRAGMA wal_checkpoint;"
        )

    def _execute(self, table: Table[T], statement: str, values: list[Any]) -> list[Any]:
        with self._lock:
            if table.name not in self._known:
                for part in table.schema.split(";"):
                    self._database.execute(part)
                self._known.add(table.name)
            return self._database.execute(statement, values).fetchall()


def _where(where: dict[str, Any]) -> tuple[str, list[Any]]:
    if not where:
        return "", []
    return " WHERE " + " AND ".join(f'"{field}" = ?' for field in where), list(where.values())
