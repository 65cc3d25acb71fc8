"""What a cloud may send to a receiver, and what others may: each as bytes, made of the contract alone."""

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from offair.contracts.bodies import is_json
from offair.contracts.contract import Contract
from offair.contracts.forms import FORM, Fields, read_form
from offair.contracts.sampling import completed
from offair.contracts.schema import Schema
from offair.contracts.violation import Grade
from offair.contracts.webhook import SignatureTerm, Webhook

Kind = Literal[
    "valid", "spelling", "value", "again", "reordered", "late", "slow", "chunked",
    "tampered", "near-miss", "unsigned", "rewritten",
    "other-type", "no-body", "unknown-event", "oversized",
]  # fmt: skip
KINDS: frozenset[Kind] = frozenset(get_args(Kind))
Way = Literal["at once", "slowly", "in chunks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One call of a receiver; ``what`` says how it differs from the plainest, ``way`` how its body comes.

    ``grade`` says whether it is documented that such a call may come, or our guess.
    """

    kind: Kind
    event: str
    headers: Mapping[str, str]
    body: bytes
    what: str = ""
    way: Way = "at once"
    grade: Grade = "documented"


@dataclass(frozen=True)
class Penman:
    """Writes the calls of one event, and signs them where the cloud does and the ``secret`` is known.

    ``value`` is the plainest body: an object, or of a form its fields.
    """

    contract: Contract
    webhook: Webhook
    secret: str = ""
    media_type: str = field(init=False)
    value: Any = field(init=False)

    def __post_init__(self) -> None:
        """Find the plainest body."""
        media_type, value = _plainest(self.contract, self.webhook)
        object.__setattr__(self, "media_type", media_type)
        object.__setattr__(self, "value", value)

    @property
    def term(self) -> SignatureTerm | None:
        """How a call is signed; None where it is not, or cannot be."""
        term = self.webhook.signature
        return term if term is not None and self.secret and "{hex}" in term.form else None

    @property
    def is_form(self) -> bool:
        """The event comes as a form's fields, and not as JSON."""
        return not is_json(self.media_type)

    @property
    def schema(self) -> Schema:
        """What the body has to keep."""
        return next(iter(self.webhook.bodies.values()))

    @property
    def named(self) -> dict[str, Any]:
        """The plainest body as an object, a form's too."""
        return dict(self.value)

    def valid(self) -> Hook:
        """The plainest call."""
        return self.write("valid", self.plain(self.value))

    def write(
        self,
        kind: Kind,
        body: bytes,
        what: str = "",
        *,
        media_type: str | None = "",
        event: str | None = None,
        way: Way = "at once",
        grade: Grade = "documented",
    ) -> Hook:
        """Write a call over a body, signed over its bytes; None is no Content-Type."""
        headers: dict[str, str] = {}
        header = self.contract.event_header
        if header is not None:
            headers[header] = event or self.webhook.event
        said = self.media_type if media_type == "" else media_type
        if said is not None:
            headers["Content-Type"] = said
        if self.term is not None:
            headers[self.term.header] = self.term.sign(self.secret, body)
        return Hook(kind=kind, event=self.webhook.event, headers=headers, body=body, what=what, way=way, grade=grade)

    def plain(self, value: Any) -> bytes:
        """Write a value as the cloud does: an object, or fields."""
        return urlencode(value).encode() if self.is_form else json.dumps(value, separators=(",", ":")).encode()

    def renamed(self, event: str) -> Any:
        """The plainest body, of an event of another name."""
        return _called(self.value, event, {self.webhook.event})


def _plainest(contract: Contract, webhook: Webhook) -> tuple[str, Any]:
    """A body of the event: as it was published, of this event or of another, completed by what the schema requires."""
    media_type, schema = next(iter(webhook.bodies.items()))
    root = schema.root
    published = [one for one in contract.examples if one.operation.startswith("webhook ") and not one.is_sketch]
    own = [one for one in published if one.operation == f"webhook {webhook.event}"]
    for example in (*own, *published):
        said = dict(read_form(example.exchange.request_body)) if media_type == FORM else example.request_body
        told = completed(root, _called(said, webhook.event, contract.webhooks)) if isinstance(said, dict) else None
        if told is not None and schema.is_valid(told):
            return media_type, _fields(told) if media_type == FORM else told
    told = _called(completed(root, {}), webhook.event, contract.webhooks)
    return media_type, _fields(told) if media_type == FORM else told


def _called(value: Any, event: str, known: Container[str]) -> Any:
    """The same about an event: whatever names a known one names this."""
    if isinstance(value, dict):
        return {name: _called(said, event, known) for name, said in value.items()}
    if isinstance(value, list):
        return [(name, _called(said, event, known)) for name, said in value]
    return event if isinstance(value, str) and value in known else value


def _fields(value: Mapping[str, Any]) -> Fields:
    return [(name, str(said)) for name, said in value.items()]
