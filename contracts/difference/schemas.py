"""Comparing two schemas of the same value, as those see it who send it or read it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from offair.contracts.difference.difference import Difference, Level, Side, grown, shrunk
from offair.contracts.difference.values import VALUES, compare_kinds
from offair.contracts.pointer import Node, deref, members, resolve

# a clause that comes allows less, one that goes allows more; of these nobody can tell by how much
UNSORTED = ("not", "x-rule")
CLAUSES = (
    *UNSORTED,
    "if",
    "then",
    "else",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "contentSchema",
    "unevaluatedItems",
    "unevaluatedProperties",
)
BRANCHES = ("oneOf", "anyOf")
NOTHING: Node = {"type": []}  # as the schema false has it
DEEPEST = 40


class Comparison:
    """Compares schemas of two documents; what refers to itself is compared once on its way."""

    def __init__(self, old: Node, new: Node) -> None:
        self.old, self.new = old, new
        self._is_same = old == new
        self._way: set[tuple[str, str]] = set()

    def compare(self, old: Any, new: Any, place: str, side: Side) -> Iterator[Difference]:
        """Find what differs between two schemas; everything is allowed where there is none."""
        pair = json.dumps(old, default=str), json.dumps(new, default=str)
        if pair in self._way or (self._is_same and pair[0] == pair[1]):
            return
        self._way.add(pair)
        try:
            yield from self._compare(list(_clauses(self.old, old)), list(_clauses(self.new, new)), place, side)
        finally:
            self._way.discard(pair)

    def _compare(self, before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
        if NOTHING in before or NOTHING in after:
            yield from compare_kinds(before, after, place, side)
            return
        for part in (*VALUES, self._branches, self._given_clauses, self._members):
            yield from part(before, after, place, side)
        items = _items(before), _items(after)
        if any(items):
            yield from self.compare(_together(items[0]), _together(items[1]), f"{place}[]", side)

    def _members(self, before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
        was, now = members(before), members(after)
        needed_before, needed_after = _required(before), _required(after)
        for name in sorted({*was, *now, *needed_before, *needed_after}):
            at = f"{place}.{name}" if place else name
            found = list[Difference]()
            if name in was and name not in now:
                found.append(_gone(at, side, is_required=name in needed_before))
            elif name in now and name not in was:
                found.append(_come(at, side, is_required=name in needed_after))
            else:
                if name in needed_after and name not in needed_before:
                    found.append(Difference(level=shrunk(side), place=at, message="is required now"))
                if name in needed_before and name not in needed_after:
                    found.append(Difference(level=grown(side), place=at, message="is not required any more"))
                both = _together(was.get(name, [])), _together(now.get(name, []))
                found.extend(self.compare(*both, at, side))
            is_idle = _is_idle(_clauses(self.new, _together(now.get(name, was.get(name, [])))), side)
            yield from (replace(one, level="harmless") for one in found) if is_idle else found
        open_before, open_after = _is_open(before), _is_open(after)
        if open_before and not open_after:
            level: Level = "breaking" if side == "request" else "harmless"
            yield Difference(level=level, place=place, message="allows no further members any more")
        if open_after and not open_before:
            level = "harmless" if side == "request" else "risky"
            yield Difference(level=level, place=place, message="allows further members now")

    def _branches(self, before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
        for word in BRANCHES:
            was = {_told(self.old, one) for node in before for one in node.get(word, ())}
            now = {_told(self.new, one) for node in after for one in node.get(word, ())}
            if was == now:
                continue
            if not was or not now:
                level = shrunk(side) if now else grown(side)
                yield Difference(
                    level=level, place=place, message=f"has {'other' if now else 'no'} branches of {word} now"
                )
                continue
            if now - was:
                yield Difference(
                    level=grown(side), place=place, message=f"has {len(now - was)} further branches ({word})"
                )
            if was - now:
                yield Difference(
                    level=shrunk(side), place=place, message=f"has {len(was - now)} branches fewer ({word})"
                )

    def _given_clauses(self, before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
        for word in CLAUSES:
            was, now = (sorted(_told(root, node[word]) for node in nodes if word in node)
                        for root, nodes in ((self.old, before), (self.new, after)))  # fmt: skip
            if was == now:
                continue
            level: Level = "risky"
            if word not in UNSORTED and not (was and now):
                level = shrunk(side) if now else grown(side)
            elif word == "dependentRequired":
                level = "breaking"
            yield Difference(level=level, place=place, message=f"has another {word}" if was and now else (
                f"has {word} now" if now else f"has no {word} any more"))  # fmt: skip


def _clauses(root: Node, node: Any) -> Iterator[Node]:
    """Every schema that a value has to keep: behind ``$ref`` and inside ``allOf``, but of no branch."""
    if node is False:
        yield NOTHING
    if not isinstance(node, Mapping):
        return
    yield node
    if isinstance(node.get("$ref"), str):
        yield from _clauses(root, resolve(root, node["$ref"]))
    for clause in node.get("allOf", ()):
        yield from _clauses(root, clause)


def _together(nodes: list[Any]) -> Any:
    """One schema that asks for what several do."""
    return nodes[0] if len(nodes) == 1 else {"allOf": nodes}


def _gone(place: str, side: Side, *, is_required: bool) -> Difference:
    """What nobody sends any more is missed; what nobody reads any more may be in vain."""
    level: Level = "breaking" if side == "answer" and is_required else "risky"
    return Difference(level=level, place=place, message="is not there any more")


def _come(place: str, side: Side, *, is_required: bool) -> Difference:
    level: Level = "breaking" if side == "request" and is_required else "harmless"
    return Difference(level=level, place=place, message="is new, and required" if is_required else "is new")


def _required(nodes: Iterable[Node]) -> set[str]:
    return {name for node in nodes for name in node.get("required", ()) if isinstance(name, str)}


def _items(nodes: Iterable[Node]) -> list[Any]:
    return [node["items"] for node in nodes if isinstance(node.get("items"), Mapping | bool)]


def _is_idle(nodes: Iterable[Node], side: Side) -> bool:
    """Say whether a member never goes this way, however its schema changes."""
    word = "readOnly" if side == "request" else "writeOnly"
    return any(node.get(word) is True for node in nodes)


def _is_open(nodes: Iterable[Node]) -> bool:
    return all(node.get("additionalProperties") is not False for node in nodes)


def _told(root: Node, node: Any, depth: int = 0) -> str:
    """A schema as text, with what it refers to in place of the references: two documents may call it otherwise."""
    return json.dumps(_whole(root, node, depth), sort_keys=True, default=str)


def _whole(root: Node, node: Any, depth: int) -> Any:
    if isinstance(node, list):
        return [_whole(root, one, depth + 1) for one in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(node.get("$ref"), str) and depth < DEEPEST // 4:
        rest = {name: value for name, value in node.items() if name != "$ref"}
        return _whole(root, {"allOf": [deref(root, node), *([rest] if rest else [])]}, depth + 1)
    told = {name: value for name, value in node.items() if name not in {"description", "title", "example", "examples"}}
    return {name: _whole(root, value, depth + 1) for name, value in told.items() if not str(name).startswith("x-")}
