"""One documented operation: what it takes, what it answers, and the judging of both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from offair.contracts.schema import Schema
from offair.contracts.violation import Grade, Violation

COERCED = frozenset({"integer", "number", "boolean"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A documented parameter; ``place`` is ``path``, ``query``, ``header`` or ``cookie``."""

    name: str
    place: str
    is_required: bool
    schema: Mapping[str, Any]
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A documented answer; ``media`` is empty where there is no body.

    ``status`` is a number (``"200"``), a class (``"4XX"``) or ``"default"``.
    """

    status: str
    description: str
    media: Mapping[str, Schema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method and a path template that the cloud documents, below the contract's base path.

    ``security`` names the schemes of which any one is enough; it is empty where anybody may call, and
    ``is_open`` also where credentials are allowed and not needed.
    """

    key: str
    operation_id: str
    method: str
    path: str
    summary: str
    grade: Grade
    source: str
    security: tuple[str, ...]
    is_open: bool
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    query: Schema
    body: Schema | None
    is_body_required: bool
    answers: Mapping[str, Answer]

    @property
    def has_body(self) -> bool:
        """The operation documents a request body."""
        return self.body is not None

    @property
    def statuses(self) -> frozenset[int]:
        """The statuses that are documented by number."""
        return frozenset(int(status) for status in self.answers if status.isdigit())

    def body_violations(self, value: Any) -> list[Violation]:
        """Judge a parsed request body; an operation without one takes anything."""
        return [] if self.body is None else self.body.violations(value)

    def query_violations(self, query: Mapping[str, str]) -> list[Violation]:
        """Judge query parameters as they came, as text; undocumented ones are let pass."""
        return self.query.violations(
            {
                parameter.name: _coerced(query[parameter.name], parameter.schema.get("type"))
                for parameter in self.query_parameters
                if parameter.name in query
            }
        )

    def answer(self, status: int) -> Answer | None:
        """Find what is documented for a status: by number, by class (``4XX``), or ``default``."""
        names = (str(status), f"{status // 100}XX", "default")
        return next((self.answers[name] for name in names if name in self.answers), None)

    def response_violations(self, status: int, content_type: str | None, body: bytes) -> list[Violation]:
        """Judge an answer: is the status documented, and is the body what is documented for it."""
        answer = self.answer(status)
        if answer is None:
            known = sorted(self.answers)
            message = f"must be a documented status: {', '.join(known)}"
            return [self._broken("status", "response.status", known, status, message)]
        if not answer.media:
            got = body[:60]
            return [self._broken("empty", "response.body", b"", got, "must have no body")] if body else []
        return judge_media(answer.media, content_type, body, side="response", grade=self.grade, source=self.source)

    def _broken(self, rule: str, where: str, expected: Any, got: Any, message: str) -> Violation:
        return Violation(
            rule=rule,
            where=where,
            expected=expected,
            got=got,
            message=message,
            grade=self.grade,
            source=self.source,
        )


def judge_media(
    media: Mapping[str, Schema],
    content_type: str | None,
    body: bytes,
    *,
    side: str,
    grade: Grade,
    source: str,
) -> list[Violation]:
    """Judge a body as bytes: is it of a documented media type, is it JSON, does it keep the schema of its type."""
    schema = media.get((content_type or "").partition(";")[0].strip().lower())
    if schema is None:
        known = sorted(media)
        return [
            Violation(
                rule="content_type",
                where=f"{side}.content_type",
                expected=known,
                got=content_type,
                message=f"must be {' or '.join(known)}",
                grade=grade,
                source=source,
            )
        ]
    try:
        value = parse(body)
    except ValueError as error:
        return [
            Violation(
                rule="json",
                where=f"{side}.body",
                expected="JSON",
                got=body[:60],
                message=f"must be JSON: {error}",
                grade=grade,
                source=source,
            )
        ]
    return schema.violations(value)


def parse(body: bytes) -> Any:
    """Parse strict JSON (RFC 8259: no NaN, UTF-8); ValueError says what is wrong."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _coerced(text: str, kind: Any) -> Any:
    """Read a query parameter as its schema's type where that is possible; text that is not one stays text."""
    if kind not in COERCED:
        return text
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return text
    return value if isinstance(value, int | float) else text
