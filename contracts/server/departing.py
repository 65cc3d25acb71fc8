"""A scene of requests that depart from good ones, one difference at a time: what is allowed, and what is forbidden."""

import json
from collections.abc import Iterator
from typing import Any

from offair.contracts.departures import Departure, departures
from offair.contracts.exchange import Exchange
from offair.contracts.operation import Operation
from offair.contracts.pointer import Node, members, unfold
from offair.contracts.schema import Schema
from offair.contracts.server.actors import Actor, Made, fill, ids_for
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import JSON, good_bodies
from offair.contracts.server.pacing import Pace
from offair.contracts.violation import Path

OTHERS: tuple[Any, ...] = (None, 7, "offair_no_word", True, [], {})  # a value of each type of JSON
LONGEST = 5000  # characters, or items: beyond it a limit is not tried


def departing(caller: Caller) -> list[Exchange]:
    """Send each operation that takes JSON its good bodies, and each difference in the first that can have it."""
    log: list[Exchange] = []
    if caller.target.is_read_only or caller.target.is_spared:
        return log
    ours, pace = Actor(caller, caller.target.headers, log), Pace(caller.contract, caller.target)
    made = [one for kind in caller.kinds if (one := ours.make(kind))]
    for operation in caller.contract.operations.values():
        path = fill(operation.path, ids_for(operation, made))
        if path is not None and not operation.ends_access and operation.method != "GET":
            _depart(ours, operation, path, pace)
    for one in made:
        ours.clear(one)
    return log


def _depart(ours: Actor, operation: Operation, path: str, pace: Pace) -> None:
    schema = operation.bodies.get(JSON)
    kind = next((one for one in ours.caller.kinds if one.make is operation), None)
    if schema is None:
        return
    goods = [one.value for one in good_bodies(ours.caller.contract, operation) if schema.is_valid(one.value)]
    for body in dict.fromkeys(map(json.dumps, _bodies(schema, goods))):
        pace.keep(operation)
        answer = ours.send(operation, path, body.encode())
        found = None if kind is None else ours.made_by(kind, answer)
        if isinstance(found, Made):
            ours.clear(found)


def _bodies(schema: Schema, goods: list[Any]) -> Iterator[Any]:
    """Give good bodies, each with its differences from there on but for those that another one before it had.

    The same difference is another one where it is allowed in one body and forbidden in the other.
    """
    tried: set[tuple[str, bool]] = set()
    for good in goods:
        yield good
        for one in _differences(schema, good):
            body = one.applied(good)
            meant = json.dumps([one.kind, one.path, one.value]), schema.is_valid(body)
            if meant not in tried:
                tried.add(meant)
                yield body


def _differences(schema: Schema, body: Any) -> Iterator[Departure]:
    yield from departures(schema, body)
    for one in _breaches(schema.root, [schema.root], body, ()):
        if not schema.is_valid(one.applied(body)):
            yield one


def _breaches(root: Node, nodes: list[Any], value: Any, path: Path) -> Iterator[Departure]:
    """List differences that a schema may forbid: missing, of another type, beyond each limit."""
    known = unfold(root, nodes)
    yield from (Departure("value", path, other) for other in (*OTHERS, *_beyond(known, value)) if other != value)
    if isinstance(value, dict):
        named = members(known)
        for name, inner in value.items():
            yield Departure("missing", (*path, name))
            yield from _breaches(root, named.get(name, []), inner, (*path, name))
    elif isinstance(value, list) and value:
        items = [node["items"] for node in known if isinstance(node.get("items"), dict)]
        yield from _breaches(root, items, value[0], (*path, 0))


def _beyond(known: list[Node], value: Any) -> Iterator[Any]:
    for node in known:
        if isinstance(value, str) and node.get("maxLength", LONGEST) < LONGEST:
            yield (value or "a") * (node["maxLength"] // max(1, len(value)) + 1)
        if isinstance(value, str) and node.get("minLength"):
            yield ""
        if isinstance(value, list) and value and node.get("maxItems", LONGEST) < LONGEST:
            yield (value * (node["maxItems"] + 1))[: node["maxItems"] + 1]
        if isinstance(value, int | float):
            yield from (node[name] + step for name, step in (("minimum", -1), ("maximum", 1)) if name in node)
