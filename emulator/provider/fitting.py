"""Does a filled-in form hold together? What it cannot express fails here, when the cloud is imported."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args

from offair.contracts.operation import Operation
from offair.contracts.sockets import SocketTerm
from offair.emulator.core.events import Event
from offair.emulator.core.publication import Policy
from offair.emulator.core.table import Table
from offair.emulator.provider.surface import Surface

SUBJECTS = {"stream", "recording", "viewing"}  # what says whose an event is


class FormError(LookupError):
    """A cloud's form contradicts itself or its contract; the message says where, and what to do."""


def check_form(
    title: str,
    surfaces: Sequence[Surface],
    *,
    switch_type: type,
    policy: Callable[[Any], Policy],
    demonstrated: tuple[str, str],
    renews: bool,
    reactions: Iterable[type],
    tables: Sequence[Table[Any]],
    lasting: Sequence[Table[Any]],
    orders: Mapping[str, str],
    switched: Mapping[str, Sequence[str]],
) -> None:
    """Let a form pass that holds together; FormError names the cloud, and everything that is wrong with it."""
    if not surfaces:
        raise FormError(f"{title}: it has no surfaces; give it one for the contract's main document")
    wrong = [*_services(surfaces), *_switches(switch_type)]
    if not wrong:
        switches = switch_type()
        wrong += [*_operations(surfaces, demonstrated, switches), *_reactions(reactions)]
        wrong += _orders(surfaces[0], orders)
        wrong += _switched(surfaces, {field.name for field in fields(switch_type)}, switched)
        wrong += _tables(surfaces[0].operations.promise.name, tables, lasting)
        if renews and policy(switches).beat is None:
            wrong.append("it has renew and its policy no beat, so that renew is never asked; give it a beat in seconds")
    if wrong:
        raise FormError(f"{title}: {'; '.join(wrong)}")


def _services(surfaces: Sequence[Surface]) -> Iterator[str]:
    promise = surfaces[0].operations.promise
    if promise.service:
        yield f"its first surface is the service {promise.service!r}; put the surface of the main document first"
    names = [surface.service for surface in surfaces]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two surfaces serve {name or 'the main document'!r}; give each document one surface"
    for surface in surfaces:
        if surface.operations.promise.name != promise.name:
            yield f"a surface is of the contract {surface.operations.promise.name!r}; all belong to {promise.name!r}"
        if surface.sockets is None and surface.operations.promise.sockets:
            known = ", ".join(surface.operations.promise.sockets)
            yield f"its contract documents the sockets {known}; give the surface its Sockets, empty ones if need be"
    for name in promise.services.keys() - set(names):
        yield f"its contract documents the service {name!r}; give it a Surface, and what is not built answers 501"


def _switches(switch_type: type) -> Iterator[str]:
    if not is_dataclass(switch_type):
        yield f"its switch_type {switch_type.__name__} is no dataclass; make it a frozen one"
        return
    for field in fields(switch_type):
        if field.default is MISSING and field.default_factory is MISSING:
            yield f"the switch {field.name} has no default; give it the one that the reference recommends"


def _operations(surfaces: Sequence[Surface], demonstrated: tuple[str, str], switches: Any) -> Iterator[str]:
    promise, (key, example) = surfaces[0].operations.promise, demonstrated
    if key not in promise.operations:
        yield f"its demo calls {key!r}, which is not documented; there is {', '.join(promise.operations)}"
    elif not promise.folder.joinpath("examples", f"{example}.json").is_file():
        yield f"its demo sends the example {example!r}, which is not published; put it into examples/{example}.json"
    for surface in surfaces:
        yield from _credentials(surface)
        known = {operation.operation_id for operation, _ in surface.operations}
        for name in surface.limits(switches).keys() - known:
            yield f"a limit is for the operation {name!r}, which is not documented; there is {', '.join(sorted(known))}"


def _orders(surface: Surface, orders: Mapping[str, str]) -> Iterator[str]:
    known = surface.operations.promise.operations
    for word, key in orders.items():
        if key not in known:
            yield f"{word!r} is ordered by {key!r}, which is not documented; there is {', '.join(known)}"
        elif known[key].path.count("{") != 1:
            yield f"{word!r} is ordered by {key!r}, whose path takes more or less than a stream's id; order by another"


def _switched(
    surfaces: Sequence[Surface], switches: Collection[str], switched: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    known = {key for surface in surfaces for key in surface.operations.promise.operations}
    for name, keys in switched.items():
        if name not in switches:
            yield f"what {name!r} changes is told, and there is no such switch; there is {', '.join(sorted(switches))}"
        for key in keys:
            if key not in known:
                yield f"the switch {name!r} changes {key!r}, which is not documented; name an operation by its key"


def _credentials(surface: Surface) -> Iterator[str]:
    promise = surface.operations.promise
    all_guarded: list[Operation | SocketTerm] = [*promise.operations.values(), *promise.sockets.values()]
    for guarded in all_guarded:
        if guarded.security and all(len(needed) > 1 for needed in guarded.security):
            together = " and ".join(guarded.security[0])
            way = "and a caller is known by one; ask for one, and judge the other"
            yield f"{guarded.key} needs {together} at once, {way}"


def _reactions(reactions: Iterable[type]) -> Iterator[str]:
    known = [event for event in get_args(Event) if SUBJECTS & {field.name for field in fields(event)}]
    for kind in reactions:
        if kind not in known:
            names = ", ".join(event.__name__ for event in known)
            yield f"it reacts to {getattr(kind, '__name__', kind)}, which is no event of a cloud's; there is {names}"


def _tables(cloud: str, tables: Sequence[Table[Any]], lasting: Sequence[Table[Any]]) -> Iterator[str]:
    own = [*tables, *lasting]
    names = [table.name for table in own]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the table {name!r} is declared twice; a table is either forgotten by a reset or lasting"
    for table in own:
        if not table.name.startswith(f"{cloud}_"):
            yield f"the table {table.name!r} may be another's too; call it {cloud}_{table.name}"
    for table in lasting:
        if "tenant" not in table.indexed:
            yield f"the lasting table {table.name!r} does not say whose its rows are; index its tenant"
