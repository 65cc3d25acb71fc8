"""Where a customer says who is called: a member of a request, as ``x-registered`` of a cloud's webhooks names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The ``member`` of an operation's request that takes the URL; what it makes is told of there, or everything."""

    operation_id: str
    member: str


def read_registrations(document: Mapping[str, Any]) -> tuple[Registration, ...]:
    """Read ``x-registered`` of ``webhooks.yaml``."""
    return tuple(
        Registration(operation_id=term["operation"], member=term["member"]) for term in document.get("x-registered", ())
    )
