"""How an answer may depart from a published one and still be as documented: one difference at a time."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from offair.contracts.pointer import Node, members, resolve, unfold
from offair.contracts.sampling import kinds_of, sample
from offair.contracts.schema import Schema
from offair.contracts.terminal import beginning
from offair.contracts.violation import Grade, Path

Kind = Literal["missing", "null", "added", "value", "filled", "respelt", "empty", "reordered", "full"]

UNHEARD_OF = "x_offair_added"
BOUNDS = (0, 2**31, 2**53)  # what 32-bit integers and IEEE 754 doubles (RFC 8259 section 6) do not hold
SHOWN = 60
MOST_ITEMS = 1  # of a list, whose items all mean the same
FULL = 100
ELSEWHERE = timezone(timedelta(hours=1))  # where nobody's server stands


class ElsewhereError(LookupError):
    """A body has no place for a departure."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One difference at one place: the member at ``path`` is missing, null, added, or has another value.

    One that was null is ``filled``; a moment is ``respelt``, the same in other words.
    """

    kind: Kind
    path: Path
    value: Any = None

    def applied(self, body: Any) -> Any:
        """Copy a body with this difference; ElsewhereError where it has no such place."""
        return _changed(body, self.path, self)

    def __str__(self) -> str:
        where = ".".join(map(str, self.path)) or "the body"
        match self.kind:
            case "missing":
                return f"{where} is missing"
            case "null":
                return f"{where} is null"
            case "empty":
                return f"{where} is empty"
            case "reordered":
                return f"{where} is in another order"
            case "full":
                return f"{where} has {len(self.value)} items"
            case "added":
                return f"{where} is added, {_shown(self.value)}"
        return f"{where} is {_shown(self.value)}"

    __repr__ = __str__


def departures(schema: Schema, body: Any, *, grade: Grade = "documented") -> list[Departure]:
    """List each single difference that the schema lets a body have, in the order of the body.

    ``grade`` inferred adds those that nothing but a guess of ours excludes, or that nothing but a guess allows.
    """
    return [one for one, found in judged(schema, body) if found == "documented" or grade == "inferred"]


def judged(schema: Schema, body: Any) -> Iterator[tuple[Departure, Grade]]:
    """List each single difference that the schema lets a body have, or would without our guesses, with its grade."""
    root = schema.root
    for one, is_guess in _walk(root, [root], body, (), is_guess=root.get("x-grade") == "inferred"):
        changed = one.applied(body)
        if schema.is_valid(changed):
            yield one, "inferred" if is_guess else "documented"
        elif all(found.grade == "inferred" for found in schema.violations(changed)):
            yield one, "inferred"


def _walk(root: Node, nodes: list[Any], value: Any, path: Path, *, is_guess: bool) -> Iterator[tuple[Departure, bool]]:
    is_guess = _guessed(root, nodes, is_guess=is_guess)
    known = unfold(root, nodes)
    if path and value is not None:
        yield Departure("null", path), is_guess
    filled = sample(root, nodes) if path and value is None else None
    if filled is not None:
        yield Departure("filled", path, filled), is_guess
    for other in _other_spellings(known, value):
        yield Departure("respelt", path, other), is_guess or _is_guess(known, "format")
    for other in _other_values(known, value):
        # a guess that forbids makes nothing a guess that it lets pass, but for the words that it lists
        yield Departure("value", path, other), is_guess or _is_guess(known, "enum")
    match value:
        case dict():
            yield from _members(root, known, value, path, is_guess=is_guess)
        case list():
            yield from _items(root, known, value, path, is_guess=is_guess)


def _members(
    root: Node, known: list[Node], value: dict[str, Any], path: Path, *, is_guess: bool
) -> Iterator[tuple[Departure, bool]]:
    named = members(known)
    for name, inner in value.items():
        yield Departure("missing", (*path, name)), is_guess
        below = named.get(name) or [node["additionalProperties"] for node in known if "additionalProperties" in node]
        yield from _walk(root, below, inner, (*path, name), is_guess=is_guess)
    for name, nodes in named.items():
        if name not in value and False not in nodes:
            yield Departure("null", (*path, name)), is_guess
            yield Departure("added", (*path, name), sample(root, nodes)), is_guess
    if known:
        yield Departure("added", (*path, UNHEARD_OF), "new"), is_guess


def _items(
    root: Node, known: list[Node], value: list[Any], path: Path, *, is_guess: bool
) -> Iterator[tuple[Departure, bool]]:
    items = [node["items"] for node in known if isinstance(node.get("items"), dict)]
    if value:
        yield Departure("empty", path, []), is_guess
    if len(value) > 1 and value != value[::-1]:
        yield Departure("reordered", path, value[::-1]), is_guess
    most = min((node["maxItems"] for node in known if "maxItems" in node), default=0)
    if value and len(value) < most <= FULL and not isinstance(value[0], dict):
        choices = value if items == [] else _listed(unfold(root, items)) or value
        yield Departure("full", path, (choices * most)[:most]), is_guess
    for position, inner in enumerate(value[:MOST_ITEMS]):
        yield from _walk(root, items, inner, (*path, position), is_guess=is_guess)


def _other_values(known: list[Node], value: Any) -> Iterator[Any]:
    """Every other word of an enumeration, the other truth, and numbers at the edge of what is allowed."""
    listed = _listed(known)
    if listed:
        yield from (word for word in listed if word != value and word is not None)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        bounds = [node[word] for node in known for word in ("minimum", "maximum") if word in node]
        halves = [0.5] if "number" in kinds_of(known) else []
        yield from (edge for edge in dict.fromkeys([*bounds, *BOUNDS, *halves]) if edge != value)


def _other_spellings(known: list[Node], value: Any) -> Iterator[str]:
    """Write a moment as it is told elsewhere on Earth, with what is below a second (RFC 3339 section 5.6)."""
    if isinstance(value, str) and any(node.get("format") == "date-time" for node in known):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                yield moment.astimezone(ELSEWHERE).isoformat(timespec="milliseconds")


def _listed(known: list[Node]) -> list[Any]:
    return next((list(node["enum"]) for node in known if "enum" in node), [])


def _guessed(root: Node, nodes: list[Any], *, is_guess: bool) -> bool:
    """Say whether nobody documents a value: its own schemas say so, or what it is in; clauses tell of themselves."""
    guesses = []
    for node in nodes:
        marks = (one["x-grade"] for one in _references(root, node) if "x-grade" in one)
        said = next(marks, None)
        guesses.append(is_guess if said is None else said == "inferred")
    return all(guesses) if guesses else is_guess


def _references(root: Node, node: Any) -> Iterator[Node]:
    while isinstance(node, Mapping):
        yield node
        reference = node.get("$ref")
        node = resolve(root, reference) if isinstance(reference, str) else None


def _is_guess(known: list[Node], *keywords: str) -> bool:
    return any(word in node.get("x-inferred", ()) and word in node for node in known for word in keywords)


def _changed(body: Any, path: Path, one: Departure) -> Any:
    if not path:
        return one.value
    step, rest = path[0], path[1:]
    is_last, is_there = not rest, _has(body, step)
    if not (is_there or (is_last and one.kind in {"added", "null"} and isinstance(body, dict))):
        raise ElsewhereError(f"there is no {'.'.join(map(str, one.path))}")
    copy = dict(body) if isinstance(body, dict) else list(body)
    if is_last and one.kind == "missing":
        del copy[step]  # type: ignore[arg-type] # a list's step is a position
    else:
        copy[step] = one.value if is_last else _changed(body[step], rest, one)  # type: ignore[index]
    return copy


def _has(body: Any, step: str | int) -> bool:
    if isinstance(body, dict):
        return step in body
    return isinstance(body, list) and isinstance(step, int) and step < len(body)


def _shown(value: Any) -> str:
    return beginning(json.dumps(value, ensure_ascii=False), SHOWN)
