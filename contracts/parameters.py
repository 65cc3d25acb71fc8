"""Parameters in a path, a query or headers: text that a schema gives its type."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from offair.contracts.pointer import Node, deref, unfold
from offair.contracts.schema import Schema
from offair.contracts.violation import Violation
from offair.contracts.vouching import Vouch

# OpenAPI 3.1, section 4.8.12.1 (Parameter Object): these headers are said elsewhere, and are no parameters
NO_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A documented parameter; ``place`` is ``path``, ``query``, ``header`` or ``cookie``.

    ``separator`` stands between the items of a list; it is empty where the parameter is repeated instead.
    """

    name: str
    place: str
    is_required: bool
    schema: Mapping[str, Any]
    description: str = ""
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The documented parameters of one place, judged together as the members of an object."""

    listed: tuple[Parameter, ...]
    schema: Schema

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)

    def read(self, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Read the documented ones as the types that they have; others are left out."""
        return {
            parameter.name: self.schema.spellings[parameter.name].read(self._texts(parameter, given))
            for parameter in self.listed
            if given.get(parameter.name)
        }

    def words_of(self, parameter: Parameter) -> list[Any]:
        """List the values that a parameter may have, where the document lists them; else there are none."""
        known = unfold(self.schema.root, [parameter.schema])
        return next((list(node["enum"]) for node in known if "enum" in node), [])

    def violations(self, given: Mapping[str, Sequence[str]]) -> list[Violation]:
        """Judge them as they came, as text; undocumented ones are let pass."""
        return self.schema.violations(self.read(given)) if self.listed else []

    def header_violations(self, headers: Mapping[str, str]) -> list[Violation]:
        """Judge headers, whatever the case of their names (RFC 9110 section 5.1)."""
        if not self.listed:
            return []
        given = {name.lower(): value for name, value in headers.items()}
        names = ((parameter.name, parameter.name.lower()) for parameter in self.listed)
        return self.violations({name: [given[lower]] for name, lower in names if lower in given})

    def _texts(self, parameter: Parameter, given: Mapping[str, Sequence[str]]) -> Sequence[str]:
        texts = given[parameter.name]
        if "array" not in self.schema.spellings[parameter.name].kinds:
            return texts[:1]
        return texts[0].split(parameter.separator) if parameter.separator else texts


class Placed(NamedTuple):
    """The parameters of a call, by their places."""

    path: Parameters
    query: Parameters
    header: Parameters


def read_parameters(document: Node, references: Iterable[Node], vouch: Vouch, *, side: str = "request") -> Placed:
    """Read the parameters of a call; a later one replaces an earlier one of the same name in the same place."""
    said = [found for found in (deref(document, reference) for reference in references) if _is_parameter(found)]
    components = document.get("components", {})

    def placed(place: str, where: str) -> Parameters:
        named = {found["name"]: found for found in said if found["in"] == place}
        schema = {
            "type": "object",
            "properties": {name: _vouched(found) for name, found in named.items()},
            "required": [name for name, found in named.items() if found.get("required", False)],
            **vouch.marks,
        }
        judged = Schema(schema, where=f"{side}.{where}", components=components)
        return Parameters(tuple(_parameter(found) for found in named.values()), judged)

    return Placed(placed("path", "path"), placed("query", "query"), placed("header", "headers"))


def _is_parameter(found: Node) -> bool:
    return not (found["in"] == "header" and found["name"].lower() in NO_PARAMETERS)


def _vouched(found: Node) -> dict[str, Any]:
    """Let what a parameter says of its own grade and source hold for its schema."""
    marks = {mark: found[mark] for mark in ("x-grade", "x-source") if mark in found}
    return {**marks, **found.get("schema", {})}


def _parameter(found: Node) -> Parameter:
    style = found.get("style", "form" if found["in"] in {"query", "cookie"} else "simple")
    is_repeated = style == "form" and found.get("explode", True)
    return Parameter(
        name=found["name"],
        place=found["in"],
        is_required=bool(found.get("required", False)),
        schema=found.get("schema", {}),
        description=found.get("description", ""),
        separator="" if is_repeated else SEPARATORS.get(style, ","),
    )
