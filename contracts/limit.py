"""How much a cloud allows, as it documents it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from offair.contracts.violation import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTerm:
    """A documented limit. ``subject`` is an operation id, a member, or ``*`` for every operation.

    A quota allows ``allowed`` of ``unit`` at once; a rate allows them per ``seconds``. None is a number that the
    cloud keeps to itself.
    """

    kind: Literal["quota", "rate"]
    subject: str
    allowed: int | None
    unit: str
    seconds: float | None
    grade: Grade
    source: str
    note: str = ""


def read_limit(term: Mapping[str, Any]) -> LimitTerm:
    """Read a line of ``limits.yaml``."""
    return LimitTerm(
        kind=term["kind"],
        subject=term["subject"],
        allowed=term["allowed"],
        unit=term["unit"],
        seconds=term.get("seconds"),
        grade=term["grade"],
        source=term["source"],
        note=term.get("note", ""),
    )
