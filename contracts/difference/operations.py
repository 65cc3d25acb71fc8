"""Comparing operations: what is asked, with which parameters, credentials and bodies, and what is answered."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.bodies import essence, find_type
from offair.contracts.difference.difference import Difference, Level, Side
from offair.contracts.difference.schemas import Comparison
from offair.contracts.openapi import METHODS
from offair.contracts.pointer import Node, deref

OK = "2"
EVERY_METHOD = METHODS | {"head", "options", "trace"}
SHOWN_AS = ("type", "scheme", "in", "name")  # of a security scheme


def compare_operations(old: Node, new: Node) -> Iterator[Difference]:
    """Compare the operations of two OpenAPI documents, by method and path; parameters' names in paths do not matter."""
    was, now = _operations(old), _operations(new)
    comparison = Comparison(old, new)
    yield from _schemes(old, new)
    for key in sorted({*was, *now}, key=str):
        place = f"{key[0]} {(now.get(key) or was[key])[0]}"
        if key not in now:
            yield _gone(place, was[key][2], "breaking")
        elif key not in was:
            yield Difference(level="harmless", place=place, message="is new")
        else:
            yield from _operation(comparison, was[key], now[key], place)


def compare_servers(old: Node, new: Node) -> Iterator[Difference]:
    """Compare where an API is."""
    was, now = ([server["url"] for server in document.get("servers", ())] for document in (old, new))
    for url in was:
        if url not in now:
            yield Difference(level="breaking", place=f"server {url}", message="is not there any more")
    for url in now:
        if url not in was:
            yield Difference(level="harmless", place=f"server {url}", message="is new")


def _operations(document: Node) -> dict[tuple[str, str], tuple[str, Node, Node]]:
    """Every operation with its path and what stands at it, by method and the path without the parameters' names."""
    return {
        (method.upper(), "/".join("{}" if part.startswith("{") else part for part in path.split("/"))): (
            path,
            item,
            node,
        )
        for path, item in ((path, deref(document, node)) for path, node in document.get("paths", {}).items())
        for method, node in item.items()
        if method in EVERY_METHOD
    }


Entry = tuple[str, Node, Node]


def _operation(comparison: Comparison, old: Entry, new: Entry, place: str) -> Iterator[Difference]:
    was, now = old[2], new[2]
    named = was.get("operationId"), now.get("operationId")
    if named[0] != named[1]:
        yield Difference(level="risky", place=place, message="has another operationId", was=named[0], now=named[1])
    if now.get("deprecated") and not was.get("deprecated"):
        yield Difference(level="harmless", place=place, message="is deprecated now")
    yield from _security(_needs(comparison.old, was), _needs(comparison.new, now), place)
    yield from _parameters(comparison, old, new, place)
    yield from _asked(comparison, was, now, place)
    yield from _answers(comparison, was.get("responses", {}), now.get("responses", {}), place)


def _needs(document: Node, node: Node) -> set[tuple[tuple[str, tuple[str, ...]], ...]]:
    alternatives = node.get("security", document.get("security", [])) or [{}]
    return {tuple(sorted((name, tuple(sorted(scopes))) for name, scopes in one.items())) for one in alternatives}


def _security(was: set[Any], now: set[Any], place: str) -> Iterator[Difference]:
    for needed in sorted(was - now):
        yield Difference(level="breaking", place=place, message=f"does not take {_told(needed)} any more")
    for needed in sorted(now - was):
        yield Difference(level="harmless", place=place, message=f"takes {_told(needed)} now")


def _told(needed: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    parts = (name + (f" of {', '.join(scopes)}" if scopes else "") for name, scopes in needed)
    return " and ".join(parts) or "who shows no credentials"


def _parameters(comparison: Comparison, old: Entry, new: Entry, place: str) -> Iterator[Difference]:
    was, now = _by_name(comparison.old, old), _by_name(comparison.new, new)
    for key in sorted({*was, *now}):
        at = f"{place}, {key[0]} {key[1]}"
        if key not in now:
            yield _gone(at, was[key], "risky")
        elif key not in was:
            is_required = bool(now[key].get("required"))
            level: Level = "breaking" if is_required else "harmless"
            yield Difference(level=level, place=at, message="is new, and required" if is_required else "is new")
        else:
            if now[key].get("required") and not was[key].get("required"):
                yield Difference(level="breaking", place=at, message="is required now")
            if was[key].get("required") and not now[key].get("required"):
                yield Difference(level="harmless", place=at, message="is not required any more")
            spelt = _spelling(key[0], was[key]), _spelling(key[0], now[key])
            if spelt[0] != spelt[1]:
                yield Difference(
                    level="breaking", place=at, message="is written another way", was=spelt[0], now=spelt[1]
                )
            yield from comparison.compare(_schema(was[key]), _schema(now[key]), at, "request")


def _gone(place: str, node: Node, level: Level) -> Difference:
    """What was called deprecated may go, unless somebody has said on which day: what day it is nobody knows here."""
    if node.get("deprecated") and "x-sunset" not in node:
        return Difference(level="harmless", place=place, message="is not there any more, and was deprecated")
    return Difference(level=level, place=place, message="is not there any more")


def _schemes(old: Node, new: Node) -> Iterator[Difference]:
    """Compare how credentials are shown, by schemes that both documents have."""
    was, now = (document.get("components", {}).get("securitySchemes", {}) for document in (old, new))
    for name in sorted(was.keys() & now.keys()):
        shown = [" ".join(str(said) for word in SHOWN_AS if (said := deref(document, schemes[name]).get(word)))
                 for document, schemes in ((old, was), (new, now))]  # fmt: skip
        if shown[0].lower() != shown[1].lower():
            message = "is shown another way"
            yield Difference(level="breaking", place=f"security scheme {name}", message=message, was=shown[0],
                             now=shown[1])  # fmt: skip


def _spelling(where: str, parameter: Node) -> str:
    """How a parameter is written: the style, and whether a list's items stand apart (OpenAPI 3.1, 4.8.12.2)."""
    style = parameter.get("style", "form" if where in {"query", "cookie"} else "simple")
    return f"{style}, {'apart' if parameter.get('explode', style == 'form') else 'together'}"


def _schema(parameter: Node) -> Any:
    """What a parameter has to keep; some are whole bodies."""
    content: Node = next(iter(parameter.get("content", {}).values()), {})
    return parameter.get("schema", content.get("schema", {}))


def _by_name(document: Node, entry: Entry) -> dict[tuple[str, str], Node]:
    """Parameters by where they are and their names; those of the path by their place in it."""
    path, item, node = entry
    parts = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    found: dict[tuple[str, str], Node] = {}
    for one in (*item.get("parameters", ()), *node.get("parameters", ())):
        said = deref(document, one)
        name = str(parts.index(said["name"]) + 1) if said["in"] == "path" and said["name"] in parts else said["name"]
        found[said["in"], name.lower() if said["in"] == "header" else name] = said
    return found


def _asked(comparison: Comparison, was: Node, now: Node, place: str) -> Iterator[Difference]:
    before = deref(comparison.old, was.get("requestBody", {}))
    after = deref(comparison.new, now.get("requestBody", {}))
    at = f"{place}, request body"
    if after.get("required") and not before.get("required"):
        yield Difference(level="breaking", place=at, message="is required now")
    if before.get("required") and after and not after.get("required"):
        yield Difference(level="harmless", place=at, message="is not required any more")
    yield from compare_bodies(comparison, before.get("content", {}), after.get("content", {}), at, "request")


def _answers(
    comparison: Comparison, was: Mapping[Any, Node], now: Mapping[Any, Node], place: str
) -> Iterator[Difference]:
    before = {str(status): deref(comparison.old, node) for status, node in was.items()}
    after = {str(status): deref(comparison.new, node) for status, node in now.items()}
    for status in sorted({*before, *after}):
        at = f"{place}, answer {status}"
        if status not in after:
            level: Level = "breaking" if status.startswith(OK) else "harmless"
            yield Difference(level=level, place=at, message="is not there any more")
        elif status not in before:
            yield Difference(level="harmless", place=at, message="is new")
        else:
            yield from _headers(comparison, before[status], after[status], at)
            contents = before[status].get("content", {}), after[status].get("content", {})
            yield from compare_bodies(comparison, *contents, at, "answer")


def _headers(comparison: Comparison, was: Node, now: Node, place: str) -> Iterator[Difference]:
    before = {name.lower(): deref(comparison.old, node) for name, node in was.get("headers", {}).items()}
    after = {name.lower(): deref(comparison.new, node) for name, node in now.get("headers", {}).items()}
    for name in sorted(before):
        at, is_required = f"{place}, header {name}", bool(before[name].get("required"))
        if name not in after:
            level: Level = "breaking" if is_required else "risky"
            yield Difference(level=level, place=at, message="is not there any more")
            continue
        if is_required and not after[name].get("required"):
            yield Difference(level="breaking", place=at, message="is not required any more")
        yield from comparison.compare(before[name].get("schema", {}), after[name].get("schema", {}), at, "answer")
    for name in sorted(after.keys() - before.keys()):
        yield Difference(level="harmless", place=f"{place}, header {name}", message="is new")


def compare_bodies(
    comparison: Comparison, was: Mapping[str, Node], now: Mapping[str, Node], place: str, side: Side
) -> Iterator[Difference]:
    """Compare bodies by their media types; a range (``*/*``) goes on taking what is named no more."""
    was, now = ({essence(name): node for name, node in bodies.items()} for bodies in (was, now))
    for media_type in sorted({*was, *now}):
        kept = find_type(now, media_type)
        if kept is None:
            yield Difference(level="breaking", place=place, message=f"is not {media_type} any more")
        elif media_type not in was:
            yield Difference(level="harmless", place=place, message=f"may be {media_type} now")
        else:
            schemas = was[media_type].get("schema", {}), now[kept].get("schema", {})
            at = f"{place}:" if len(now) == 1 else f"{place}, {media_type}:"
            yield from comparison.compare(*schemas, at, side)
