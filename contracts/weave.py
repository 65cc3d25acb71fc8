"""The published examples, put into the OpenAPI document where tools look for them."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from offair.contracts.bodies import essence, find_type
from offair.contracts.openapi import METHODS
from offair.contracts.published import Published


def weave(document: Mapping[str, Any], examples: Iterable[Published]) -> dict[str, Any]:
    """Copy an OpenAPI document and add the examples to its request bodies and answers.

    A sketch is left out, because its placeholders keep no schema. An answer that operations share gets its example
    once.
    """
    woven = deepcopy(dict(document))
    nodes = {
        f"{method.upper()} {path}": node
        for path, item in woven.get("paths", {}).items()
        for method, node in item.items()
        if method in METHODS
    }
    for example in examples:
        node = nodes.get(example.operation)
        if node is None or example.is_sketch:
            continue
        exchange = example.exchange
        asked = node.get("requestBody")  # clients send an empty object where nothing is documented
        if asked and exchange.request_content_type is not None and example.request_body is not None:
            _add(_target(woven, asked), example, exchange.request_content_type, example.request_body)
        if exchange.response_content_type is not None and example.response_body is not None:
            answer = node["responses"][str(example.status)]
            _add(_target(woven, answer), example, exchange.response_content_type, example.response_body)
    return woven


def _target(document: Any, holder: Any) -> Any:
    """Follow a reference to the thing itself, not to a copy of it."""
    if "$ref" not in holder:
        return holder
    found = document
    for part in holder["$ref"].split("/")[1:]:
        found = found[part]
    return found


def _add(holder: Any, example: Published, content_type: str, value: Any) -> None:
    documented = {essence(name): name for name in holder["content"]}
    name = find_type(documented, essence(content_type))
    if name is not None:
        named = holder["content"][documented[name]].setdefault("examples", {})
        named[example.name] = {"summary": example.title, "value": deepcopy(value)}
