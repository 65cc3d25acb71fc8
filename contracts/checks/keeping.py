"""Is what was written somewhere read there again? Judging what stands below things, and beside them."""

from collections.abc import Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import is_secret
from offair.contracts.checks.pages import paging_of
from offair.contracts.checks.resources import lives
from offair.contracts.checks.seen import History, Seen
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

WRITES = frozenset({"POST", "PUT", "PATCH"})
SHORTEST = 3  # letters of a text that does not stand in an answer by chance


@check(
    "lifecycle/kept",
    "RFC 9110 sections 9.3.1, 9.3.3 and 9.3.4",
    absent="nothing was written that a read of the same place, or the one above, has a member for",
)
def kept(history: History) -> Iterator[Violation | None]:
    """A text that was written to a place stands there, or right above, when that is read next."""
    latest: dict[tuple[str | None, str], Seen] = {}
    homes = {home for thing, _ in lives(history) for home in thing.homes}  # how those look is judged else
    made = {id(thing.made) for thing, _ in lives(history)}
    for call in history.calls:
        if not call.is_read:
            latest.clear()
        if call.exchange.method in WRITES and call.is_success and id(call) not in made:
            latest[call.exchange.who, call.path] = call
            latest[call.exchange.who, call.path.rpartition("/")[0]] = call
        is_meant = call.is_read and call.is_success and call.path not in homes and paging_of(call.operation) is None
        wrote = latest.get((call.exchange.who, call.path)) if is_meant else None
        if wrote is not None and wrote.path == call.path and call.answer == [] and wrote.exchange.method == "POST":
            message = f"has nothing, and {wrote.key} has put something there a moment before"
            yield call.breach(message, where="response.body", rule="kept")
        for name, value in _texts(wrote.asked) if wrote is not None and not call.query else ():
            shown = [node[name] for node in objects_in(call.answer) if isinstance(node.get(name), str)]
            if shown:
                message = f"shows no {name} as it was written a moment before by {wrote.key if wrote else 'us'}"
                is_wrong = value not in shown
                yield (
                    call.breach(message, where="response.body", rule="kept", expected=value, got=shown[0])
                    if is_wrong
                    else None
                )


def _texts(asked: Any) -> Iterator[tuple[str, str]]:
    for node in objects_in(asked):
        for name, value in node.items():
            if isinstance(value, str) and len(value) >= SHORTEST and not is_secret(name):
                yield name, value
