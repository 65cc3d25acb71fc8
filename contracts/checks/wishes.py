"""What a thing was asked to be, and where an answer shows it to be something else."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from offair.contracts.checks.lifecycle import is_plain, is_secret, row_of
from offair.contracts.checks.seen import Seen
from offair.contracts.jsontext import is_json_number
from offair.contracts.pointer import members, unfold
from offair.contracts.violation import Path, Violation, dotted

ROUNDED = 1  # what is nearer than this is the same number


@dataclass(frozen=True)
class AtMost:
    """A number that was asked for, where the document lets what is made have less."""

    value: float


def asked_of(call: Seen) -> dict[str, Any]:
    """What a request says that an answer may show again: texts, truths, numbers, and what they make together."""
    asked = call.asked if isinstance(call.asked, dict) else {}
    schema = call.operation.bodies.get("application/json")
    named = {} if schema is None else members(unfold(schema.root, [schema.root]))
    cut = {name for name, nodes in named.items() if any(node.get("x-at-most") for node in nodes)}
    return {
        name: AtMost(value) if name in cut and is_json_number(value) else value
        for name, value in asked.items()
        if value and not is_secret(name)
    }


def differing(call: Seen, thing: str, asked: Mapping[str, Any], how: str) -> Iterator[Violation | None]:
    """Hold an answer that shows a thing to what it was asked to be."""
    row: Mapping[str, Any] = row_of(call.answer, thing)
    for way, said, shown in _beside(asked, row, ()):
        is_wrong = not _is_as(said, shown) and _may_stand(call, thing, way, said)
        name = dotted(way)
        lost = f"has null for its {name}, and not what it was {how}"
        message = lost if shown is None else f"has another {name} than it was {how}"
        expected = said.value if isinstance(said, AtMost) else said
        yield (
            call.breach(message, where="response.body", rule="asked", expected=expected, got=shown)
            if is_wrong
            else None
        )


def _beside(asked: Any, shown: Any, way: Path) -> Iterator[tuple[Path, Any, Any]]:
    """Pair what was asked with what is shown in its place, as far as both are of one kind, or that is lost."""
    if isinstance(asked, dict) and isinstance(shown, dict):
        for name, value in asked.items():
            if name in shown and value and not is_secret(name):
                yield from _beside(value, shown[name], (*way, name))
    elif _is_of_objects(asked) and _is_of_objects(shown) and len(asked) == len(shown):
        for place, (one, other) in enumerate(zip(asked, shown, strict=True)):
            yield from _beside(one, other, (*way, place))
    elif _is_told(asked) and (shown is None or _is_of_one_kind(asked, shown)):
        yield way, asked, shown


def _is_told(asked: Any) -> bool:
    return isinstance(asked, AtMost) or is_json_number(asked) or (is_plain(asked) and not _is_untidy(asked))


def _is_of_one_kind(asked: Any, shown: Any) -> bool:
    if isinstance(asked, AtMost) or is_json_number(asked):
        return is_json_number(shown)
    return type(asked) is type(shown) and is_plain(shown)


def _is_as(asked: Any, shown: Any) -> bool:
    """It is shown as it was asked; what may be cut is no more than that."""
    if shown is None:
        return False
    if isinstance(asked, AtMost):
        return bool(shown - asked.value < ROUNDED)
    return abs(shown - asked) < ROUNDED if is_json_number(asked) else bool(asked == shown)


def _is_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _is_untidy(value: Any) -> bool:
    """A list says something twice, or nothing, or with spaces around it: such a list may be tidied up."""
    return isinstance(value, list) and (
        len({*value}) < len(value) or any(one != one.strip() or not one for one in value)
    )


def _may_stand(made: Seen, thing: str, way: Path, value: Any) -> bool:
    """The document lets the answer have what was asked for: a member that is always shown as another is no promise."""
    answer = deepcopy(made.answer)
    node: Any = row_of(answer, thing)
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = value.value if isinstance(value, AtMost) else value
    one = made.exchange
    found = made.operation.response_violations(one.status, one.response_content_type, json.dumps(answer).encode())
    return not any(violation.path[-1:] == way[-1:] for violation in found)
