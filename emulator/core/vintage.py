"""A state from elsewhere or from earlier: its version, whether it is whole, and how an older one is brought up.

A state is a database that a folder kept, or a snapshot that anybody may have written: nothing in it is taken on trust.
Tables that nobody here knows are those of clouds that are not installed: they are kept, and not read.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec

from offair.emulator.core.table import Need, Table

LATEST_MOMENT = 253_402_300_799.0  # the end of the year 9999, after which no date can be written
LARGEST_COUNT = 1 << 62
COUNTER = "CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL)"
SPELLING = re.compile(r'[\s"]+|if not exists')


class StateError(ValueError):
    """A state cannot be used; the message says why, and what to do."""


def examine(database: sqlite3.Connection, tables: Iterable[Table[Any]], *, may_be_new: bool) -> None:
    """Bring a state up to the newest version, read every row of these tables, and see that each has what it needs.

    StateError for a state of a newer program, and for a damaged one; that names the table, the row and the reason.
    """
    try:
        is_new = may_be_new and not database.execute("SELECT 1 FROM sqlite_schema").fetchone()
        version = int(database.execute("PRAGMA user_version").fetchone()[0])
        if version < 0:
            raise StateError(f"it is damaged: there is no version {version}")
        if version > len(STEPS):
            raise StateError(
                f"it is of version {version}, and this Offair knows versions up to {len(STEPS)}; "
                "use it with the newer Offair that wrote it"
            )
        if not is_new:
            _check_whole(database)
        if version < len(STEPS):
            _bring_up(database, version)
        known = list(tables)
        made = {table.name for table in known if _check_table(database, table)}
        for table in known:
            for need in table.needed:
                if need.table.name in made:
                    _check_need(database, table, need, is_made=table.name in made)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and hasattr(error, "sqlite_errorcode"):
            raise  # a full or a broken disk is no fault of the state's; a text that is none has no code of SQLite's
        raise StateError(f"it is damaged ({error})") from error


def state_file(folder: Path, name: str) -> Path:
    """Say where a folder's state is; StateError for that of an earlier release, which was called otherwise."""
    path = folder / name
    former = next((other for other in sorted(folder.glob(f"*{path.suffix}")) if other.is_file()), None)
    if former is not None and not path.exists():
        raise StateError(
            f"{former} is the state of an earlier release, which called it otherwise: rename it to {name} (and what "
            f"begins with {former.name}- alike), or choose another folder with --state"
        )
    return path


def _bring_up(database: sqlite3.Connection, version: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[version:]:
            step(database)
        database.execute(f"PRAGMA user_version = {len(STEPS)}")
        database.execute("COMMIT")
    except msgspec.MsgspecError as error:
        raise StateError(f"it is damaged: it cannot be brought up from version {version} ({error})") from error
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _check_whole(database: sqlite3.Connection) -> None:
    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise StateError(f"it is damaged ({said})")
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_schema"):
        if kind not in {"table", "index"} or str(sql).upper().startswith("CREATE VIRTUAL"):
            raise StateError(f"it is damaged: the {kind} {name!r} is nothing that a state has")
    _check_form(database, "counter", ["value"], COUNTER)
    counts = database.execute("SELECT value FROM counter").fetchall()
    if len(counts) != 1 or not isinstance(counts[0][0], int) or not 0 <= counts[0][0] <= LARGEST_COUNT:
        raise StateError("it is damaged: the table 'counter' has no count")
    if database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").fetchone():
        _check_sequence(database, "sqlite_sequence")


def _check_sequence(database: sqlite3.Connection, table: str) -> None:
    """See that rows can follow: after the greatest number SQLite says that the disk is full."""
    wrong = database.execute(
        f"SELECT seq FROM \"{table}\" WHERE typeof(seq) != 'integer' OR seq < 0 OR seq > ?",  # noqa: S608 - as below
        [LARGEST_COUNT],
    ).fetchone()
    if wrong:
        raise StateError(f"it is damaged: the table {table!r} counts to {wrong[0]!r}, and nothing can follow")


def _check_table(database: sqlite3.Connection, table: Table[Any]) -> bool:
    """See that a table's rows are all good; False when there is no such table yet."""
    names = ["id", "body", *table.indexed]
    if not _check_form(database, table.name, ["seq", *names], table.schema):
        return False
    _check_sequence(database, table.name)
    columns = ", ".join(f'"{name}"' for name in names)
    for row in database.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY seq'):  # noqa: S608 - our own names
        reason = _flaw(table, row)
        if reason:
            raise _unlikely(table, row[0], reason)
    return True


def _unlikely(table: Table[Any], row: object, reason: str) -> StateError:
    return StateError(f"it is damaged: the table {table.name!r} has a row {row!r} that cannot be: {reason}")


def _check_need(database: sqlite3.Connection, table: Table[Any], need: Need, *, is_made: bool) -> None:
    """See that each row that needs one of this table has it; nobody has where the table was never made."""
    said = " AND ".join(f"json_extract(CAST(body AS TEXT), '$.{name}') = ?" for name in need.words) or "1"
    there = f'SELECT "{need.key}" FROM "{table.name}" WHERE {said}' if is_made else ""  # noqa: S608 - as below
    whose = "cloud = ?" if need.cloud else "1"
    values = [*([need.cloud] if need.cloud else []), *(need.words.values() if is_made else ())]
    alone = database.execute(
        f'SELECT id, "{need.member}" FROM "{need.table.name}" '  # noqa: S608 - our own names
        f'WHERE {whose} AND "{need.member}" NOT IN ({there}) ORDER BY seq LIMIT 1',
        values,
    ).fetchone()
    if alone is not None:
        wanted = " and ".join(f"the {name} {value!r}" for name, value in {need.key: alone[1], **need.words}.items())
        raise _unlikely(need.table, alone[0], f"it needs one of {table.name!r} with {wanted}")


def _check_form(database: sqlite3.Connection, table: str, columns: Iterable[str], schema: str) -> bool:
    """See that a table is made as ours are; False when there is none yet."""
    there = [column[1] for column in database.execute(f'PRAGMA table_info("{table}")')]
    if not there and table != "counter":
        return False
    lacking = next((name for name in columns if name not in there), None)
    if lacking is not None:
        raise StateError(f"it is damaged: the table {table!r} lacks the column {lacking!r}")
    (sql,) = database.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [table]).fetchone()
    if _plain(sql) != _plain(schema.partition(";")[0]):
        raise StateError(f"it is damaged: the table {table!r} is not made as it should be: {sql}")
    return True


def _plain(sql: str) -> str:
    return SPELLING.sub("", sql.lower())


def _flaw(table: Table[Any], row: Sequence[Any]) -> str | None:
    """Say why a row is none of this table's; None when it is one."""
    noun_id, body, *indexed = row
    try:
        noun = msgspec.json.decode(body, type=table.noun)
    except (msgspec.MsgspecError, TypeError, UnicodeError, RecursionError) as error:
        return str(error)
    if not isinstance(noun_id, str) or not table.is_id(noun_id):
        return "that is no id"
    for name, value in (("id", noun_id), *zip(table.indexed, indexed, strict=True)):
        if getattr(noun, name) != value:
            return f"its column {name!r} says {value!r}, and its body {getattr(noun, name)!r}"
    moments = ((field.name, getattr(noun, field.name)) for field in fields(table.noun) if field.name.endswith("_at"))
    wrong = next((name for name, at in moments if at is not None and not 0 <= at <= LATEST_MOMENT), None)
    return f"{wrong} is no moment" if wrong else None


@dataclass(frozen=True)
class _Tenant:
    """What of a tenant of 0.1 is needed here: a step knows the nouns as they were, whatever becomes of them."""

    cloud: str
    credentials: dict[str, str]


def _name_credentials(database: sqlite3.Connection) -> None:
    """0.1 did not write down what kind of credential a secret is; the tenant whose it is knows."""
    there = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not {"tenants", "credentials"} <= there:
        return
    kinds: dict[str, str] = {}
    for (body,) in database.execute("SELECT body FROM tenants"):
        tenant = msgspec.json.decode(body, type=_Tenant)
        kinds |= {f"{tenant.cloud}:{secret}": kind for kind, secret in tenant.credentials.items()}
    for noun_id, body in database.execute("SELECT id, body FROM credentials").fetchall():
        written = {**msgspec.json.decode(body, type=dict[str, Any]), "kind": kinds.get(noun_id, "")}
        database.execute("UPDATE credentials SET body = ? WHERE id = ?", [msgspec.json.encode(written), noun_id])


# what makes of each version the next; the newest is how many there are, and 0.1 knew no versions
STEPS: Sequence[Callable[[sqlite3.Connection], None]] = (_name_credentials,)
