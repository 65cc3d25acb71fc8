"""What a cloud may answer: a published answer with documented departures, documented errors, and what networks do."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from offair.contracts.bodies import is_json
from offair.contracts.client.counterpart import Counterpart, Proceed
from offair.contracts.client.finding import Called, find_called
from offair.contracts.client.tape import Heard, Respond, Tape
from offair.contracts.contract import Contract
from offair.contracts.departures import Departure, ElsewhereError, judged
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.operation import BODILESS
from offair.contracts.operation import Answer as Term
from offair.contracts.sampling import completed, sample
from offair.contracts.schema import Schema
from offair.contracts.violation import Grade

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Mishap = Literal["", "reset", "half", "silence"]
TOO_MANY = 429  # RFC 6585 section 4
WAIT = 7  # seconds of a Retry-After
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n"
TOGETHER = 3  # departures of one answer, at most
MISSING = object()
PATIENCE = 60.0  # real seconds that a silence lasts at most
OF_BODIES = frozenset({"content-length", "content-encoding", "content-type"})
PLAIN: Mapping[str, str] = {"Content-Type": "text/plain; charset=utf-8"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What answers an operation's next call; it prints as its difference from what is published.

    ``body`` is JSON, ``content`` what travels where that is none. A ``mishap`` is what a network makes of it.
    """

    called: Called
    status: int
    body: Any = MISSING
    departures: tuple[Departure, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    mishap: Mishap = ""
    grade: Grade = "documented"
    words: str = ""
    cloud: Counterpart | None = None

    @property
    def is_success(self) -> bool:
        """The answer says that it was done, and arrives whole."""
        return self.status < HTTPStatus.BAD_REQUEST and not self.mishap

    @property
    def value(self) -> Any:
        """The JSON that it has, with its departures; ``MISSING`` where it has none."""
        value = self.body
        for one in self.departures:
            value = one.applied(value)
        return value

    @property
    def bytes(self) -> bytes:
        """The body as it travels."""
        return self.content if self.body is MISSING else json.dumps(self.value, ensure_ascii=False).encode()

    def fits(self, body: Any) -> "Answer | None":
        """Depart from another body in the same way; None where that is not possible, or not as documented."""
        schema = schema_of(self.called.operation.answer(self.status))
        try:
            other = replace(self, body=body)
            return other if schema is None or self.grade == "inferred" or schema.is_valid(other.value) else None
        except ElsewhereError:
            return None

    def respond(self, asked: Exchange, proceed: Proceed, end: threading.Event) -> Exchange | None:
        """Answer a request; None is no answer. What was done is done really, and its answer departed from.

        Where that has no place for the differences, the published answer is given. Silence lasts until the ``end``.
        """
        if self.mishap == "silence":
            end.wait(PATIENCE)
            return None
        real = proceed() if self.status < HTTPStatus.BAD_REQUEST else None
        if self.mishap == "reset":
            return None
        one = self
        if real is not None and real.status == self.status and self.body is not MISSING:
            with suppress(NotJsonError):
                one = self.fits(parse(real.response_body)) or self
        if self.mishap == "half" and real is not None:
            return replace(real, response_body=real.response_body[: len(real.response_body) // 2])
        return one.instead_of(asked if real is None else real)

    def instead_of(self, other: Exchange) -> Exchange:
        """Answer what was asked with this; of a real answer the headers stay that say nothing of its body."""
        kept = {name: value for name, value in other.response_headers.items() if name.lower() not in OF_BODIES}
        headers = {**kept, **self.headers, "Content-Length": str(len(self.bytes))}
        return replace(other, status=self.status, response_headers=headers, response_body=self.bytes)

    def departing_from(self, real: Exchange) -> Exchange:
        """Depart from a real answer in the same way; it stays as it is where that is not possible, or no JSON."""
        try:
            departed = replace(self, status=real.status).fits(parse(real.response_body))
        except NotJsonError:
            departed = None
        typed = {name: value for name, value in real.response_headers.items() if name.lower() == "content-type"}
        return real if departed is None else replace(departed, headers={**typed, **departed.headers}).instead_of(real)

    def once(self, nth: int = 0) -> Respond:
        """Answer the operation's first call with this, or a later one, and let the cloud answer all else."""
        return self._respond(lambda call: call.nth == nth)

    def always(self, times: int | None = None) -> Respond:
        """Answer every call of the operation with this, or the first so many."""
        return self._respond(lambda call: times is None or call.nth < times)

    def _respond(self, is_meant: Callable[[Heard], bool], end: threading.Event | None = None) -> Respond:
        over = threading.Event() if end is None else end

        def respond(call: Heard, proceed: Proceed) -> Exchange | None:
            is_ours = call.called is not None and call.name == self.called.name and is_meant(call)
            return self.respond(call.exchange, proceed, over) if is_ours else proceed()

        return respond

    @contextmanager
    def played(self, cloud: Counterpart | None = None) -> Iterator[list[Exchange]]:
        """Answer the operation's next call with this, and give what is exchanged meanwhile, in its order.

        ``cloud`` is the running one, for an answer that was made from a contract alone; ValueError where there is none.
        """
        whose = cloud or self.cloud
        if whose is None:
            raise ValueError(f"{self} belongs to no running cloud: name one, as in answer.played(cloud)")
        end, tape = threading.Event(), Tape(whose)
        tape.respond = self._respond(lambda call: call.nth == 0, end)
        try:
            with whose.tapped(tape):
                yield tape.exchanges
        finally:
            end.set()

    def __str__(self) -> str:
        how = [*map(str, self.departures), *([self.words] if self.words else [])]
        return f"{self.called.operation.operation_id} {self.status}: {', '.join(how) or 'as published'}"

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, _is_cycle: bool) -> None:  # noqa: FBT001 - as IPython and Hypothesis call it
        """Print as one difference where Hypothesis tells of an example that fails."""
        printer.text(str(self))


def every_answer(
    cloud: Counterpart | Contract | str, operation: str, *, status: int | None = None, grade: Grade = "documented"
) -> list[Answer]:
    """List every answer of an operation that has one difference: for ``parametrize``.

    ``cloud`` is a running one, or only its name or contract. ``grade`` inferred adds what our guesses alone exclude.
    LookupError names the nearest operation or the statuses that there are.
    """
    called = find_called(cloud, operation)
    known = statuses_of(called)
    if status is not None and status not in known:
        raise LookupError(f"{operation} documents no {status}; it documents {', '.join(map(str, known))}")
    whose = None if isinstance(cloud, Contract | str) else cloud
    wanted = known if status is None else [status]
    return [replace(one, cloud=whose) for code in wanted for one in table(called, code) if _is_in(one, grade)]


def answers(
    cloud: Counterpart | Contract | str, operation: str, *, status: int | None = None, grade: Grade = "documented"
) -> "SearchStrategy[Answer]":
    """Draw answers of an operation with a few differences at once; they shrink to one.

    LookupError names the nearest operation or the statuses that there are.
    """
    import hypothesis.strategies as st

    every = every_answer(cloud, operation, status=status, grade=grade)
    if not every:
        raise LookupError(f"{operation} has no answer that its document allows to make")
    places = st.lists(st.integers(0, len(every) - 1), min_size=1, max_size=TOGETHER)

    @st.composite  # what is drawn so prints as itself, and not as how it was made
    def answered(draw: Callable[..., list[int]]) -> Answer:
        return together([every[place] for place in draw(places)])

    return answered()


def hostile(cloud: Counterpart | Contract | str, operation: str) -> list[Answer]:
    """List what is nobody's documented answer, and happens: a gateway's page, half a body, a reset, silence."""
    called = find_called(cloud, operation)
    whose = None if isinstance(cloud, Contract | str) else cloud
    one = Answer(called=called, status=int(next((s for s in called.operation.answers if s.isdigit()), "200")))
    return [
        replace(error_page(called), cloud=whose),
        *(replace(one, mishap=mishap, words=words, cloud=whose) for mishap, words in MISHAPS.items()),
    ]


MISHAPS: Mapping[Mishap, str] = {
    "half": "the connection ends in the middle of the body",
    "reset": "the connection ends without an answer",
    "silence": "nothing is answered until the client hangs up",
}


def error_page(called: Called) -> Answer:
    """What a gateway answers whose server is away: 502, and a page for people (RFC 9110 section 15.6.3)."""
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(called=called, status=502, headers=headers, content=PAGE, words="a gateway's HTML page")


def refusal(called: Called, status: int) -> Answer:
    """What refuses with a status: as the document has it, and where it does not, in a word."""
    documented = next((one for one in table(called, status) if not one.departures), None)
    phrase = HTTPStatus(status).phrase.encode()
    return documented or Answer(called=called, status=status, headers=PLAIN, content=phrase, words="in a word")


def statuses_of(called: Called) -> list[int]:
    """List the statuses that an operation documents; ``default`` stands for those errors that are published."""
    known = called.operation.answers
    plain = [int(status) for status in known if status.isdigit()]
    if "default" in known:
        said = (example.status for example in called.contract.examples if example.status >= HTTPStatus.BAD_REQUEST)
        plain += sorted(set(said) - set(plain))
    return plain


def schema_of(term: Term | None) -> Schema | None:
    """The schema of an answer's JSON; None where it has none."""
    media = {} if term is None else term.media
    return next((schema for kind, schema in media.items() if is_json(kind) or kind == "*/*"), None)


def departed(called: Called, status: int, body: Any) -> Iterator[Answer]:
    """List what departs from a body in one place, the documented and the guessed."""
    schema = schema_of(called.operation.answer(status))
    for one, grade in () if schema is None else judged(schema, body):
        yield Answer(called=called, status=status, body=body, departures=(one,), grade=grade, headers=JSON)


JSON: Mapping[str, str] = {"Content-Type": "application/json"}


def table(called: Called, status: int) -> Iterator[Answer]:
    """List the answers of one status, each with one difference, and those of 429 with and without Retry-After."""
    bodies = list(_bodies(called, status))
    grade = called.operation.grade
    if not bodies and (status in BODILESS or not (called.operation.answer(status) or NOTHING).media):
        yield Answer(called=called, status=status, grade=grade)
    for position, (body, name) in enumerate(bodies):
        plain = Answer(called=called, status=status, body=body, grade=grade, headers=JSON, words=name)
        if status == TOO_MANY:
            yield replace(plain, words="without Retry-After")
            yield replace(plain, headers={**JSON, "Retry-After": str(WAIT)}, words=f"Retry-After: {WAIT}")
        else:
            yield plain
        if not position:
            yield from departed(called, status, body)


NOTHING = Term(status="", description="")


def _bodies(called: Called, status: int) -> Iterator[tuple[Any, str]]:
    """Give the published bodies, with what was left out of them; where none is, the plainest that is documented."""
    schema = schema_of(called.operation.answer(status))
    if schema is None:
        return
    examples = [one for one in called.examples if one.status == status and one.response_body is not None]
    bodies = [(_whole(schema, one.response_body), f"as published ({one.name})") for one in examples]
    good = [(body, name) for body, name in bodies if schema.is_valid(body)]
    made = [(sample(schema.root, is_full=full), "as plain as documented") for full in (True, False)]
    yield from good or [(body, name) for body, name in made if schema.is_valid(body)][:1]


def _whole(schema: Schema, body: Any) -> Any:
    return body if schema.is_valid(body) else completed(schema.root, body)


def _is_in(one: Answer, grade: Grade) -> bool:
    return grade == "inferred" or one.grade == "documented" or not one.departures


def together(chosen: list[Answer]) -> Answer:
    """Put differences of the same published answer together, as far as that is documented."""
    whole = chosen[0]
    for one in chosen[1:]:
        ours, theirs = ({departure.path for departure in each.departures} for each in (whole, one))
        if one.status != whole.status or not ours or not theirs or ours & theirs:
            continue
        grade: Grade = "inferred" if "inferred" in {one.grade, whole.grade} else "documented"
        both = replace(whole, departures=(*whole.departures, *one.departures), grade=grade)
        whole = both.fits(whole.body) or whole
    return whole
