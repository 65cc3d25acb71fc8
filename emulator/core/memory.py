"""What of the database is known already: nouns, which are frozen and can be shared, and counts, while they are true."""

from collections.abc import Hashable
from typing import Any

MOST = 8192  # nouns of one table that are remembered; then it begins anew


class Memory:
    """Remembers decoded nouns by table and id, and counts by table and condition. Whoever changes a row says so."""

    def __init__(self) -> None:
        self._nouns: dict[str, dict[str, Any]] = {}
        self._counts: dict[str, dict[Hashable, int]] = {}

    def of(self, table: str) -> dict[str, Any]:
        """Give the nouns of a table by their ids, as far as they are remembered."""
        return self._nouns.setdefault(table, {})

    def keep(self, table: str, noun_id: str, noun: Any) -> None:
        """Remember a noun as the database has it."""
        nouns = self.of(table)
        if len(nouns) >= MOST:
            nouns.clear()
        nouns[noun_id] = noun

    def count(self, table: str, condition: Hashable) -> int | None:
        """Give a count; None where it is not remembered."""
        return self._counts.get(table, {}).get(condition)

    def keep_count(self, table: str, condition: Hashable, count: int) -> None:
        """Remember a count."""
        counts = self._counts.setdefault(table, {})
        if len(counts) >= MOST:
            counts.clear()
        counts[condition] = count

    def changed(self, table: str, *noun_ids: str) -> None:
        """Forget these rows of a table, and its counts."""
        self._counts.pop(table, None)
        nouns = self.of(table)
        for noun_id in noun_ids:
            nouns.pop(noun_id, None)

    def forget(self, table: str) -> None:
        """Forget a whole table."""
        self._counts.pop(table, None)
        self._nouns.pop(table, None)

    def clear(self) -> None:
        """Forget everything."""
        self._counts.clear()
        self._nouns.clear()

    def nouns(self) -> list[tuple[str, str, Any]]:
        """List what is remembered: table, id and noun."""
        return [(table, noun_id, noun) for table, nouns in self._nouns.items() for noun_id, noun in nouns.items()]
