"""Is what one tenant made its own? Nobody else reads, lists or changes it."""

from collections.abc import Callable, Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import is_secret
from offair.contracts.checks.resources import Thing, id_of, listed, things
from offair.contracts.checks.seen import History, Seen
from offair.contracts.jsontext import objects_in
from offair.contracts.violation import Violation

SOURCE = "OWASP API Security Top 10 2023, API1: object level authorization"
ABSENT = "no tenant asked for what another had made"
SECRET = 8  # characters of a secret
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


@check("tenants/secrets", SOURCE, absent="nobody looked at what another had made with a secret in it")
def secrets(history: History) -> Iterator[Violation | None]:
    """Nobody is shown a key, a token or a password that another tenant was given for what it made."""
    for thing in things(history):
        own = {value: name for name, value in _secrets_of(thing.made.answer)}
        for call in history.calls if own else ():
            is_theirs = call.exchange.who != thing.made.exchange.who and thing.is_at(call.path)
            if is_theirs and _is_for_all(call) and call.is_success:  # elsewhere nothing is shown at all
                shown = next(((name, value) for name, value in _secrets_of(call.answer) if value in own), None)
                message = "" if shown is None else f"shows {shown[0]}, which its maker was given"
                yield call.breach(message, where="response.body", rule="secret") if shown else None


def _secrets_of(answer: Any) -> Iterator[tuple[str, str]]:
    """The texts of an answer whose names say that they are secret, and that are too long to be anything else."""
    for node in objects_in(answer):
        for name, value in node.items():
            if is_secret(name) and isinstance(value, str) and len(value) >= SECRET:
                yield name, value


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
