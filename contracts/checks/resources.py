"""What was made: the things that a cloud gives an id, where they are, and where they are listed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offair.contracts.checks.seen import History, Seen
from offair.contracts.contract import Contract
from offair.contracts.operation import Operation

NAMES = ("id", "uuid")


@dataclass(frozen=True)
class Thing:
    """What a call made: ``path`` is where it is, below it whatever else it has."""

    id: str
    path: str
    made: Seen

    def is_at(self, path: str) -> bool:
        """The path is the thing's, or below it."""
        return path == self.path or path.startswith(f"{self.path}/")


def things(history: History) -> Iterator[Thing]:
    """Find what was made by a POST to where things are kept, in the order of making."""
    for call in history.calls:
        if call.operation.method == "POST" and call.is_success and call.answer is not None:
            item = item_of(history.contract, call.operation)
            found = None if item is None else read_id(history.contract, call.operation, item, call.answer)
            if found is not None:
                yield Thing(found, f"{call.path.rstrip('/')}/{found}", call)


def item_of(contract: Contract, collection: Operation) -> str | None:
    """Name the path parameter that stands for one of a collection's things; None where it has none."""
    start = f"{collection.path.rstrip('/')}/"
    for operation in contract.operations.values():
        rest = operation.path.removeprefix(start)
        if operation.path.startswith(start) and rest.startswith("{") and rest.endswith("}") and "/" not in rest:
            return rest[1:-1]
    return None


def read_id(contract: Contract, made: Operation, parameter: str, answer: Any) -> str | None:
    """Read a made thing's id from the answer: where a link of the document says, else by its name."""
    way = _linked(contract, made, parameter)
    found = _follow(answer, way) if way else _named(answer, (*NAMES, parameter))
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) and found != "" else None


def listed(answer: Any) -> list[dict[str, Any]] | None:
    """Find the things that a listing has: its first list of objects, however deep; None where there is none."""
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            return [one for one in node if isinstance(one, dict)]
        if isinstance(node, dict):
            waiting.extend(node.values())
    return None


def id_of(row: Mapping[str, Any]) -> str | None:
    """The id of a listed thing; None where it has none."""
    found = next((row[name] for name in NAMES if name in row), None)
    return None if found is None else str(found)


def _linked(contract: Contract, made: Operation, parameter: str) -> Sequence[str]:
    node = contract.document["paths"][made.path][made.method.lower()]
    for answer in node.get("responses", {}).values():
        for link in answer.get("links", {}).values():
            said = link.get("parameters", {}).get(parameter, "")
            if isinstance(said, str) and said.startswith("$response.body#/"):
                return said.partition("#/")[2].split("/")
    return ()


def _follow(node: Any, way: Sequence[str]) -> Any:
    for part in way:
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _named(answer: Any, names: Sequence[str]) -> Any:
    """The shallowest member of one of these names."""
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            for name in names:
                if isinstance(node.get(name), str | int):
                    return node[name]
            waiting.extend(node.values())
    return None
