"""Which words a document lists for a member of an answer."""

from collections.abc import Collection
from typing import Any

from offair.contracts.bodies import essence
from offair.contracts.checks.seen import Seen
from offair.contracts.pointer import members, unfold

DEEPEST = 6  # objects and lists within each other: what is deeper is no member of the thing itself


def words_of(call: Seen, names: Collection[str]) -> frozenset[str]:
    """List the documented values of the shallowest member of these names in an answer; none where none are listed."""
    answer = call.operation.answer(call.exchange.status)
    media = None if answer is None else answer.media.get(essence(call.exchange.response_content_type or ""))
    if media is None:
        return frozenset()
    level: list[list[Any]] = [[media.root]]
    for _ in range(DEEPEST):
        below: list[list[Any]] = []
        for known in (unfold(media.root, nodes) for nodes in level):
            named = members(known)
            for nodes in (named[name] for name in names if name in named):
                if words := {word for node in unfold(media.root, nodes) for word in node.get("enum", ())}:
                    return frozenset(word for word in words if isinstance(word, str))
            below += [*named.values(), [node["items"] for node in known if "items" in node]]
        level = [nodes for nodes in below if nodes]
    return frozenset()
