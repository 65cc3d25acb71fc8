"""Is what one tenant made its own? Nobody else reads, lists or changes it."""

from collections.abc import Callable, Iterator
from typing import Any

from offair.contracts.checks.check import check
from offair.contracts.checks.lifecycle import is_secret
from offair.contracts.checks.resources import Thing, id_of, listed, lives, thing_at, things
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
    made = {id(thing.made): thing for thing in things(history) if _is_known(thing)}
    makers: dict[str, dict[str, str | None]] = {}
    for call in history.calls:
        who, path = call.exchange.who, call.path.rstrip("/")
        of_whom = makers.get(path, {})
        rows = listed(call.answer) if of_whom and who and call.is_read and call.is_success else None
        if rows is not None and {*of_whom.values()} - {who} and not _is_for_all(call):
            shown = [name for name in map(id_of, rows) if name in of_whom and of_whom[name] != who]
            message = "lists what another tenant made"
            yield call.breach(message, where="response.body", rule="tenant", got=min(shown)) if shown else None
        if id(call) in made:
            makers.setdefault(path, {})[made[id(call)].id] = who


@check("tenants/secrets", SOURCE, absent="nobody looked at what another had made with a secret in it")
def secrets(history: History) -> Iterator[Violation | None]:
    """Nobody is shown a key, a token or a password that another tenant was given for what it made."""
    for thing, calls in lives(history):
        own = {value: name for name, value in _secrets_of(thing.made.answer)}
        for call in calls if own else ():
            is_theirs = call.exchange.who != thing.made.exchange.who
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
    for thing, calls in lives(history):
        for call in calls if _is_known(thing) else ():
            who = call.exchange.who
            if thing_at(history, call.path) is not thing:
                continue  # what is kept within it may be another's
            if who and who != thing.made.exchange.who and is_meant(call) and not _is_for_all(call):
                found = call.breach(message, where="response.status", rule="tenant", got=call.exchange.status)
                yield found if call.is_success else None


def _is_for_all(call: Seen) -> bool:
    """Anybody may, or whoever was told the id: then nobody's secret is told."""
    return call.operation.is_open or call.operation.is_shared


def _is_known(thing: Thing) -> bool:
    """Its maker is known, and its id is none that two tenants have by chance."""
    return bool(thing.made.exchange.who) and len(thing.id) >= SHORTEST and not thing.is_named
