"""Comparing two schemas of the same value, as those see it who send it or read it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from offair.contracts.difference.difference import Difference, Level, Side, grown, shrunk
from offair.contracts.pointer import Node, deref, members, resolve

LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
FORMS = ("pattern", "format", "multipleOf", "uniqueItems", "contentMediaType", "contentEncoding")
CLAUSES = (
    "not",
    "if",
    "then",
    "else",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "x-rule",
)
BRANCHES = ("oneOf", "anyOf")
ALL_KINDS = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
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
        for part in (_kinds, _values, _bounds, _forms, self._branches, self._members):
            yield from part(before, after, place, side)
        items = _items(before), _items(after)
        if any(items):
            yield from self.compare(_together(items[0]), _together(items[1]), f"{place}[]", side)

    def _members(self, before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
        was, now = members(before), members(after)
        needed_before, needed_after = _required(before), _required(after)
        for name in sorted({*was, *now, *needed_before, *needed_after}):
            at = f"{place}.{name}" if place else name
            if name in was and name not in now:
                yield _gone(at, side, is_required=name in needed_before)
            elif name in now and name not in was:
                yield _come(at, side, is_required=name in needed_after)
            else:
                if name in needed_after and name not in needed_before:
                    yield Difference(level=shrunk(side), place=at, message="is required now")
                if name in needed_before and name not in needed_after:
                    yield Difference(level=grown(side), place=at, message="is not required any more")
                both = _together(was.get(name, [])), _together(now.get(name, []))
                yield from self.compare(*both, at, side)
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
        for word in CLAUSES:
            clauses = [[_told(root, node[word]) for node in nodes if word in node]
                       for root, nodes in ((self.old, before), (self.new, after))]  # fmt: skip
            if sorted(clauses[0]) != sorted(clauses[1]):
                yield Difference(level="risky", place=place, message=f"has another {word}")


def _clauses(root: Node, node: Any) -> Iterator[Node]:
    """Every schema that a value has to keep: behind ``$ref`` and inside ``allOf``, but of no branch."""
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


def _kinds(before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
    was, now = _types(before), _types(after)
    if was == now:
        return
    told = {"was": _named(was), "now": _named(now)}
    if was < now:
        yield Difference(level=grown(side), place=place, message="may be of further types", **told)
    elif now < was:
        yield Difference(level=shrunk(side), place=place, message="may be of fewer types", **told)
    else:
        yield Difference(level="breaking", place=place, message="is of another type", **told)


def _values(before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
    was, now = _listed(before), _listed(after)
    if was == now:
        return
    if was is None or now is None:
        level = grown(side) if now is None else shrunk(side)
        words = "may have any value now" if now is None else "has a list of values now"
        yield Difference(level=level, place=place, message=words, was=was and sorted(was), now=now and sorted(now))
        return
    for value in sorted(now - was):
        yield Difference(level=grown(side), place=place, message=f"may be {value} now")
    for value in sorted(was - now):
        yield Difference(level=shrunk(side), place=place, message=f"may not be {value} any more")


def _bounds(before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
    for words, choose in ((LEAST, max), (MOST, min)):
        for word in words:
            was, now = _bound(before, word, choose), _bound(after, word, choose)
            if was == now:
                continue
            is_closer = was is None or (now is not None and choose(was, now) == now)
            level = shrunk(side) if is_closer else grown(side)
            yield Difference(level=level, place=place, message=f"has another {word}", was=was, now=now)


def _forms(before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
    for word in FORMS:
        was, now = (sorted(json.dumps(node[word]) for node in nodes if word in node) for nodes in (before, after))
        if was == now:
            continue
        level: Level = shrunk(side) if not was else grown(side) if not now else "risky"
        told = {"was": ", ".join(was) or None, "now": ", ".join(now) or None}
        yield Difference(level=level, place=place, message=f"has another {word}", **told)


def _types(nodes: Iterable[Node]) -> frozenset[str]:
    kinds = ALL_KINDS
    for node in nodes:
        said = node.get("type")
        if said is not None:
            named = frozenset([said] if isinstance(said, str) else said)
            named |= {"integer"} if "number" in named else frozenset()
            kinds &= named | ({"null"} if node.get("nullable") else frozenset())  # as OpenAPI 3.0 has it
    return kinds


def _named(kinds: frozenset[str]) -> str:
    return (
        "anything" if kinds == ALL_KINDS else ", ".join(sorted(kinds - ({"integer"} if "number" in kinds else set())))
    )


def _listed(nodes: Iterable[Node]) -> frozenset[str] | None:
    found: frozenset[str] | None = None
    for node in nodes:
        said = [node["const"]] if "const" in node else node.get("enum")
        if said is not None:
            told = frozenset(json.dumps(value) for value in said)
            found = told if found is None else found & told
    return found


def _bound(nodes: Iterable[Node], word: str, choose: Any) -> float | None:
    found = [
        node[word] for node in nodes if isinstance(node.get(word), int | float) and not isinstance(node[word], bool)
    ]
    return choose(found) if found else None


def _required(nodes: Iterable[Node]) -> set[str]:
    return {name for node in nodes for name in node.get("required", ()) if isinstance(name, str)}


def _items(nodes: Iterable[Node]) -> list[Any]:
    return [node["items"] for node in nodes if isinstance(node.get("items"), Mapping)]


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
