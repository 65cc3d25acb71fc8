"""Does a filled-in form hold together? What it cannot express fails here, when the cloud is imported."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Protocol, get_args

from offair.contracts.contract import Contract
from offair.emulator.core.events import Event
from offair.emulator.core.table import Table
from offair.emulator.provider.surface import Surface


class Form(Protocol):
    """What is looked at of a filled-in form; each member is explained at the Provider."""

    title: str
    surfaces: tuple[Surface, ...]
    switch_type: type
    policy: Any
    demo: Any
    renew: Any
    reactions: Any
    tables: tuple[Table[Any], ...]
    lasting: tuple[Table[Any], ...]

    @property
    def promise(self) -> Contract:
        """What the cloud documents of its main service."""
        ...

    @property
    def name(self) -> str:
        """The cloud's name."""
        ...


class FormError(LookupError):
    """A cloud's form contradicts itself or its contract; the message says where, and what to do."""


def check_form(form: Form) -> None:
    """Let a form pass that holds together; FormError names the cloud, and everything that is wrong with it."""
    if not form.surfaces:
        raise FormError(f"{form.title}: it has no surfaces; give it one for the contract's main document")
    wrong = [*_services(form), *_switches(form)]
    wrong += [] if wrong else [*_operations(form), *_reactions(form), *_tables(form)]
    if wrong:
        raise FormError(f"{form.title}: {'; '.join(wrong)}")


def _services(form: Form) -> Iterator[str]:
    promise = form.promise
    if promise.service:
        yield f"its first surface is the service {promise.service!r}; put the surface of the main document first"
    names = [surface.service for surface in form.surfaces]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two surfaces serve {name or 'the main document'!r}; give each document one surface"
    for surface in form.surfaces:
        if surface.operations.promise.name != promise.name:
            yield f"a surface is of the contract {surface.operations.promise.name!r}; all belong to {promise.name!r}"
        if surface.sockets is None and surface.operations.promise.sockets:
            known = ", ".join(surface.operations.promise.sockets)
            yield f"its contract documents the sockets {known}; give the surface its Sockets, empty ones if need be"
    for name in promise.services.keys() - set(names):
        yield f"its contract documents the service {name!r}; give it a Surface, and what is not built answers 501"


def _switches(form: Form) -> Iterator[str]:
    if not is_dataclass(form.switch_type):
        yield f"its switch_type {form.switch_type.__name__} is no dataclass; make it a frozen one"
        return
    for field in fields(form.switch_type):
        if field.default is MISSING and field.default_factory is MISSING:
            yield f"the switch {field.name} has no default; give it the one that the reference recommends"


def _operations(form: Form) -> Iterator[str]:
    operations = form.promise.operations
    if form.demo.operation not in operations:
        yield f"its demo calls {form.demo.operation!r}, which is not documented; there is {', '.join(operations)}"
    switches = form.switch_type()
    for surface in form.surfaces:
        known = {operation.operation_id for operation, _ in surface.operations}
        for name in surface.limits(switches).keys() - known:
            yield f"a limit is for the operation {name!r}, which is not documented; there is {', '.join(sorted(known))}"
    if form.renew is not None and form.policy(switches).beat is None:
        yield "it has renew and its policy no beat, so that renew is never asked; give the policy a beat in seconds"


def _reactions(form: Form) -> Iterator[str]:
    known = get_args(Event)
    for kind in form.reactions:
        if kind not in known:
            names = ", ".join(event.__name__ for event in known)
            yield f"it reacts to {getattr(kind, '__name__', kind)}, which is no event; there is {names}"


def _tables(form: Form) -> Iterator[str]:
    own = [*form.tables, *form.lasting]
    names = [table.name for table in own]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the table {name!r} is declared twice; a table is either forgotten by a reset or lasting"
    for table in own:
        if not table.name.startswith(f"{form.name}_"):
            yield f"the table {table.name!r} may be another's too; call it {form.name}_{table.name}"
    for table in form.lasting:
        if "tenant" not in table.indexed:
            yield f"the lasting table {table.name!r} does not say whose its rows are; index its tenant"
