"""What a cloud may send to a receiver, and what others may: each as bytes, made of the contract alone."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode

from offair.contracts.bodies import is_json
from offair.contracts.contract import Contract
from offair.contracts.forms import FORM, Fields, read_form
from offair.contracts.sampling import completed
from offair.contracts.webhook import SignatureTerm, Webhook

Kind = Literal[
    "valid", "spelling", "again", "reordered", "late", "slow",
    "tampered", "near-miss", "unsigned", "rewritten",
    "other-type", "no-body", "unknown-event", "oversized",
]  # fmt: skip
LARGE = 2 << 20  # bytes
LONG_AGO = "2020-01-01T00:00:00Z"
LONG_AGO_SECONDS = 1_577_836_800
MOMENTS = frozenset({"timestamp", "time", "ts", "created_at", "updated_at", "date"})
PADDING, NEVER = "padding", "never.documented"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One call of a receiver; ``what`` says how it differs from the plainest, ``is_slow`` that it comes in pieces."""

    kind: Kind
    event: str
    headers: Mapping[str, str]
    body: bytes
    what: str = ""
    is_slow: bool = False


@dataclass(frozen=True)
class Penman:
    """Writes the calls of one event, and signs them where the cloud does and the ``secret`` is known."""

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

    def valid(self) -> Hook:
        """The plainest call."""
        return self.write("valid", self.plain(self.value))

    def hooks(self) -> Iterator[Hook]:
        """Every other call of the event; first those that a cloud sends."""
        content = self.plain(self.value)
        yield from (self.write("spelling", body, what, **more) for body, what, more in self._spellings())
        yield self.write("again", content, "is sent once more")
        late = _aged(self.value)
        if late != self.value:
            yield self.write("late", self.plain(late), f"tells of {LONG_AGO}")
        yield replace(self.write("slow", content, "comes in pieces"), is_slow=True)
        if self.term is not None:
            yield from self._forged(self.term, content)
        yield self.write("other-type", content, "has no Content-Type", media_type=None)
        yield self.write("other-type", content, "is called image/png", media_type="image/png")
        yield from (self.write("no-body", body, what) for body, what in self._rubbish(content))
        yield self.write("unknown-event", self.plain(self._renamed(NEVER)), f"is called {NEVER}", event=NEVER)
        large = [*self.value, (PADDING, "x" * LARGE)] if self._is_form else {**self.value, PADDING: "x" * LARGE}
        yield self.write("oversized", self.plain(large), f"has {LARGE >> 20} MB more than is documented")

    def write(
        self, kind: Kind, body: bytes, what: str = "", *, media_type: str | None = "", event: str | None = None
    ) -> Hook:
        """Write a call over a body, signed over its bytes; None is no Content-Type."""
        headers: dict[str, str] = {}
        named = self.contract.event_header
        if named is not None:
            headers[named] = event or self.webhook.event
        said = self.media_type if media_type == "" else media_type
        if said is not None:
            headers["Content-Type"] = said
        if self.term is not None:
            headers[self.term.header] = self.term.sign(self.secret, body)
        return Hook(kind=kind, event=self.webhook.event, headers=headers, body=body, what=what)

    def plain(self, value: Any) -> bytes:
        """Write a value as the cloud does."""
        return urlencode(value).encode() if self._is_form else json.dumps(value, separators=(",", ":")).encode()

    @property
    def _is_form(self) -> bool:
        return not is_json(self.media_type)

    def _renamed(self, event: str) -> Any:
        return _called(self.value, event, {self.webhook.event})

    def _spellings(self) -> Iterator[tuple[bytes, str, dict[str, Any]]]:
        value, labelled = self.value, {"media_type": f"{self.media_type}; charset=utf-8"}
        yield self.plain(value), "is called UTF-8", labelled
        if self._is_form:
            yield self.plain(value[::-1]), "has its fields in another order", {}
            escaped = "&".join(f"{_percent(name)}={_percent(said)}" for name, said in value)
            yield escaped.encode(), "has every letter in percents", {}
            return
        yield self.plain(dict(reversed(value.items()))), "has its members in another order", {}
        yield json.dumps(value, indent=4).encode() + b"\r\n", "has spaces and lines", {}
        yield _escaped(value).encode(), "has every letter as \\u", {}

    def _forged(self, term: SignatureTerm, content: bytes) -> Iterator[Hook]:
        good = self.valid()
        tampered = content.replace(b"1", b"2") if b"1" in content else content + b" "
        yield replace(good, kind="tampered", body=tampered, what="was changed after it was signed")
        right = term.sign(self.secret, content)
        wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
        for signature, what in (
            (wrong, "has a signature whose last digit is another"),
            (right[: len(right) // 2], "has half a signature"),
            ("", "has an empty signature"),
            (term.form.replace("{hex}", ""), "has a signature without digits"),
            (term.sign("", content), "is signed with no secret"),
        ):
            yield replace(good, kind="near-miss", headers={**good.headers, term.header: signature}, what=what)
        bare = {name: value for name, value in good.headers.items() if name != term.header}
        yield replace(good, kind="unsigned", headers=bare, what="is not signed")
        if not self._is_form:
            spaced = json.dumps(self.value, indent=1).encode()
            yield replace(good, kind="rewritten", body=spaced, what="is signed over the same JSON in another spelling")

    def _rubbish(self, content: bytes) -> Iterator[tuple[bytes, str]]:
        yield b"", "is empty"
        yield content[: len(content) // 2], "ends half-way"
        yield b"\xff\xfe\x00\x01", "is no text"
        if not self._is_form:
            yield from ((b"[]", "is a list"), (b"null", "is null"), (b'"words"', "is a text"))


def reordered(penmen: Iterable[Penman]) -> Iterator[Hook]:
    """What tells of a broadcast, the last of it first."""
    for penman in reversed(tuple(penmen)):
        yield penman.write("reordered", penman.plain(penman.value), "comes before what it follows")


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


def _aged(value: Any) -> Any:
    """The same, long ago."""
    if isinstance(value, list):
        return [(name, _ago(name, said)) for name, said in value]
    return {name: _ago(name, _aged(said) if isinstance(said, dict) else said) for name, said in value.items()}


def _ago(name: str, said: Any) -> Any:
    if name not in MOMENTS or isinstance(said, dict):
        return said
    if isinstance(said, str):
        return str(LONG_AGO_SECONDS) if said.isdigit() else LONG_AGO
    return LONG_AGO_SECONDS if isinstance(said, int) else said


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _escaped(value: Any) -> str:
    """JSON in which every letter of every text is escaped (RFC 8259 section 7)."""
    if isinstance(value, str):
        units = value.encode("utf-16-be").hex()
        return '"' + "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{_escaped(name)}:{_escaped(said)}" for name, said in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_escaped, value)) + "]"
    return json.dumps(value)
