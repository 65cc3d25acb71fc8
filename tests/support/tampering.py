"""Snapshots that somebody wrote by hand: a row is dropped, or names another, as no stand-in would have kept it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields, replace

import msgspec

from offair.emulator.core.table import Table

KEPT = ("counter", "sqlite_sequence")


@dataclass(frozen=True)
class Tampering:
    """What is done to a ``row`` of a table: its ``member`` says ``value``, or it goes; where none is named, all go."""

    table: Table
    row: str | None = None
    member: str | None = None
    value: str = ""

    def apply(self, snapshot):
        """Give the snapshot as it is then."""
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(snapshot)
            if self.member is None:
                database.execute(f'DELETE FROM "{self.table.name}" WHERE id = ? OR ? IS NULL', [self.row, self.row])
            else:
                self._say(database)
            database.commit()
            return database.serialize()

    def _say(self, database):
        select = f'SELECT body FROM "{self.table.name}" WHERE id = ?'
        noun = msgspec.json.decode(database.execute(select, [self.row]).fetchone()[0], type=self.table.noun)
        value = (self.value,) if isinstance(getattr(noun, self.member), tuple) else self.value
        told = replace(noun, **{self.member: value})
        columns = {"body": msgspec.json.encode(told), **{name: getattr(told, name) for name in self.table.indexed}}
        sets = ", ".join(f'"{column}" = ?' for column in columns)
        database.execute(f'UPDATE "{self.table.name}" SET {sets} WHERE id = ?', [*columns.values(), self.row])


def rows_of(snapshot):
    """Give the ids of all rows, by table."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(snapshot)
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: [row for (row,) in database.execute(f'SELECT id FROM "{name}" ORDER BY seq')]
            for name in names
            if name not in KEPT
        }


def naming(table):
    """Name the members of a table's nouns that may name another row: those that are texts, or lists of texts."""
    texts = {str, str | None, tuple[str, ...]}
    return [field.name for field in fields(table.noun) if field.name != "id" and field.type in texts]
