"""Who is called, and how often: what ``x-registered`` and ``x-repeats`` say of a cloud's webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offair.contracts.violation import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The ``member`` of an operation's request that takes the URL; what it makes is told of there, or everything."""

    operation_id: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """Whether a cloud calls again where nobody took what it told: ``is_made``, and who says so."""

    is_made: bool
    grade: Grade
    source: str


def read_repetition(document: Mapping[str, Any]) -> Repetition | None:
    """Read ``x-repeats`` of ``webhooks.yaml``; None where nobody says."""
    said = document.get("x-repeats")
    return said and Repetition(is_made=said["made"], grade=said["x-grade"], source=said["x-source"])


def read_registrations(document: Mapping[str, Any]) -> tuple[Registration, ...]:
    """Read ``x-registered`` of ``webhooks.yaml``."""
    return tuple(
        Registration(operation_id=term["operation"], member=term["member"]) for term in document.get("x-registered", ())
    )
