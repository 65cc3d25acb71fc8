"""What an operation has done, as another operation shows it: a document's ``x-effects``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offair.contracts.jsontext import follow, objects_in
from offair.contracts.pointer import Node
from offair.contracts.schema import Schema
from offair.contracts.violation import Grade
from offair.contracts.vouching import Vouch, vouch

ASKED = "$request.body#/"
ANSWERED = "$response.body#/"
NAMED = "$request.path."
NOWHERE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Once it was done, whoever calls the operation ``shown_in`` finds an object with these ``members``.

    Their values are values, or runtime expressions of OpenAPI 3.1 (section 4.8.20.4), and so are those of
    ``parameters``, which the other's path has by other names. It is only said where what each expression of ``given``
    leads to is allowed by its schema.
    """

    shown_in: str
    parameters: Mapping[str, str]
    members: Mapping[str, Any]
    given: Mapping[str, Schema]
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True)
class Done:
    """A call as runtime expressions see it: what its path names, what it asked, and what was answered."""

    named: Mapping[str, str]
    asked: Any
    answered: Any

    def worth(self, said: Any) -> Any:
        """What a value of a document stands for, with every expression in it followed; NOWHERE for one that fails."""
        if isinstance(said, Mapping):
            return {name: self.worth(inner) for name, inner in said.items()}
        if not isinstance(said, str):
            return said
        if said.startswith(NAMED):
            return self.named.get(said.removeprefix(NAMED), NOWHERE)
        for prefix, body in ((ASKED, self.asked), (ANSWERED, self.answered)):
            if said.startswith(prefix):
                found = follow(body, said.removeprefix(prefix).split("/"))
                return NOWHERE if found is None else found
        return said

    def is_given(self, effect: Effect) -> bool:
        """All that an effect needs to be said is so."""
        return all(schema.is_valid(self.worth(said)) for said, schema in effect.given.items())

    def places(self, effect: Effect) -> dict[str, str]:
        """The parameters of the path at which an effect shows, as far as they are known."""
        moved = {name: self.worth(said) for name, said in effect.parameters.items()}
        return {**self.named, **{name: str(value) for name, value in moved.items() if value is not NOWHERE}}


def read_effects(nodes: list[Node], said: Vouch) -> Iterator[Effect]:
    """Read the effects of an operation."""
    for node in nodes:
        told = vouch(node, source=said.source, grade=said.grade)
        yield Effect(
            shown_in=node["shown-in"],
            parameters=node.get("parameters", {}),
            members=node.get("members", {}),
            given={way: Schema(schema, where=way) for way, schema in node.get("given", {}).items()},
            grade=told.grade,
            source=told.source,
        )


def is_shown(wanted: Mapping[str, Any], answer: Any) -> bool:
    """Somewhere in an answer stands an object with the members: a list has what one of its items is."""
    return any(_has(node, wanted) for node in objects_in(answer))


def _has(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return all(_has(value, one) for one in wanted)
    if isinstance(value, list):
        return any(_has(one, wanted) for one in value)
    if isinstance(wanted, Mapping):
        return isinstance(value, dict) and all(name in value and _has(value[name], one) for name, one in wanted.items())
    return type(value) is type(wanted) and bool(value == wanted)
