"""Whether an OpenAPI document is made as one is, as far as comparing it looks: a sentence says where it is not."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from offair.contracts.difference.operations import EVERY_METHOD
from offair.contracts.pointer import Node, write_pointer

Way = tuple[str, ...]
Wrong = tuple[Way, str]
Look = Callable[[Any, Way], Iterator[Wrong]]

MAPPING, LIST, TEXTS = "a mapping", "a list", "a list of texts"
LISTS = ("allOf", "anyOf", "oneOf", "enum", "prefixItems")
NUMBERS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


def check_shapes(file: str, document: Node) -> None:
    """See that what is compared is there in its form. LookupError names the place by its pointer."""
    for way, what in _document(document):
        raise LookupError(f"{file}{write_pointer(way)} must be {what}")


def _document(document: Node) -> Iterator[Wrong]:
    yield from _each(document.get("paths", {}), ("paths",), _item)
    yield from _each(document.get("webhooks", {}), ("webhooks",), _item)
    yield from _secured(document, ())
    components = document.get("components", {})
    if not isinstance(components, Mapping):
        yield ("components",), MAPPING
        return
    looks: Mapping[str, Look] = {
        "schemas": _schema,
        "parameters": _parameter,
        "responses": _holder,
        "requestBodies": _holder,
        "securitySchemes": _mapping,
        "headers": _parameter,
    }
    for section, look in looks.items():
        yield from _each(components.get(section, {}), ("components", section), look)


def _each(node: Any, way: Way, look: Look) -> Iterator[Wrong]:
    if not isinstance(node, Mapping):
        yield way, MAPPING
        return
    for name, inner in node.items():
        yield from look(inner, (*way, str(name)))


def _mapping(node: Any, way: Way) -> Iterator[Wrong]:
    if not isinstance(node, Mapping):
        yield way, MAPPING


def _item(node: Any, way: Way) -> Iterator[Wrong]:
    if not isinstance(node, Mapping):
        yield way, MAPPING
        return
    yield from _parameters(node, way)
    for method in EVERY_METHOD & node.keys():
        yield from _operation(node[method], (*way, method))


def _operation(node: Any, way: Way) -> Iterator[Wrong]:
    if not isinstance(node, Mapping):
        yield way, MAPPING
        return
    yield from _parameters(node, way)
    yield from _secured(node, way)
    yield from _each(node.get("responses", {}), (*way, "responses"), _holder)
    yield from _holder(node.get("requestBody", {}), (*way, "requestBody"))


def _secured(node: Node, way: Way) -> Iterator[Wrong]:
    found = node.get("security", [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        yield (*way, "security"), "a list of mappings"


def _parameters(node: Node, way: Way) -> Iterator[Wrong]:
    found = node.get("parameters", [])
    if not isinstance(found, list):
        yield (*way, "parameters"), LIST
        return
    for place, one in enumerate(found):
        at = (*way, "parameters", str(place))
        yield from _parameter(one, at)
        if isinstance(one, Mapping) and "$ref" not in one and not {"name", "in"} <= one.keys():
            yield at, "a parameter, with a name and where it is in"


def _parameter(node: Any, way: Way) -> Iterator[Wrong]:
    yield from _holder(node, way)
    if isinstance(node, Mapping):
        yield from _schema(node.get("schema", {}), (*way, "schema"))


def _holder(node: Any, way: Way) -> Iterator[Wrong]:
    """What holds bodies by their media types, and headers."""
    if not isinstance(node, Mapping):
        yield way, MAPPING
        return
    yield from _each(node.get("headers", {}), (*way, "headers"), _parameter)
    yield from _each(node.get("content", {}), (*way, "content"), _media)


def _media(node: Any, way: Way) -> Iterator[Wrong]:
    if not isinstance(node, Mapping):
        yield way, MAPPING
        return
    yield from _schema(node.get("schema", {}), (*way, "schema"))


def _schema(node: Any, way: Way) -> Iterator[Wrong]:
    if isinstance(node, bool):
        return
    if not isinstance(node, Mapping):
        yield way, "a schema: a mapping, true or false"
        return
    yield from _each(node.get("properties", {}), (*way, "properties"), _schema)
    yield from _schema(node.get("items", True), (*way, "items"))
    for word in LISTS:
        if not isinstance(node.get(word, []), list):
            yield (*way, word), LIST
        elif word != "enum":
            for place, one in enumerate(node.get(word, [])):
                yield from _schema(one, (*way, word, str(place)))
    said, needed = node.get("type", ""), node.get("required", [])
    if not isinstance(said, str) and not _are_texts(said):
        yield (*way, "type"), f"a text, or {TEXTS}"
    if not _are_texts(needed):
        yield (*way, "required"), TEXTS
    for word in NUMBERS:
        if not isinstance(node.get(word, 0), int | float):
            yield (*way, word), "a number"


def _are_texts(node: Any) -> bool:
    return isinstance(node, list) and all(isinstance(one, str) for one in node)
