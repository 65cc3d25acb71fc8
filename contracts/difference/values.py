"""Comparing what two schemas say of a value alone: its types, its words, its bounds and its form."""

import json
from collections.abc import Callable, Iterable, Iterator

from offair.contracts.difference.difference import Difference, Level, Side, grown, shrunk
from offair.contracts.jsontext import is_json_number
from offair.contracts.pointer import Node

LEAST = ("minimum", "minLength", "minItems", "minProperties", "minContains")
MOST = ("maximum", "maxLength", "maxItems", "maxProperties", "maxContains")
FORMS = ("pattern", "format", "multipleOf", "uniqueItems", "contentMediaType", "contentEncoding")
EXACT = frozenset({"format", "contentMediaType", "contentEncoding"})  # with another one, it is read in another way
WIDER = {"int32": "int64", "float": "double"}
TOLD = ("default", "discriminator")  # which change what is meant, and nothing that is allowed
Bound = tuple[float, int]
ALL_KINDS = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})


def compare_kinds(before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
    """Compare the types that a value may have."""
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
            told = {"was": was and _spelt(*was), "now": now and _spelt(*now)}
            yield Difference(level=level, place=place, message=f"has another {word}", **told)


def _forms(before: list[Node], after: list[Node], place: str, side: Side) -> Iterator[Difference]:
    for word in FORMS:
        was, now = (sorted(json.dumps(node[word]) for node in nodes if node.get(word, False) is not False)
                    for nodes in (before, after))  # fmt: skip
        if was == now:
            continue
        level: Level = shrunk(side) if not was else grown(side) if not now else _form_level(word, was, now, side)
        told = {"was": ", ".join(was) or None, "now": ", ".join(now) or None}
        yield Difference(level=level, place=place, message=f"has another {word}", **told)


def _form_level(word: str, was: list[str], now: list[str], side: Side) -> Level:
    if word == "format" and len(was) == len(now) == 1:
        old, new = json.loads(was[0]), json.loads(now[0])
        if WIDER.get(old) == new:
            return grown(side)
        if WIDER.get(new) == old:
            return shrunk(side)
    return "breaking" if word in EXACT else "risky"


def _told(before: list[Node], after: list[Node], place: str, _side: Side) -> Iterator[Difference]:
    for word in TOLD:
        was, now = (next((node[word] for node in nodes if word in node), None) for nodes in (before, after))
        if was != now:
            yield Difference(level="harmless", place=place, message=f"has another {word}", was=was, now=now)


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
    if not kinds:
        return "nothing"
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


def _bound(nodes: Iterable[Node], word: str, choose: Callable[..., Bound]) -> Bound | None:
    found = [one for node in nodes for one in _bounds_of(node, word)]
    return choose(found) if found else None


def _bounds_of(node: Node, word: str) -> Iterator[Bound]:
    """Read a bound, with how far it is from including its value: up or down, as the closer one is.

    OpenAPI 3.0 says of a bound that it is exclusive, and 3.1 has another word for those.
    """
    exclusive = f"exclusive{word[0].upper()}{word[1:]}"
    within = 1 if word in LEAST else -1
    if is_json_number(node.get(word)):
        yield node[word], within if node.get(exclusive) is True else 0
    if is_json_number(node.get(exclusive)):
        yield node[exclusive], within


def _spelt(value: float, within: int) -> str:
    return f"{value}, which is not in" if within else str(value)


Part = Callable[[list[Node], list[Node], str, Side], Iterator[Difference]]
VALUES: tuple[Part, ...] = (compare_kinds, _values, _bounds, _forms, _told)
"""Everything that is compared of a value alone."""
