"""Finding one's way in a schema document: ``$ref``, members, and what applies to the same value."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from offair.contracts.jsontext import objects_in

Node = Mapping[str, Any]

VALUES = frozenset({"example", "default", "const", "enum"})  # what stands below them is no schema
# their members are names, not keywords
NAMED = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "schemas"}) | frozenset(
    {"parameters", "headers", "responses", "from_client", "from_server"}
)
TOGETHER = ("allOf", "anyOf", "oneOf")
SHORTEST = 3  # parts of a pointer to a component: components, section, name


def resolve(root: Node, reference: str) -> Node:
    """Follow a JSON pointer inside the document (RFC 6901 section 6); LookupError if it leads nowhere."""
    if not reference.startswith("#"):
        raise LookupError(f"$ref {reference!r} leaves the document; write it as '#/components/...'")
    if reference[1:2] not in {"", "/"}:
        raise LookupError(f"$ref {reference!r} is an anchor; write it as '#/components/...'")
    node: Any = root
    for part in _steps(reference):
        try:
            node = node[part]
        except (KeyError, TypeError) as error:
            raise LookupError(f"$ref {reference!r} leads nowhere: there is no {part!r}") from error
    if not isinstance(node, Mapping):
        raise TypeError(f"$ref {reference!r} leads to {node!r}, which is no object")
    return node


@lru_cache(maxsize=4096)
def _steps(reference: str) -> tuple[str, ...]:
    """The names on the way of a pointer; the same few lead to the components of a document again and again."""
    parts = unquote(reference[1:]).split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def deref(root: Node, node: Node) -> Node:
    """Follow ``$ref`` until there is none."""
    while isinstance(node.get("$ref"), str):
        node = resolve(root, node["$ref"])
    return node


def unfold(root: Node, nodes: Iterable[Any]) -> list[Node]:
    """List every schema that judges the same value, in document order: behind ``$ref``, inside ``allOf``."""
    found: list[Node] = []
    waiting = [node for node in nodes if isinstance(node, Mapping)][::-1]
    while waiting:
        node = waiting.pop()
        found.append(node)
        for keyword in reversed(TOGETHER):
            if keyword in node:
                waiting += [clause for clause in reversed(node[keyword]) if isinstance(clause, Mapping)]
        if isinstance(node.get("$ref"), str):
            waiting.append(resolve(root, node["$ref"]))
    return found


def members(nodes: Iterable[Node]) -> dict[str, list[Any]]:
    """Name the members that these schemas declare, in document order, each with its schemas."""
    named: dict[str, list[Any]] = {}
    for node in nodes:
        for name, schema in node.get("properties", {}).items():
            named.setdefault(name, []).append(schema)
    return named


def needed(components: Node, schema: Node) -> Node:
    """Give those components that a schema leads to by ``$ref``, however many steps away, each of them whole.

    All of them, where a reference is no pointer to one: then nobody knows what it means.
    """
    found: dict[str, dict[str, Any]] = {}
    waiting: list[Any] = [schema]
    while waiting:
        for node in objects_in(waiting.pop()):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                continue
            _, *parts = unquote(reference).split("/")
            if parts[:1] != ["components"] or len(parts) < SHORTEST:
                return components
            section, name = (part.replace("~1", "/").replace("~0", "~") for part in parts[1:SHORTEST])
            part = components.get(section, {}).get(name)
            if part is not None and name not in found.setdefault(section, {}):
                found[section][name] = part
                waiting.append(part)
    return found


def check_references(document: Node) -> None:
    """See that every ``$ref`` leads somewhere else; LookupError says which does not, by its own pointer."""
    seen: set[str] = set()
    sound: set[str] = set()
    waiting: list[tuple[Any, tuple[str, ...], bool]] = [(document, (), False)]
    while waiting:
        node, way, is_named = waiting.pop()
        reference = None if is_named or not isinstance(node, dict) else node.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            try:
                resolve(document, reference)
            except (LookupError, TypeError) as error:
                raise LookupError(f"{write_pointer(way)}: {error}") from error
            if _leads_back(document, reference, (), sound):
                raise LookupError(f"{write_pointer(way)}: $ref {reference!r} leads back to itself, and says nothing")
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(inner, dict | list) and (is_named or key not in VALUES):
                waiting.append((inner, (*way, str(key)), not is_named and key in NAMED))


def _leads_back(root: Node, reference: str, way: tuple[str, ...], sound: set[str]) -> bool:
    """Say whether following references to the same value never ends (JSON Schema, core, section 9.4.1).

    What refers to itself from a member or an item is fine. Those that are ``sound`` need no second look.
    """
    if reference in sound:
        return False
    if reference in way:
        return True
    try:
        further = list(_same_value(resolve(root, reference)))
    except (LookupError, TypeError):
        return False  # which is told where it stands
    is_back = any(_leads_back(root, one, (*way, reference), sound) for one in further)
    if not is_back:
        sound.add(reference)
    return is_back


def _same_value(node: Any) -> Iterator[str]:
    """The references of a node to what judges the same value."""
    if not isinstance(node, Mapping):
        return
    if isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for keyword in TOGETHER:
        clauses = node.get(keyword)
        for clause in clauses if isinstance(clauses, list) else ():
            yield from _same_value(clause)


def write_pointer(way: Iterable[str]) -> str:
    """Write a JSON pointer as a URI fragment (RFC 6901 section 6), unescaped where people read it."""
    return "#" + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in way)
