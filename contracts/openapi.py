"""Reading an OpenAPI 3.1 document into Operations; nothing is compiled here."""

from collections.abc import Iterator, Mapping

from offair.contracts.bodies import read_bodies
from offair.contracts.effect import read_effects
from offair.contracts.guard import read_security
from offair.contracts.operation import Answer, Bar, Operation
from offair.contracts.parameters import read_parameters
from offair.contracts.pointer import Node, deref
from offair.contracts.vouching import Vouch, vouch

METHODS = frozenset({"get", "put", "post", "delete", "patch"})


def operations(document: Node) -> Iterator[Operation]:
    """Read every operation, in document order."""
    for path, item in document.get("paths", {}).items():
        for method in item:
            if method in METHODS:
                yield _operation(document, path, method, item)


def servers(document: Node) -> tuple[str, ...]:
    """List the URLs of an API, with the default of each variable in them."""
    return tuple(
        server["url"].format_map({name: said["default"] for name, said in server.get("variables", {}).items()})
        for server in document.get("servers", ())
    )


def read_answers(document: Node, responses: Mapping[str | int, Node], vouch: Vouch) -> dict[str, Answer]:
    """Read what answers a call, by status."""
    named = {str(status): deref(document, reference) for status, reference in responses.items()}
    return {
        status: Answer(
            status=status,
            description=found.get("description", ""),
            media=read_bodies(document, found, vouch, where="response.body"),
            allows=found.get("x-allows"),
            judges_state=found.get("x-refuses") == "state",
            headers=frozenset(found.get("headers", ())),
        )
        for status, found in named.items()
    }


def _operation(document: Node, path: str, method: str, item: Node) -> Operation:
    node = item[method]
    key = f"{method.upper()} {path}"
    said = vouch(node, source=f"OpenAPI document, {key}")
    placed = read_parameters(document, [*item.get("parameters", ()), *node.get("parameters", ())], said)
    body = deref(document, node.get("requestBody", {}))
    return Operation(
        key=key,
        operation_id=node.get("operationId", key),
        method=method.upper(),
        path=path,
        summary=node.get("summary", ""),
        grade=said.grade,
        source=said.source,
        security=read_security(node.get("security", document.get("security", []))),
        path_parameters=placed.path,
        query_parameters=placed.query,
        header_parameters=placed.header,
        bodies=read_bodies(document, body, said, where="request.body"),
        is_body_required=bool(body.get("required", False)),
        body_limit=node.get("x-body-limit", body.get("x-body-limit")),
        answers=read_answers(document, node["responses"], said),
        is_shared=node.get("x-shared", False),
        is_fresh=node.get("x-fresh", False),
        ends_access=node.get("x-ends-access", False),
        bars=tuple(_bar(one, said) for one in node.get("x-refused-in", ())),
        is_newest_first=node.get("x-newest-first", False),
        effects=tuple(read_effects(node.get("x-effects", []), said)),
    )


def _bar(node: Node, said: Vouch) -> Bar:
    told = vouch(node, source=said.source, grade=said.grade)
    return Bar(states=frozenset(node["states"]), grade=told.grade, source=told.source)
