"""What a cloud calls: its webhooks, how they are signed, and which answers it takes for a yes."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offair.contracts.bodies import Bodies, content_violations, essence, read_bodies
from offair.contracts.forms import FORM, read_form
from offair.contracts.jsontext import parse
from offair.contracts.openapi import read_answers
from offair.contracts.operation import Answer, find_answer
from offair.contracts.parameters import Parameters, read_parameters
from offair.contracts.pointer import Node, deref
from offair.contracts.violation import Grade, Violation
from offair.contracts.vouching import vouch


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureTerm:
    """How a cloud signs what it sends: in which header, and as which text (``"sha256={hex}"``)."""

    header: str
    form: str
    grade: Grade
    source: str

    def sign(self, secret: str, content: bytes) -> str:
        """Write what proves these bytes: HMAC-SHA256 (RFC 2104) in the document's form."""
        return self.form.replace("{hex}", hmac.new(secret.encode(), content, hashlib.sha256).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A call that the cloud makes; ``signature`` is None where nothing is signed.

    ``answers`` are those that mean something to the cloud: where the call is a question, each says whether it allows.
    ``when`` is the state that it tells of (``live``, ``ended``), ``about`` the way to what names the thing in its body,
    with dots; both are empty where nobody says.
    """

    event: str
    summary: str
    bodies: Bodies
    header_parameters: Parameters
    signature: SignatureTerm | None
    answers: Mapping[str, Answer]
    grade: Grade
    source: str
    when: str = ""
    about: str = ""

    @property
    def is_question(self) -> bool:
        """The answer decides whether the cloud goes on."""
        return any(answer.allows is not None for answer in self.answers.values())

    def violations(self, content_type: str | None, content: bytes) -> list[Violation]:
        """Judge a delivery's body."""
        return content_violations(
            self.bodies, content_type, content, side="webhook", grade=self.grade, source=self.source
        )

    def header_violations(self, headers: Mapping[str, str]) -> list[Violation]:
        """Judge the headers that are documented as parameters."""
        return self.header_parameters.header_violations(headers)

    def answer(self, status: int) -> Answer | None:
        """Find what a receiver's status means to the cloud."""
        return find_answer(self.answers, status)


def read_webhook(document: Node, event: str) -> Webhook:
    """Read the webhook of an event."""
    node = document["webhooks"][event]["post"]
    said = vouch(node, source=f"webhooks.yaml, {event}")
    bodies = read_bodies(document, deref(document, node["requestBody"]), said, where="webhook.body")
    if not bodies:
        raise LookupError(f"webhook {event!r} documents no body; write its requestBody's content")
    signed = node.get("x-signature", document.get("x-signature"))
    return Webhook(
        event=event,
        summary=node.get("summary", ""),
        bodies=bodies,
        header_parameters=read_parameters(document, node.get("parameters", ()), said, side="webhook").header,
        signature=_signature(signed) if signed else None,
        answers=read_answers(document, node.get("responses", {}), said),
        grade=said.grade,
        source=said.source,
        when=node.get("x-when", ""),
        about=node.get("x-about", document.get("x-about", "")),
    )


def read_member(content_type: str | None, content: bytes, member: str) -> Any:
    """Read one member of a body before its schema is known: of a form, or of JSON; None if it is not there.

    In JSON it may be deeper, with a dot for each step.
    ValueError (NotJsonError, UnicodeDecodeError) says that the body is neither.
    """
    if essence(content_type or "") == FORM:
        return dict(read_form(content)).get(member)
    body = parse(content)
    for step in member.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def _signature(term: Mapping[str, Any]) -> SignatureTerm:
    return SignatureTerm(header=term["header"], form=term["form"], grade=term["x-grade"], source=term["x-source"])
