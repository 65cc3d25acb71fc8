"""One documented operation: what it takes, what it answers, and the judging of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from offair.contracts.bodies import (
    SHOWN,
    Bodies,
    UnreadableBodyError,
    content_violations,
    read_content,
    value_violations,
)
from offair.contracts.effect import Effect
from offair.contracts.guard import Guarded, Requirement
from offair.contracts.parameters import Parameters
from offair.contracts.violation import Grade, Violation

BODILESS = frozenset({204, 304})  # RFC 9110, sections 15.3.5 and 15.4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A documented answer; ``media`` is empty where there is no body.

    ``status`` is a number (``"200"``), a class (``"4XX"``) or ``"default"``, ``headers`` are the names of those that
    are documented for it. ``allows`` is for what answers a question of the cloud's: whether it may go on; None where
    the answer decides nothing. An answer that judges state may refuse what breaks no rule of form: a wrong code, a
    name that is taken.
    """

    status: str
    description: str
    media: Bodies = field(default_factory=dict)
    allows: bool | None = None
    judges_state: bool = False
    headers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """States of a thing in which an operation with it is refused, and who says so."""

    states: frozenset[str]
    grade: Grade
    source: str


def find_answer(answers: Mapping[str, Answer], status: int) -> Answer | None:
    """Find what is documented for a status: by number, by class (``4XX``), or ``default``."""
    for name in (str(status), f"{status // 100}XX", "default"):
        if name in answers:
            return answers[name]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Guarded):
    """A method and a path template that the cloud documents, below the contract's base paths.

    ``bodies`` are the request bodies that it takes, by media type; ``body_limit`` is how many bytes one may have,
    None where the cloud says nothing. What is shared is for everybody who was told its id; what is fresh is another at
    every call; who has called what ends access may be a stranger from then on. ``bars`` are the states in which it is
    refused, a list that is newest first is by the time of making, and ``effects`` are what others show of what it did.
    """

    key: str
    operation_id: str
    method: str
    path: str
    summary: str
    grade: Grade
    source: str
    security: tuple[Requirement, ...]
    path_parameters: Parameters
    query_parameters: Parameters
    header_parameters: Parameters
    bodies: Bodies
    is_body_required: bool
    body_limit: int | None
    answers: Mapping[str, Answer]
    is_shared: bool = False
    is_fresh: bool = False
    ends_access: bool = False
    bars: tuple[Bar, ...] = ()
    is_newest_first: bool = False
    effects: tuple[Effect, ...] = ()

    def __repr__(self) -> str:
        return f"<Operation {self.key}>"  # all that it documents is pages, which whoever draws one would keep

    @property
    def has_body(self) -> bool:
        """The operation documents a request body."""
        return bool(self.bodies)

    def path_violations(self, values: Mapping[str, str]) -> list[Violation]:
        """Judge the parameters of the path."""
        return self.path_parameters.violations({name: (value,) for name, value in values.items()})

    def query_violations(self, query: Mapping[str, Sequence[str]]) -> list[Violation]:
        """Judge query parameters as they came, every value of each name; undocumented ones are let pass."""
        return self.query_parameters.violations(query)

    def header_violations(self, headers: Mapping[str, str]) -> list[Violation]:
        """Judge the headers that are documented as parameters."""
        return self.header_parameters.header_violations(headers)

    def read_body(self, content_type: str | None, content: bytes) -> Any:
        """Read a request body; None where there is none, and for an operation without one, whatever was sent.

        UnreadableBodyError says why it cannot be read.
        """
        if not self.bodies:
            return None
        if content:
            return read_content(self.bodies, content_type, content)
        if self.is_body_required:
            raise UnreadableBodyError("required", "is missing", expected=sorted(self.bodies))
        return None

    def value_violations(self, content_type: str | None, value: Any) -> list[Violation]:
        """Judge a request body that was read before."""
        return value_violations(self.bodies, content_type, value) if self.bodies else []

    def body_violations(self, content_type: str | None, content: bytes) -> list[Violation]:
        """Judge a request body as bytes; an operation without one takes anything."""
        if self.bodies and content:
            return content_violations(
                self.bodies, content_type, content, side="request", grade=self.grade, source=self.source
            )
        if self.bodies and self.is_body_required:
            return [self._broken("required", "request.body", sorted(self.bodies), None, "is missing")]
        return []

    def answer(self, status: int) -> Answer | None:
        """Find what is documented for a status: by number, by class (``4XX``), or ``default``."""
        return find_answer(self.answers, status)

    def response_violations(
        self, status: int, content_type: str | None, body: bytes, *, is_head: bool = False
    ) -> list[Violation]:
        """Judge an answer: is the status documented, and is the body what is documented for it.

        What answers HEAD has no body, whatever is documented.
        """
        answer = self.answer(status)
        if answer is None:
            known = sorted(self.answers)
            message = f"must be a documented status: {', '.join(known)}"
            return [self._broken("status", "response.status", known, status, message)]
        if body and answer.media:
            # an answer says what it is: nothing is guessed for one without a type
            return content_violations(
                answer.media, content_type or "", body, side="response", grade=self.grade, source=self.source
            )
        if body:
            return [self._broken("empty", "response.body", b"", body[:SHOWN], "must have no body")]
        if not answer.media or is_head or status in BODILESS:
            return []
        return [self._broken("required", "response.body", sorted(answer.media), None, "is missing")]

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
