"""All state is here, in one SQLite database: in memory, or in a file that survives ``kill -9``.

A noun is a frozen dataclass, its :class:`Table` says which of its fields are looked up, and the rest is JSON.
A change is one transaction; a snapshot is the database's own bytes.
"""

import errno
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from offair.emulator.core.clock import Clock
from offair.emulator.core.events import Events
from offair.emulator.core.ids import Ids
from offair.emulator.core.memory import Memory
from offair.emulator.core.table import Table
from offair.emulator.core.vintage import StateError, examine

T = TypeVar("T")
Order = Literal["asc", "desc"]
RESERVE = 1 << 18  # bytes of disk that a file takes at once, so that a full disk can still be written down
CHECKPOINT = 32  # pages of write-ahead log after which it is begun anew, well within the reserve
PRIVATE = 0o600
TAKEN = 8  # snapshots of its own that a world knows again
JOURNAL_MODE = slice(18, 20)  # where the file header says it (SQLite file format, section 1.3.3)


class World:
    """Every noun of every cloud, and the transactions that change them.

    With ``path`` the database is a file in write-ahead mode: what was committed survives the process.
    Calls may come from any thread; one transaction runs at a time. The world's ``clock``, ``ids`` and
    ``events`` come with it, so that a rule which has the world has all it needs. A state from elsewhere must have
    good rows in these ``tables`` and in those that were used; StateError says what is wrong with the one at ``path``.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Clock | None = None,
        seed: int | None = None,
        tables: Iterable[Table[Any]] = (),
    ) -> None:
        self.clock = clock or Clock()
        self.ids = Ids(seed, self.draw)
        self.events = Events()
        self._lock = threading.RLock()
        self._depth = 0
        self._afterwards: list[Callable[[], None]] = []
        self._known: set[str] = set()
        self._absent: set[str] = set()  # tables that nobody made yet, as far as somebody asked
        self._memory = Memory()
        self._touched: set[str] = set()  # tables that the running transaction changed
        self._has_begun = False
        self._taken: deque[bytes] = deque(maxlen=TAKEN)  # digests: what this world wrote is not examined
        self._tables = {table.name: table for table in tables}
        self._path: Path | None = None
        self._inode = 0
        self._database = self._open(path)
        try:
            if path is not None:
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=NORMAL")
                self._reserve()
            self._prepare()
            if path is not None:
                self._path, self._inode = path, path.stat().st_ino
        except BaseException:
            self._database.close()
            raise

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))
            path.chmod(PRIVATE)  # there are secrets in it, and an old one may be open to others
        database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        try:
            examine(database, self._tables.values(), may_be_new=True)
        except StateError as error:
            database.close()
            step = "bring back a copy of it, or choose another folder with --state"
            raise StateError(f"the state in {path} cannot be used: {error}; {step}") from error
        except BaseException:
            database.close()
            raise
        return database

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
            self._depth, self._has_begun = 1, False
            try:
                yield
                if self._has_begun:
                    self._database.execute("COMMIT")
            except BaseException:
                self._undo()
                raise
            finally:
                self._depth = 0
                self._touched.clear()
            afterwards, self._afterwards = self._afterwards, []
        for action in afterwards:
            action()

    def _undo(self) -> None:
        if self._database.in_transaction:  # a full disk may have ended it already
            self._database.execute("ROLLBACK")
        self._afterwards.clear()
        self._known.clear()  # tables that the transaction made went with it
        for table in self._touched:
            self._memory.forget(table)

    def _begin(self, table: str = "") -> None:
        """Begin what can be undone, at the first change: who only reads needs no more than the lock."""
        self._check_kept()
        if self._depth and not self._has_begun:
            self._database.execute("BEGIN IMMEDIATE")
            self._has_begun = True
        if self._depth:
            self._touched.add(table)

    def _check_kept(self) -> None:
        """See that what is written now can be found again: the system lets a file be written that is deleted."""
        if self._path is None:
            return
        try:
            is_same = os.stat(self._path).st_ino == self._inode and os.stat(f"{self._path}-wal")  # noqa: PTH116 - each change
        except OSError:
            is_same = False
        if not is_same:
            raise FileNotFoundError(
                errno.ENOENT, "the state's database was removed or replaced while it was in use, so nothing can be "
                "kept: stop the stand-in, and start it again", str(self._path),
            )  # fmt: skip

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call ``action`` once the running transaction is kept; at once when there is none."""
        with self._lock:
            if self._depth:
                self._afterwards.append(action)
                return
        action()

    def put(self, table: Table[T], noun: T) -> T:
        """Keep a noun, in place of the one with its id."""
        values = [getattr(noun, field) for field in ("id", *table.indexed)]
        with self._lock:
            self._begin(table.name)
            self._make(table)
            self._execute(table, _upsert(table.name, table.indexed), [*values, msgspec.json.encode(noun)])
            self._memory.changed(table.name, values[0])  # what is read next is what was kept, not what was given
        return noun

    def get(self, table: Table[T], noun_id: str) -> T | None:
        """Find the noun with this id."""
        with self._lock:
            known: T | None = self._memory.of(table.name).get(noun_id)
            if known is not None:
                return known
            rows = self._execute(table, f'SELECT id, body FROM "{table.name}" WHERE id = ?', [noun_id])
            return self._decode(table, *rows[0]) if rows else None

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
        question = (order, limit, offset, *where.items())
        with self._lock:
            page: tuple[T, ...] | None = self._memory.answer(table.name, question)
            if page is None:
                page = self._find(table, order, limit, offset, where)
                if limit >= 0:  # all of them may be many
                    self._memory.keep_answer(table.name, question, page)
            return list(page)

    def _find(self, table: Table[T], order: Order, limit: int, offset: int, where: Mapping[str, Any]) -> tuple[T, ...]:
        select = f'SELECT id, body FROM "{table.name}"{_where(tuple(where))} ORDER BY seq {order} LIMIT ? OFFSET ?'
        rows = self._execute(table, select, [*where.values(), limit, offset])
        known = self._memory.of(table.name)
        return tuple(known.get(noun_id) or self._decode(table, noun_id, body) for noun_id, body in rows)

    def count(self, table: Table[T], **where: Any) -> int:
        """Count the nouns whose indexed fields have these values."""
        condition = tuple(where.items())
        with self._lock:
            known: int | None = self._memory.answer(table.name, condition)
            if known is None:
                select = f'SELECT count(*) FROM "{table.name}"{_where(tuple(where))}'
                known = int(next(iter(self._execute(table, select, list(where.values()))), (0,))[0])
                self._memory.keep_answer(table.name, condition, known)
            return known

    def weigh(self, table: Table[T], **where: Any) -> int:
        """Tell how many bytes the nouns with these values take."""
        select = f'SELECT coalesce(sum(length(body)), 0) FROM "{table.name}"{_where(tuple(where))}'
        with self._lock:
            return int(next(iter(self._execute(table, select, list(where.values()))), (0,))[0])

    def delete(self, table: Table[T], **where: Any) -> int:
        """Remove the nouns whose indexed fields (or ``id``) have these values; tell how many there were."""
        with self._lock:
            if not self._is_made(table):
                return 0
            self._begin(table.name)
            statement = f'DELETE FROM "{table.name}"{_where(tuple(where))} RETURNING id'
            gone = [noun_id for (noun_id,) in self._execute(table, statement, list(where.values()))]
            self._memory.changed(table.name, *gone)
            return len(gone)

    def draw(self) -> int:
        """Count 1, 2, 3, … for as long as this state lives."""
        with self._lock:
            self._begin()
            rows = self._database.execute("UPDATE counter SET value = value + 1 RETURNING value").fetchall()
            return int(rows[0][0])

    def snapshot(self) -> bytes:
        """Copy the whole state."""
        with self._lock:
            content = bytearray(self._database.serialize())
        content[JOURNAL_MODE] = (
            b"\x01\x01"  # a write-ahead file's bytes only open as a file, a rollback file's anywhere
        )
        taken = bytes(content)
        self._taken.append(sha256(taken).digest())
        return taken

    def restore(self, snapshot: bytes, *, before: Callable[[], None] = lambda: None) -> None:
        """Put a snapshot in place of the whole state; ValueError when the bytes are none, and all stays as it was.

        ``before`` is called when they turned out to be one.
        """
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as source:
            try:
                source.deserialize(snapshot)
                if sha256(snapshot).digest() not in self._taken:
                    examine(source, self._tables.values(), may_be_new=False)
            except (sqlite3.Error, MemoryError, StateError) as error:  # MemoryError is what it says of no bytes at all
                raise ValueError(f"these {len(snapshot)} bytes are no snapshot of a world ({error})") from error
            before()
            with self._lock:
                source.backup(self._database)
                self._forget_all()

    def _forget_all(self) -> None:
        with self._lock:
            self._known.clear()
            self._absent.clear()
            self._memory.clear()
            self._prepare()

    def remembered_wrongly(self) -> list[tuple[str, str]]:
        """Name the nouns that somebody changed although they are frozen, by table and id; there should be none."""
        with self._lock:
            return [
                (table, noun_id)
                for table, noun_id, noun in self._memory.nouns()
                if self._database.execute(f'SELECT body FROM "{table}" WHERE id = ?', [noun_id]).fetchall()
                != [(msgspec.json.encode(noun),)]
            ]

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

    def _decode(self, table: Table[T], noun_id: str, body: bytes) -> T:
        noun = msgspec.json.decode(body, type=table.noun)
        self._memory.keep(table.name, noun_id, noun)
        return noun

    def _make(self, table: Table[Any]) -> None:
        """Make a table before its first row; who only reads or removes makes none, which would cost pages of disk."""
        if table.name not in self._known:
            for part in table.schema.split(";"):
                self._database.execute(part)
            self._note(table)

    def _note(self, table: Table[Any]) -> None:
        self._known.add(table.name)
        self._absent.discard(table.name)
        self._tables.setdefault(table.name, table)

    def _execute(self, table: Table[T], statement: str, values: list[Any]) -> list[Any]:
        """Give the rows of an answer: none where the table was never made."""
        with self._lock:
            return self._database.execute(statement, values).fetchall() if self._is_made(table) else []

    def _is_made(self, table: Table[Any]) -> bool:
        if table.name in self._known:
            return True
        if table.name in self._absent:
            return False
        if self._database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table.name]).fetchall():
            self._note(table)
            return True
        self._absent.add(table.name)
        return False


@lru_cache(maxsize=256)
def _upsert(name: str, indexed: tuple[str, ...]) -> str:
    fields = ("id", *indexed)
    columns = ", ".join(f'"{field}"' for field in (*fields, "body"))
    marks = ", ".join("?" * (len(fields) + 1))
    changes = ", ".join(f'"{field}"=excluded."{field}"' for field in (*indexed, "body"))
    return f'INSERT INTO "{name}" ({columns}) VALUES ({marks}) ON CONFLICT(id) DO UPDATE SET {changes}'


@lru_cache(maxsize=256)
def _where(fields: tuple[str, ...]) -> str:
    return " WHERE " + " AND ".join(f'"{field}" = ?' for field in fields) if fields else ""
