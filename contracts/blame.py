"""From an error of the schema library to a Violation: which keyword, on whose word, where in the document."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from offair.contracts.pointer import Node, resolve
from offair.contracts.violation import Grade, Path, Violation, dotted
from offair.contracts.wording import wording

if TYPE_CHECKING:
    import jsonschema_rs

BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
BY_POSITION = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
DEEPER = frozenset(
    {"properties", "patternProperties", "additionalProperties", "unevaluatedProperties"}
    | {"items", "prefixItems", "contains", "unevaluatedItems"}
)
NUMBER = re.compile(r"\+?[0-9]+")
UNSAID = "the contract document"
HIDDEN = "***"


class Judged(Protocol):
    """What a blame needs to know of the schema that was broken."""

    where: str

    @property
    def root(self) -> Node:
        """The schema document, with the components that it refers to."""
        ...


@dataclass(frozen=True, slots=True)
class Blame:
    """A violation, and where its keyword stands in the schema document: positions, from the root down."""

    violation: Violation
    standing: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Witness:
    """What is known of a keyword from walking to it: who vouches for it, and which named rule it belongs to.

    ``rule`` comes with the path of the value that its clause judges.
    """

    node: Any = None
    grade: Grade = "documented"
    source: str = UNSAID
    standing: tuple[int, ...] = ()
    rule: tuple[Mapping[str, Any], Path] | None = None

    def vouch(self, keyword: str) -> None:
        """Let the schema's own list of guesses overrule what stands above it."""
        reason = self.node.get("x-inferred", {}).get(keyword) if keyword else None
        if reason is not None:
            self.grade, self.source = "inferred", reason


def blame(judged: Judged, error: "jsonschema_rs.ValidationError", whole: Any) -> Iterator[Blame]:
    """Say what an error in the ``whole`` value means. Several undocumented members are several violations."""
    way, path = list(error.evaluation_path), _names(whole, error.instance_path)
    keyword = "" if error.kind.name == "falseSchema" else str(way.pop())
    witness = walk(judged.root, way, path)
    if witness.rule is not None:
        yield Blame(_named(judged.where, witness, *witness.rule), witness.standing)
        return
    meant = _meant(error) if keyword == "anyOf" and not _is_guess(witness.node, keyword) else ()
    if meant:
        for inner in meant:
            yield from blame(judged, inner, whole)
        return
    witness.vouch(keyword)
    details: dict[str, Any] = error.kind.as_dict()
    instance: Any = error.instance
    broken: dict[Path, Any]
    if keyword == "required":
        broken = {(*path, details["property"]): None}
    elif keyword in {"additionalProperties", "unevaluatedProperties"}:
        broken = {(*path, name): instance[name] for name in details["unexpected"]}
    else:
        broken = {path: instance}
    for place, got in broken.items():
        yield Blame(_plain(judged.where, witness, keyword, place, got), witness.standing)


def _meant(error: "jsonschema_rs.ValidationError") -> Sequence["jsonschema_rs.ValidationError"]:
    """Of what may be one thing or another, such as nothing at all, find what is wrong with the one of its type."""
    branches: Sequence[Sequence[jsonschema_rs.ValidationError]] = error.kind.as_dict()["context"]
    fitting = [branch for branch in branches if not any(_is_of_another_type(one, error) for one in branch)]
    return fitting[0] if len(fitting) == 1 else ()


def _is_of_another_type(one: "jsonschema_rs.ValidationError", whole: "jsonschema_rs.ValidationError") -> bool:
    return one.kind.name == "type" and list(one.instance_path) == list(whole.instance_path)


def _is_guess(node: Any, keyword: str) -> bool:
    return keyword in _as_mapping(node).get("x-inferred", {})


def walk(root: Node, way: Sequence[str | int], path: Path) -> Witness:
    """Go the way that the validator went, and stop at its end or at the first clause that is a named rule."""
    witness = Witness(node=root)
    steps, depth = iter(way), 0
    _hear(witness, member=None)
    while "x-rule" not in _as_mapping(witness.node):
        step = next(steps, None)
        if step is None:
            return witness
        keyword, member = str(step), None
        witness.standing += (list(witness.node).index(keyword),)
        depth += keyword in DEEPER
        if keyword == "$ref":
            witness.node = resolve(root, witness.node[keyword])
        elif keyword in BY_NAME or keyword in BY_POSITION:
            key = _name(witness.node[keyword], next(steps))
            member = key if keyword == "properties" else None
            witness.standing += (key,) if isinstance(key, int) else ()
            witness.node = witness.node[keyword][key]
        else:
            witness.node = witness.node[keyword]
        _hear(witness, member=member)
    witness.rule = (witness.node["x-rule"], path[:depth])
    return witness


def _names(whole: Any, path: Iterable[str | int]) -> Path:
    named: list[str | int] = []
    for part in path:
        named.append(_name(whole, part))
        whole = whole[named[-1]]
    return tuple(named)


def _name(holder: Any, part: str | int) -> str | int:
    """Say which member is meant: the library takes every name that is a number, such as 01 and +1, for a position."""
    if isinstance(part, int) and isinstance(holder, Mapping):
        return next(str(name) for name in holder if NUMBER.fullmatch(name) and int(name) == part)
    return part


def _hear(witness: Witness, *, member: str | int | None) -> None:
    node = _as_mapping(witness.node)
    witness.grade = node.get("x-grade", witness.grade)
    if "x-source" in node:
        witness.source = node["x-source"]
    elif member is not None:
        witness.source = f"{witness.source}.{member}"


def _as_mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, Mapping) else {}


def _named(where: str, witness: Witness, rule: Mapping[str, Any], stands: Path) -> Violation:
    path = (*stands, *(part for part in rule.get("field", "").split(".") if part))
    return Violation(
        rule=rule["code"],
        where=where,
        path=path,
        expected=None,
        got=None,
        message=rule["message"],
        grade=rule.get("grade", witness.grade),
        source=rule.get("source", witness.source),
        field=dotted(path),
        text=rule["message"],
    )


def _plain(where: str, witness: Witness, keyword: str, path: Path, got: Any) -> Violation:
    node = _as_mapping(witness.node)
    expected = node.get(keyword)
    return Violation(
        rule=keyword or "false",
        where=where,
        path=path,
        expected=expected,
        got=HIDDEN if node.get("format") == "password" else got,
        message=wording(keyword, expected, got),
        grade=witness.grade,
        source=f"{witness.source}.{path[-1]}" if keyword == "required" else witness.source,
    )
