"""What a document says of a member of an answer: which words it may be, and whatever else."""

from collections.abc import Collection, Iterator
from typing import Any

from offair.contracts.bodies import essence
from offair.contracts.checks.seen import Seen
from offair.contracts.pointer import Node, members, unfold

DEEPEST = 6  # objects and lists within each other: what is deeper is no member of the thing itself


def words_of(call: Seen, names: Collection[str]) -> frozenset[str]:
    """List the documented values of the shallowest member of these names in an answer; none where none are listed."""
    nodes = nodes_of(call, names, "enum")
    return frozenset(word for node in nodes for word in node["enum"] if isinstance(word, str))


def nodes_of(call: Seen, names: Collection[str], keyword: str) -> list[Node]:
    """Give what the document says with a keyword of the shallowest member of these names in an answer."""
    root = _root_of(call)
    level: list[list[Any]] = [[root]]
    for _ in range(DEEPEST):
        below: list[list[Any]] = []
        for known in (unfold(root, nodes) for nodes in level):
            named = members(known)
            for nodes in (named[name] for name in names if name in named):
                if found := [node for node in unfold(root, nodes) if node.get(keyword)]:
                    return found
            below += [*named.values(), [node["items"] for node in known if "items" in node]]
        level = [nodes for nodes in below if nodes]
    return []


def members_told(call: Seen) -> Iterator[tuple[Any, list[Node]]]:
    """Pair the value of each member in an answer, however deep, with what the document says of it."""
    root = _root_of(call)
    waiting: list[tuple[Any, list[Node]]] = [(call.answer, [root])]
    while waiting:
        value, nodes = waiting.pop()
        known = unfold(root, nodes)
        if isinstance(value, dict):
            named, others = members(known), [node.get("additionalProperties") for node in known]
            told = [(inner, named.get(name, others)) for name, inner in value.items()]
            yield from ((inner, unfold(root, below)) for inner, below in told)
            waiting += told
        elif isinstance(value, list):
            items = [node["items"] for node in known if isinstance(node.get("items"), dict)]
            waiting += [(one, items) for one in value]


def _root_of(call: Seen) -> Node:
    """What the document says of an answer's body; nothing where it says nothing."""
    answer = call.operation.answer(call.exchange.status)
    media = None if answer is None else answer.media.get(essence(call.exchange.response_content_type or ""))
    return {} if media is None else media.root
