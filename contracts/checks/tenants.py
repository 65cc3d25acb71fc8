"""Is what one tenant made its own? Nobody else reads, lists or changes it."""

from collections.abc import Callable, Iterator

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import Thing, id_of, listed, things
from offair.contracts.checks.seen import History, Seen
from offair.contracts.violation import Violation

SOURCE = "OWASP API Security Top 10 2023, API1: object level authorization"
ABSENT = "no tenant asked for what another had made"
SHORTEST = 6  # characters of an id that two tenants do not have by chance


@check("tenants/read", SOURCE, absent=ABSENT)
def read(history: History) -> Iterator[Violation | None]:
    """Nobody reads what another tenant made."""
    return _reached(history, lambda call: call.is_read, "reads what another tenant made")


@check("tenants/change", SOURCE, absent=ABSENT)
def change(history: History) -> Iterator[Violation | None]:
    """Nobody changes or removes what another tenant made."""
    return _reached(history, lambda call: not call.is_read, "changes what another tenant made")


@check("tenants/list", SOURCE, absent="no tenant listed after another had made something")
def listing(history: History) -> Iterator[Violation | None]:
    """Nobody finds what another tenant made in a list."""
    for call, foreign in _foreign(history):
        rows = listed(call.answer) if call.is_read and call.is_success else None
        theirs = [one for one in foreign if one.is_listed_at(call.path)]
        if rows is not None and theirs and not _is_for_all(call):
            shown = {id_of(row) for row in rows} & {one.id for one in theirs}
            message = "lists what another tenant made"
            yield (
                call.breach(message, where="response.body", rule="tenant", got=min(map(str, shown))) if shown else None
            )


def _reached(history: History, is_meant: Callable[[Seen], bool], message: str) -> Iterator[Violation | None]:
    for call, foreign in _foreign(history):
        theirs = next((one for one in foreign if one.is_at(call.path)), None)
        if theirs is not None and is_meant(call) and not _is_for_all(call):
            found = call.breach(message, where="response.status", rule="tenant", got=call.exchange.status)
            yield found if call.is_success else None


def _is_for_all(call: Seen) -> bool:
    """Anybody may, or whoever was told the id: then nobody's secret is told."""
    return call.operation.is_open or call.operation.is_shared


def _foreign(history: History) -> Iterator[tuple[Seen, list[Thing]]]:
    """Pair each call of a known tenant with what others made before, and nobody else made too."""
    made = {id(thing.made): thing for thing in things(history) if len(thing.id) >= SHORTEST}
    so_far: list[Thing] = []
    for call in history.calls:
        who = call.exchange.who
        if who:
            yield call, [one for one in so_far if one.made.exchange.who != who]
        if id(call) in made and who:
            so_far.append(made[id(call)])
