"""What else an event may tell by its contract: other values, one difference at a time, and news of another thing."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from offair.contracts.departures import Departure, judged
from offair.contracts.pointer import members, unfold
from offair.contracts.receiver.delivery import Hook, Penman
from offair.contracts.receiver.spellings import MOMENTS
from offair.contracts.violation import Grade, Path

FURTHER = "Zoë & 世界: 100 % \U0001f3a5"  # what no old encoding has all of, and what a form has to escape
WORLDLY = f'{FURTHER} "a/b\\c"'
NO_TEXT = frozenset({"enum", "const", "format", "pattern", "minLength", "maxLength"})
MORE = frozenset(
    {"added", "respelt"}
)  # what somebody may well do whose guess of ours forbids it; the rest is far-fetched
DIGITS = str.maketrans("0123456789abcdef", "123456789abcdef0")


def other_values(penman: Penman) -> Iterator[Hook]:
    """Write the call with each value that its contract lets it have, and with texts of all the world."""
    body, kept = penman.named, _kept(penman)
    yield from _in_other_scripts(penman, body, kept)
    for one, grade in judged(penman.schema, body):
        is_kept = grade == "documented" or one.kind in MORE or penman.schema.is_valid(one.applied(body))
        if is_kept and one.path not in kept and not _is_moment(one):
            told = _worldly(penman, one).applied(body)
            content = penman.plain([*told.items()] if penman.is_form else told)
            yield penman.write("value", content, f"tells something else ({one})", grade=grade)


def out_of_turn(penmen: Iterable[Penman]) -> Iterator[Hook]:
    """Write what tells of a broadcast of which nobody heard before, the last of it first."""
    for penman in reversed(tuple(penmen)):
        other = _of_another(penman)
        content = penman.plain([*other.items()] if penman.is_form else other)
        yield penman.write("reordered", content, "comes before what it follows")


def _in_other_scripts(penman: Penman, body: dict[str, Any], kept: set[Path]) -> Iterator[Hook]:
    if penman.is_form:
        return
    told = _translated(penman.schema.root, [penman.schema.root], body, (), kept)
    if told != body and penman.schema.is_valid(told):
        grade: Grade = penman.webhook.grade
        raw = json.dumps(told, ensure_ascii=False).replace("/", "\\/").encode()
        yield penman.write("value", raw, "has texts in other scripts, and slashes escaped", grade=grade)
        yield penman.write("value", penman.plain(told), "has texts in other scripts, escaped", grade=grade)


def _translated(root: Any, nodes: list[Any], value: Any, path: Path, kept: set[Path]) -> Any:
    """Put words of the world where any text may stand."""
    known = unfold(root, nodes)
    if isinstance(value, dict):
        named = members(known)
        return {name: _translated(root, named.get(name, []), said, (*path, name), kept) for name, said in value.items()}
    is_free = isinstance(value, str) and bool(known) and not any(word in node for node in known for word in NO_TEXT)
    return WORLDLY if is_free and path not in kept else value


def _kept(penman: Penman) -> set[Path]:
    """What names the event, and the thing that it is about: with another, it would be other news."""
    names = (penman.contract.event_member, penman.webhook.about)
    return {tuple(name.split(".")) for name in names if name}


def _is_moment(one: Departure) -> bool:
    """The edge of all numbers is no time of day."""
    return one.kind == "value" and bool(one.path) and one.path[-1] in MOMENTS


def _worldly(penman: Penman, one: Departure) -> Departure:
    """Let what a form has beyond its documented fields need escaping."""
    is_further = penman.is_form and one.kind == "added"
    return Departure("added", one.path, FURTHER) if is_further else one


def _of_another(penman: Penman) -> dict[str, Any]:
    """The news of another thing: its name has other digits. The same where that would be no such name."""
    body, path = penman.named, tuple(penman.webhook.about.split("."))
    said: Any = body
    for step in path:
        said = said.get(step) if isinstance(said, dict) else None
    if not isinstance(said, str):
        return body
    other: dict[str, Any] = Departure("value", path, said.translate(DIGITS)).applied(body)
    return other if penman.schema.is_valid(other) else body
