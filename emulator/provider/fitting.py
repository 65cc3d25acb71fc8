"""Does a filled-in form hold together? What it cannot express fails here, when the cloud is imported."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, get_args

from offair.emulator.core.events import Event

if TYPE_CHECKING:
    from offair.emulator.provider.provider import Provider


class FormError(LookupError):
    """A cloud's form contradicts itself or its contract; the message says where, and what to do."""


def check_form(provider: "Provider") -> None:
    """Let a form pass that holds together; FormError names the cloud, and everything that is wrong with it."""
    if not provider.surfaces:
        raise FormError(f"{provider.title}: it has no surfaces; give it one for the contract's main document")
    wrong = [*_services(provider), *_switches(provider)]
    wrong += [] if wrong else [*_operations(provider), *_reactions(provider), *_tables(provider)]
    if wrong:
        raise FormError(f"{provider.title}: {'; '.join(wrong)}")


def _services(provider: "Provider") -> Iterator[str]:
    promise = provider.promise
    if promise.service:
        yield f"its first surface is the service {promise.service!r}; put the surface of the main document first"
    names = [surface.service for surface in provider.surfaces]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two surfaces serve {name or 'the main document'!r}; give each document one surface"
    for surface in provider.surfaces:
        if surface.operations.promise.name != promise.name:
            yield f"a surface is of the contract {surface.operations.promise.name!r}; all belong to {promise.name!r}"
        if surface.sockets is None and surface.operations.promise.sockets:
            known = ", ".join(surface.operations.promise.sockets)
            yield f"its contract documents the sockets {known}; give the surface its Sockets, empty ones if need be"
    for name in promise.services.keys() - set(names):
        yield f"its contract documents the service {name!r}; give it a Surface, and what is not built answers 501"


def _switches(provider: "Provider") -> Iterator[str]:
    if not is_dataclass(provider.switch_type):
        yield f"its switch_type {provider.switch_type.__name__} is no dataclass; make it a frozen one"
        return
    for field in fields(provider.switch_type):
        if field.default is MISSING and field.default_factory is MISSING:
            yield f"the switch {field.name} has no default; give it the one that the reference recommends"


def _operations(provider: "Provider") -> Iterator[str]:
    operations = provider.promise.operations
    if provider.demo.operation not in operations:
        yield f"its demo calls {provider.demo.operation!r}, which is not documented; there is {', '.join(operations)}"
    switches = provider.switch_type()
    for surface in provider.surfaces:
        known = {operation.operation_id for operation, _ in surface.operations}
        for name in surface.limits(switches).keys() - known:
            yield f"a limit is for the operation {name!r}, which is not documented; there is {', '.join(sorted(known))}"
    if provider.renew is not None and provider.policy(switches).beat is None:
        yield "it has renew and its policy no beat, so that renew is never asked; give the policy a beat in seconds"


def _reactions(provider: "Provider") -> Iterator[str]:
    known = get_args(Event)
    for kind in provider.reactions:
        if kind not in known:
            names = ", ".join(event.__name__ for event in known)
            yield f"it reacts to {getattr(kind, '__name__', kind)}, which is no event; there is {names}"


def _tables(provider: "Provider") -> Iterator[str]:
    own = [*provider.tables, *provider.lasting]
    names = [table.name for table in own]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the table {name!r} is declared twice; a table is either forgotten by a reset or lasting"
    for table in own:
        if not table.name.startswith(f"{provider.name}_"):
            yield f"the table {table.name!r} may be another's too; call it {provider.name}_{table.name}"
    for table in provider.lasting:
        if "tenant" not in table.indexed:
            yield f"the lasting table {table.name!r} does not say whose its rows are; index its tenant"
