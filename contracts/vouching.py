"""Who vouches for what a document says: its ``x-grade`` and ``x-source``."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from offair.contracts.violation import Grade


class Vouch(NamedTuple):
    """Whether a thing is documented or a guess of ours, and who says so."""

    grade: Grade
    source: str

    @property
    def marks(self) -> dict[str, str]:
        """The same, as a schema says it."""
        return {"x-grade": self.grade, "x-source": self.source}


def vouch(node: Mapping[str, Any], *, source: str, grade: Grade = "documented") -> Vouch:
    """Read who vouches for a node; ``source`` and ``grade`` stand where it says nothing."""
    return Vouch(node.get("x-grade", grade), node.get("x-source", source))
