"""The published examples, put into the OpenAPI document where tools look for them."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from offair.contracts.exchange import JSON, Published
from offair.contracts.openapi import METHODS


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
        if example.request_body is not None:
            _add(node["requestBody"], example, example.request_body)
        if example.response_body is not None:
            answer = node["responses"][str(example.status)]
            _add(_target(woven, answer), example, example.response_body)
    return woven


def _target(document: Any, holder: Any) -> Any:
    """Follow a reference to the thing itself, not to a copy of it."""
    if "$ref" not in holder:
        return holder
    found = document
    for part in holder["$ref"].split("/")[1:]:
        found = found[part]
    return found


def _add(holder: Any, example: Published, value: Any) -> None:
    named = holder["content"][JSON].setdefault("examples", {})
    named[example.name] = {"summary": example.title, "value": deepcopy(value)}
