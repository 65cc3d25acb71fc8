"""A cloud's promise: the operations, webhooks and limits that it documents, loaded from a folder of data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import yaml

from offair.contracts.exchange import Published, published
from offair.contracts.openapi import json_schema, operations
from offair.contracts.operation import Operation, Parameter
from offair.contracts.pointer import deref
from offair.contracts.schema import Schema
from offair.contracts.violation import Grade, Violation
from offair.contracts.weave import weave

__all__ = ["Contract", "LimitTerm", "Operation", "Parameter", "SignatureTerm", "Webhook", "promise"]

Folder = Traversable | Path
HOME = "offair.contracts"
# libyaml where the wheel has it (all common platforms), else the same in Python, ten times slower
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureTerm:
    """How a cloud signs what it sends: in which header, and as which text (``"sha256={hex}"``)."""

    header: str
    form: str
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A call that the cloud makes; ``signature`` is None where nothing is signed."""

    event: str
    summary: str
    schema: Schema
    signature: SignatureTerm | None
    grade: Grade
    source: str

    def violations(self, body: Any) -> list[Violation]:
        """Judge a parsed delivery."""
        return self.schema.violations(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTerm:
    """A documented limit. ``subject`` is an operation id, a member, or ``*`` for every operation.

    A quota allows ``allowed`` of ``unit`` at once; a rate allows them per ``seconds``. None is a number that the
    cloud keeps to itself.
    """

    kind: Literal["quota", "rate"]
    subject: str
    allowed: int | None
    unit: str
    seconds: float | None
    grade: Grade
    source: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a cloud documents. ``operations`` are keyed as ``"POST /streams"``, below ``base_path``.

    ``event_member`` is the member of a webhook's body that names the event.
    """

    name: str
    title: str
    version: str
    base_path: str
    operations: Mapping[str, Operation]
    webhooks: Mapping[str, Webhook]
    event_member: str
    limits: tuple[LimitTerm, ...]
    document: Mapping[str, Any]
    folder: Folder

    @classmethod
    def load(cls, folder: Folder) -> "Contract":
        """Load ``openapi.yaml``, and ``webhooks.yaml`` and ``limits.yaml`` where the folder has them."""
        document = _read(folder, "openapi.yaml")
        if document is None:
            raise LookupError(f"{folder} is no contract: put an openapi.yaml (OpenAPI 3.1) there")
        hooks = _read(folder, "webhooks.yaml") or {}
        info = document.get("info", {})
        servers = document.get("servers") or [{"url": ""}]
        return cls(
            name=folder.name,
            title=info.get("title", folder.name),
            version=info.get("version", ""),
            base_path=urlsplit(servers[0]["url"]).path.rstrip("/"),
            operations={operation.key: operation for operation in operations(document)},
            webhooks={event: _webhook(hooks, event) for event in hooks.get("webhooks", {})},
            event_member=hooks.get("x-event-member", "event"),
            limits=tuple(_limit(term) for term in (_read(folder, "limits.yaml") or {}).get("limits", ())),
            document=document,
            folder=folder,
        )

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Find the operation that a request means, with its path parameters; None if none is documented.

        ``path`` begins with the base path; a query is let pass. A literal path goes before a template.
        """
        fitting = (found for found in self._at(path) if found[0].method == method.upper())
        return min(fitting, key=lambda found: len(found[1]), default=None)

    def methods(self, path: str) -> list[str]:
        """Name the methods that are documented at a path; none means that the path is not documented."""
        return sorted({operation.method for operation, _ in self._at(path)})

    def _at(self, path: str) -> Iterator[tuple[Operation, dict[str, str]]]:
        bare = path.partition("?")[0]
        if not bare.startswith(f"{self.base_path}/"):
            return
        for operation in self.operations.values():
            parameters = _parameters(operation.path, bare.removeprefix(self.base_path))
            if parameters is not None:
                yield operation, parameters

    @cached_property
    def examples(self) -> tuple[Published, ...]:
        """The exchanges that the cloud published, read on first use."""
        return published(self.folder)

    def examples_of(self, key: str) -> tuple[Published, ...]:
        """Find the published exchanges of one operation."""
        return tuple(example for example in self.examples if example.operation == key)

    def woven(self) -> dict[str, Any]:
        """Copy the OpenAPI document with the published examples in it, for tools that look for them there."""
        return weave(self.document, self.examples)


def promise(name: str) -> Contract:
    """Load the contract of a cloud of this package; LookupError names those that there are."""
    folder = files(HOME).joinpath(name)
    if not folder.joinpath("openapi.yaml").is_file():
        folders = (found for found in files(HOME).iterdir() if found.is_dir())
        known = sorted(found.name for found in folders if found.joinpath("openapi.yaml").is_file())
        raise LookupError(f"no contract is called {name!r}; there is {', '.join(known) or 'none'}")
    return Contract.load(folder)


def _read(folder: Folder, name: str) -> dict[str, Any] | None:
    file = folder.joinpath(name)
    if not file.is_file():
        return None
    loaded = yaml.load(file.read_bytes(), Loader=LOADER)  # noqa: S506 - both loaders are the safe ones
    if not isinstance(loaded, dict):
        raise TypeError(f"{file} must be a YAML mapping; it is {type(loaded).__name__}")
    return loaded


def _webhook(document: Mapping[str, Any], event: str) -> Webhook:
    node = document["webhooks"][event]["post"]
    body = deref(document, node["requestBody"])
    schema = json_schema(document, body, where="webhook.body")
    if schema is None:
        raise LookupError(f"webhook {event!r} documents no JSON body")
    signed = document.get("x-signature")
    return Webhook(
        event=event,
        summary=node.get("summary", ""),
        schema=schema,
        signature=None if signed is None else _signature(signed),
        grade=node.get("x-grade", "documented"),
        source=node.get("x-source", f"webhooks.yaml, {event}"),
    )


def _signature(term: Mapping[str, Any]) -> SignatureTerm:
    return SignatureTerm(header=term["header"], form=term["form"], grade=term["x-grade"], source=term["x-source"])


def _limit(term: Mapping[str, Any]) -> LimitTerm:
    return LimitTerm(
        kind=term["kind"],
        subject=term["subject"],
        allowed=term["allowed"],
        unit=term["unit"],
        seconds=term.get("seconds"),
        grade=term["grade"],
        source=term["source"],
        note=term.get("note", ""),
    )


def _parameters(template: str, path: str) -> dict[str, str] | None:
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    found: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{") and want.endswith("}") and have:
            found[want[1:-1]] = unquote(have)
        elif want != have:
            return None
    return found
