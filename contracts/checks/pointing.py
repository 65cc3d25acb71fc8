"""Does who refuses a request say where it is wrong, and is it wrong there? Judging what errors point at."""

from collections.abc import Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.requests import MALFORMED
from offair.contracts.checks.seen import History
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation, dotted

Place = tuple[str, ...]
PLACES = frozenset({"body", "query", "path", "header", "headers", "cookie"})  # what stands before a place, or does not
FIELDS = ("field", "param", "parameter", "pointer")  # RFC 9457 section 3.2 has the last


@check("requests/points-at", "the document's errors", absent="no refusal said where the request is wrong")
def points_at(history: History) -> Iterator[Violation | None]:
    """Who refuses a request and names a place in it names one that breaks what is documented."""
    for call in history.calls:
        named = [*_named(call.answer)] if call.exchange.status in MALFORMED else []
        if named and call.faults:
            wrong = [_plain(fault.path) for fault in call.faults]
            wrong += [_plain(fault.field.split(".")) for fault in call.faults if fault.field is not None]
            said, meant = dotted(named[0]), dotted(wrong[0]) or "the body"
            message = f"says that {said} is wrong, and what is wrong is {meant}: it {call.faults[0].message}"
            is_right = any(_meet(one, other) for one in named for other in wrong)
            yield (
                None
                if is_right
                else call.breach(message, where="response.body", rule="points-at", expected=meant, got=said)
            )


def _named(answer: Any) -> Iterator[Place]:
    """The places that an error names: as a list of steps, with dots, or as a JSON Pointer (RFC 6901)."""
    for node in objects_in(answer):
        steps = node.get("loc")
        if isinstance(steps, list) and steps:
            yield _plain(steps)
        for text in (node[name] for name in FIELDS if isinstance(node.get(name), str) and node[name]):
            yield _plain(text.lstrip("#/").split("/" if "/" in text else "."))


def _plain(steps: Any) -> Place:
    texts = tuple(map(str, steps))
    return texts[1:] if texts[:1] and texts[0] in PLACES else texts


def _meet(one: Place, other: Place) -> bool:
    """One place is the other, or within it; a name alone may stand for any place of that name."""
    return one[: len(other)] == other[: len(one)] or (len(one) == 1 and one[0] in other)
