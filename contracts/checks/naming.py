"""Is a member called as the document calls it? Judging the spelling of names."""

from collections.abc import Iterator, Mapping
from typing import Any

from offair.contracts.bodies import essence
from offair.contracts.checks.check import check
from offair.contracts.checks.seen import History, Seen
from offair.contracts.pointer import Node, members, unfold
from offair.contracts.violation import Path, Violation


@check("answer/spelling", "the cloud's document", absent="no answer had an object whose members are documented")
def spelling(history: History) -> Iterator[Violation | None]:
    """No member is spelled otherwise than the document spells it: in other case, or with other separators."""
    for call in history.calls:
        answer = call.operation.answer(call.exchange.status)
        media = None if answer is None else answer.media.get(essence(call.exchange.response_content_type or ""))
        if media is not None and isinstance(call.answer, dict | list):
            yield None
            yield from _misspelled(call, media.root, [media.root], call.answer, ())


def _misspelled(call: Seen, root: Node, nodes: list[Any], value: Any, path: Path) -> Iterator[Violation]:
    known = unfold(root, nodes)
    if isinstance(value, list):
        items = [node["items"] for node in known if "items" in node]
        for position, inner in enumerate(value if items else ()):
            yield from _misspelled(call, root, items, inner, (*path, position))
    elif isinstance(value, Mapping):
        named = members(known)
        is_known = all(name in named for name in value)
        meant = {} if is_known else {_plain(name): name for name in named if name not in value}
        for name, inner in value.items():
            if name in named:
                yield from _misspelled(call, root, named[name], inner, (*path, name))
            elif _plain(name) in meant:
                yield _wrong(call, (*path, name), meant[_plain(name)])


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _wrong(call: Seen, path: Path, meant: str) -> Violation:
    message = f"{'.'.join(map(str, path))} is documented as {meant}"
    return call.breach(message, where="response.body", rule="spelling", expected=meant, got=path[-1])
