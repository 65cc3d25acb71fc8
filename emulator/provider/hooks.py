"""What a cloud says to its customers' servers: hooks that are delivered, and questions that are waited for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import msgspec

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How a hook is signed: HMAC-SHA256 of the raw body under ``secret``, in ``header``, as ``form`` with ``{hex}``."""

    header: str
    secret: str
    form: str = "sha256={hex}"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A hook on its way out: what to send where. ``event`` is the cloud's own name for it.

    ``body`` is JSON, a form's fields, text or bytes, as ``media_type`` says. ``retries`` are the cloud seconds between
    attempts, in place of the cloud's usual ones; an empty tuple is one attempt. ``tenant`` and ``stream`` say whom it
    is about; where they are left out, they are those of the event that is reacted to.
    """

    event: str
    url: str
    body: Any
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    signature: Signature | None = None
    retries: tuple[float, ...] | None = None
    tenant: str | None = None
    stream: str | None = None

    @cached_property
    def content(self) -> bytes:
        """The body as it travels."""
        kind = self.media_type.partition(";")[0].strip().lower()
        if isinstance(self.body, bytes):
            return self.body
        if kind == FORM and not isinstance(self.body, str):
            return urlencode(self.body, doseq=True).encode()
        if kind.endswith("json") or not isinstance(self.body, str):
            return msgspec.json.encode(self.body)
        return self.body.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an attempt met: an HTTP ``status`` with the start of its body, or an ``error``."""

    status: int | None = None
    answer: str = ""
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def words(self) -> str:
        """What a person is told of it."""
        return self.error or f"status {self.status}"


def unless_200(outcome: Outcome) -> str | None:
    """Object to everything but a plain 200."""
    return None if outcome.status == 200 else f"the hook says no ({outcome.words})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A hook that is waited for: at the door, or while something goes on.

    ``objection`` reads the answer: the words of a no, or None to let it pass. ``timeout`` is real seconds for the
    whole exchange; what has no answer by then is an outcome with an error.
    """

    delivery: Delivery
    timeout: float = 5.0
    objection: Callable[[Outcome], str | None] = unless_200
