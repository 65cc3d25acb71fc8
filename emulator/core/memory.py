"""What of the database is known already: nouns, which are frozen and can be shared, and answers while they are true."""

from collections.abc import Hashable
from typing import Any

MOST = 8192  # nouns of one table that are remembered; then it begins anew
MOST_ANSWERS = 1024  # about one table; a page of them holds a hundred nouns


class Memory:
    """Remembers decoded nouns by table and id, and answers (counts, pages) by table and question.

    Whoever changes a row says so.
    """

    def __init__(self) -> None:
        self._nouns: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, dict[Hashable, Any]] = {}

    def of(self, table: str) -> dict[str, Any]:
        """Give the nouns of a table by their ids, as far as they are remembered."""
        return self._nouns.setdefault(table, {})

    def keep(self, table: str, noun_id: str, noun: Any) -> None:
        """Remember a noun as the database has it."""
        nouns = self.of(table)
        if len(nouns) >= MOST:
            nouns.clear()
        nouns[noun_id] = noun

    def answer(self, table: str, question: Hashable) -> Any:
        """Give what was answered to a question about a table's rows; None where it is not remembered."""
        return self._answers.get(table, {}).get(question)

    def keep_answer(self, table: str, question: Hashable, answer: Any) -> None:
        """Remember an answer."""
        answers = self._answers.setdefault(table, {})
        if len(answers) >= MOST_ANSWERS:
            answers.clear()
        answers[question] = answer

    def changed(self, table: str, *noun_ids: str) -> None:
        """Forget these rows of a table, and all answers about it."""
        self._answers.pop(table, None)
        nouns = self.of(table)
        for noun_id in noun_ids:
            nouns.pop(noun_id, None)

    def forget(self, table: str) -> None:
        """Forget a whole table."""
        self._answers.pop(table, None)
        self._nouns.pop(table, None)

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()
        self._nouns.clear()

    def nouns(self) -> list[tuple[str, str, Any]]:
        """List what is remembered: table, id and noun."""
        return [(table, noun_id, noun) for table, nouns in self._nouns.items() for noun_id, noun in nouns.items()]
