"""What a text stands for: parameters and form fields are texts, and their schemas say what each is meant as."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.pointer import Node, unfold

SCALARS = frozenset({"integer", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Spelling:
    """Which JSON types a schema names for a value, and for the items of a list; none where it names none."""

    kinds: frozenset[str]
    item_kinds: frozenset[str]

    def read(self, texts: Sequence[str]) -> Any:
        """Read all texts that were given under one name: as a list where the schema has one, else the last.

        A text that is not of the type is left as it is, so that the schema says what is wrong with it.
        """
        if "array" in self.kinds and (len(texts) != 1 or self.kinds <= {"array", "null"}):
            return [_read(text, self.item_kinds) for text in texts]
        return _read(texts[-1], self.kinds)


TEXT = Spelling(frozenset(), frozenset())


def spelling(root: Node, nodes: Iterable[Any]) -> Spelling:
    """Tell how a value is spelled that all these schemas judge."""
    found = unfold(root, nodes)
    items = unfold(root, [node["items"] for node in found if "items" in node])
    return Spelling(_kinds(found), _kinds(items))


def _kinds(nodes: Iterable[Node]) -> frozenset[str]:
    named = (node.get("type", []) for node in nodes)
    return frozenset(kind for kinds in named for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _read(text: str, kinds: frozenset[str]) -> Any:
    if "string" in kinds or not kinds:
        return text
    try:
        value = parse(text.encode("utf-8", "surrogatepass"))
    except NotJsonError:
        return text
    match value:
        case int() | float():
            return value if kinds & SCALARS else text
        case dict():
            return value if "object" in kinds else text
        case list():
            return value if "array" in kinds else text
    return text
