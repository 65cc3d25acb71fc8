"""Reading an OpenAPI 3.1 document into Operations; nothing is compiled here."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.operation import Answer, Operation, Parameter
from offair.contracts.pointer import Node, deref
from offair.contracts.schema import Schema

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
JSON = "application/json"


def operations(document: Node) -> Iterator[Operation]:
    """Read every operation, in document order."""
    for path, item in document.get("paths", {}).items():
        for method in item:
            if method in METHODS:
                yield _operation(document, path, method, item)


def json_schema(document: Node, holder: Node, *, where: str) -> Schema | None:
    """Find the JSON schema of a request body or an answer; None where it documents no JSON."""
    return media(document, holder, where=where).get(JSON)


def media(document: Node, holder: Node, *, where: str) -> dict[str, Schema]:
    """Name the documented media types, each with its schema."""
    components = document.get("components", {})
    return {
        name.lower(): Schema(content.get("schema", {}), where=where, components=components)
        for name, content in holder.get("content", {}).items()
    }


def _operation(document: Node, path: str, method: str, item: Node) -> Operation:
    node = item[method]
    key = f"{method.upper()} {path}"
    parameters = tuple(_parameters(document, item, node))
    query = tuple(parameter for parameter in parameters if parameter.place == "query")
    body = deref(document, node.get("requestBody", {}))
    security = node.get("security", document.get("security", []))
    return Operation(
        key=key,
        operation_id=node.get("operationId", key),
        method=method.upper(),
        path=path,
        summary=node.get("summary", ""),
        grade=node.get("x-grade", "documented"),
        source=node.get("x-source", f"OpenAPI document, {key}"),
        security=tuple(dict.fromkeys(name for choice in security for name in choice)),
        is_open=not security or {} in security,
        path_parameters=tuple(parameter for parameter in parameters if parameter.place == "path"),
        query_parameters=query,
        query=_query(document, query, node),
        body=json_schema(document, body, where="request.body"),
        is_body_required=bool(body.get("required", False)),
        answers={str(status): _answer(document, str(status), found) for status, found in node["responses"].items()},
    )


def _parameters(document: Node, item: Node, node: Node) -> Iterator[Parameter]:
    for reference in (*item.get("parameters", ()), *node.get("parameters", ())):
        found = deref(document, reference)
        yield Parameter(
            name=found["name"],
            place=found["in"],
            is_required=bool(found.get("required", False)),
            schema=found.get("schema", {}),
            description=found.get("description", ""),
        )


def _query(document: Node, parameters: tuple[Parameter, ...], node: Mapping[str, Any]) -> Schema:
    schema = {
        "type": "object",
        "properties": {parameter.name: parameter.schema for parameter in parameters},
        "required": [parameter.name for parameter in parameters if parameter.is_required],
        "x-source": node.get("x-source", "OpenAPI document"),
        "x-grade": node.get("x-grade", "documented"),
    }
    return Schema(schema, where="request.query", components=document.get("components", {}))


def _answer(document: Node, status: str, reference: Node) -> Answer:
    found = deref(document, reference)
    return Answer(
        status=status,
        description=found.get("description", ""),
        media=media(document, found, where="response.body"),
    )
