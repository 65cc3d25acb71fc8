"""What a real cloud's answers have that its contract has not, or otherwise, and what its stand-in leaves out."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offair.contracts.bodies import essence, find_type
from offair.contracts.checks.seen import History, Seen
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.pointer import Node, members, unfold
from offair.contracts.violation import Violation, dotted
from offair.contracts.wording import JSON

CLOSED = "additionalProperties"
EACH = "[]"  # a step into a list: what one of its things has, each may have
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Something to write into a contract: ``rule`` is what it differs in, ``value`` what was seen at the place.

    ``rule`` is a keyword of JSON Schema, ``member`` or ``status``.
    """

    rule: str
    operation: str
    status: str
    media_type: str
    place: Place
    value: Any

    @property
    def where(self) -> str:
        """The place, in words."""
        return f"`{self.operation}` {self.status}" + (f", `{dotted(self.place)}`" if self.place else "")


@dataclass(frozen=True, slots=True)
class Observation:
    """A violation of a rule of drift, and how the contract may follow; None where nobody can say."""

    rule: str
    violation: Violation
    change: Change | None


Shapes = dict[tuple[str, int], dict[Place, None]]


def observe(contract: Contract, exchanges: Iterable[Exchange], root: str, known: Shapes) -> Iterator[Observation]:
    """Compare real answers with the contract; what the stand-in answers is ``known`` all the same."""
    for call in History(contract, tuple(exchanges), root).calls:
        answer, one = call.operation.answer(call.exchange.status), call.exchange
        status = str(one.status) if answer is None else answer.status
        media_type = "" if answer is None else find_type(answer.media, essence(one.response_content_type or "")) or ""
        for found in call.operation.response_violations(one.status, one.response_content_type, one.response_body):
            if found.rule != CLOSED or found.where != "response.body":  # that is told below, member by member
                yield Observation(
                    f"drift/{_subject(found)}", _told(call, found), _change(call, found, status, media_type)
                )
        if answer is None or not media_type or call.answer is None:
            continue
        schema, theirs = answer.media[media_type].root, known.get((call.key, one.status), {})
        for place, value in dict(_undocumented(schema, [schema], call.answer, ())).items():
            if place not in theirs:
                message, kind = "is no documented member", JSON.get(type(value))
                found = call.breach(message, where="response.body", rule="member", got=kind)
                change = Change("member", call.key, status, media_type, place, value)
                yield Observation("drift/member", _placed(found, place), change)


def compare_shapes(
    contract: Contract, exchanges: Iterable[Exchange], root: str, known: Shapes, new: Container[tuple[str, Place]]
) -> Iterator[Observation | None]:
    """Find what real answers have and the stand-in's have not, but for what is ``new``; None for what is alike.

    Only the outermost is told of what is missing.
    """
    for call in History(contract, tuple(exchanges), root).calls:
        theirs = known.get((call.key, call.exchange.status))
        if theirs is None or call.answer is None:
            continue
        shape = dict.fromkeys(_places(call.answer, ()))
        missing = [place for place in shape if place not in theirs and not _is_within(place, theirs)]
        told = [place for place in missing if (call.key, place) not in new]
        for place in told:
            found = call.breach("is in no answer of the stand-in", where="response.body", rule="stand-in")
            yield Observation("drift/stand-in", _placed(found, place), None)
        if not told:
            yield None


def shapes(contract: Contract, exchanges: Iterable[Exchange]) -> Shapes:
    """All members of all answers, by operation and status."""
    found: Shapes = {}
    for call in History(contract, tuple(exchanges)).calls:
        if call.answer is not None:
            found.setdefault((call.key, call.exchange.status), {}).update(dict.fromkeys(_places(call.answer, ())))
    return found


def _is_within(place: Place, known: Container[Place]) -> bool:
    """Say whether what a place is a member of is missing too; a list that was always empty tells of no thing."""
    if place[-1] == EACH or any(step == EACH and place[: end + 1] not in known for end, step in enumerate(place)):
        return True
    owner = place[:-1]
    while owner and owner[-1] == EACH:
        owner = owner[:-1]
    return bool(owner) and owner not in known


def _places(value: Any, way: Place) -> Iterator[Place]:
    if isinstance(value, list):
        for inner in value:
            yield (*way, EACH)
            yield from _places(inner, (*way, EACH))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield (*way, name)
            yield from _places(inner, (*way, name))


def _undocumented(root: Node, nodes: list[Any], value: Any, way: Place) -> Iterator[tuple[Place, Any]]:
    """Name the members that a schema does not have, of objects whose members it names."""
    known = unfold(root, nodes)
    if isinstance(value, list):
        items = [node["items"] for node in known if "items" in node]
        for inner in value:
            yield from _undocumented(root, items, inner, (*way, EACH))
    named: Mapping[str, list[Any]] = members(known)
    is_free = any(isinstance(node.get("additionalProperties"), dict) for node in known)
    if not isinstance(value, dict) or not named or is_free:
        return
    for name, inner in value.items():
        if name in named:
            yield from _undocumented(root, named[name], inner, (*way, name))
        else:
            yield (*way, name), inner


def _subject(found: Violation) -> str:
    return {"response.status": "status", "response.content_type": "type"}.get(found.where, "body")


def _change(call: Seen, found: Violation, status: str, media_type: str) -> Change | None:
    if found.rule == "status":
        kind = essence(call.exchange.response_content_type or "") if call.exchange.response_body else ""
        return Change("status", call.key, status, kind, (), call.exchange.status)
    if found.rule not in {"type", "enum", "required"} or found.where != "response.body" or not media_type:
        return None
    if found.rule == "required" and not found.path:
        return None  # a body that is not there at all is no matter of one word
    place = tuple(EACH if isinstance(step, int) else step for step in found.path)
    return Change(found.rule, call.key, status, media_type, place, found.got)


def _told(call: Seen, found: Violation) -> Violation:
    return Violation(
        rule=found.rule, where=found.where, path=found.path, message=found.message, expected=found.expected,
        got=found.got, grade="documented", source=found.source, operation=call.key, reproduce=call.again,
    )  # fmt: skip


def _placed(found: Violation, place: Place) -> Violation:
    return Violation(
        rule=found.rule, where=found.where, path=place, message=found.message, got=found.got,
        grade="documented", source=found.source, operation=found.operation, reproduce=found.reproduce,
    )  # fmt: skip
