"""A cloud's promise: the operations, webhooks, sockets and limits that it documents, loaded from a folder of data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

from offair.contracts.document import Folder, check_effects, check_security, check_version, read_document
from offair.contracts.limit import LimitTerm, read_limit
from offair.contracts.openapi import operations, servers
from offair.contracts.operation import Operation
from offair.contracts.published import Published, published
from offair.contracts.registration import Registration, Repetition, read_registrations, read_repetition
from offair.contracts.sockets import SocketTerm, read_sockets
from offair.contracts.weave import weave
from offair.contracts.webhook import Webhook, read_webhook

__all__ = ["Contract", "LimitTerm", "Operation", "SocketTerm", "Webhook", "promise"]

HOME = "offair.contracts"
OPENAPI, WEBHOOKS, LIMITS, SOCKETS = "openapi.yaml", "webhooks.yaml", "limits.yaml", "sockets.yaml"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a cloud documents of one of its APIs. ``operations`` are keyed as ``"POST /streams"``, below a base path.

    ``name`` is the cloud's; ``service`` is empty for its main API. ``servers`` are the URLs where the API is,
    ``base_paths`` their different paths, in the document's order. A webhook's event is named by ``event_header``, or
    where that is None by ``event_member`` of its body. ``registrations`` say how a customer names who is called,
    and ``repetition`` whether they are called again.
    """

    name: str
    service: str
    title: str
    version: str
    servers: tuple[str, ...]
    base_paths: tuple[str, ...]
    operations: Mapping[str, Operation]
    webhooks: Mapping[str, Webhook]
    event_member: str
    event_header: str | None
    registrations: tuple[Registration, ...]
    repetition: Repetition | None
    sockets: Mapping[str, SocketTerm]
    limits: tuple[LimitTerm, ...]
    document: Mapping[str, Any]
    folder: Folder

    @classmethod
    def load(cls, folder: Folder, *, cloud: str | None = None, service: str = "") -> "Contract":
        """Load ``openapi.yaml``, and beside it ``webhooks.yaml``, ``sockets.yaml``, ``limits.yaml`` and ``examples/``.

        Sockets name the security schemes of ``openapi.yaml``. The cloud is called as its folder is, unless it is told.
        LookupError names the file, and the place in it, that is wrong.
        """
        document = read_document(folder, OPENAPI)
        if document is None:
            raise LookupError(f"{folder} is no contract: put an {OPENAPI} (OpenAPI 3.1) there")
        check_version(folder, OPENAPI, document)
        check_effects(folder, OPENAPI, document)
        hooks = read_document(folder, WEBHOOKS) or {}
        talk = read_document(folder, SOCKETS) or {}
        for name, secured in ((OPENAPI, document), (SOCKETS, talk)):
            check_security(folder, name, secured, document.get("components", {}).get("securitySchemes", ()))
        info = document.get("info", {})
        urls = servers(document)
        return cls(
            name=folder.name if cloud is None else cloud,
            service=service,
            title=info.get("title", folder.name),
            version=info.get("version", ""),
            servers=urls,
            base_paths=tuple(dict.fromkeys(urlsplit(url).path.rstrip("/") for url in urls)) or ("",),
            operations={operation.key: operation for operation in operations(document)},
            webhooks={event: read_webhook(hooks, event) for event in hooks.get("webhooks", {})},
            event_member=hooks.get("x-event-member", "event"),
            event_header=hooks.get("x-event-header"),
            registrations=read_registrations(hooks),
            repetition=read_repetition(hooks),
            sockets={socket.key: socket for socket in read_sockets(talk)},
            limits=tuple(read_limit(term) for term in (read_document(folder, LIMITS) or {}).get("limits", ())),
            document=document,
            folder=folder,
        )

    def __repr__(self) -> str:
        return f"<Contract {self.name}{self.service and '/'}{self.service}>"

    @property
    def base_path(self) -> str:
        """The first of the base paths."""
        return self.base_paths[0]

    @cached_property
    def by_id(self) -> Mapping[str, Operation]:
        """The operations by their operationIds, which links and effects name."""
        return {operation.operation_id: operation for operation in self.operations.values()}

    @cached_property
    def services(self) -> Mapping[str, "Contract"]:
        """The cloud's other APIs: every folder in this one that has a document of its own, loaded on first use."""
        if self.service:
            return {}
        names = _documented(self.folder)
        return {name: Contract.load(self.folder.joinpath(name), cloud=self.name, service=name) for name in names}

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Find the operation that a request means, with its path parameters; None if none is documented.

        ``path`` begins with a base path; a query is let pass. A longer base path goes before a shorter one, and a
        literal part of a path before a parameter.
        """
        fitting = (found for found in self._at(path) if found[0].method == method.upper())
        return next(fitting, None)

    def socket_at(self, path: str) -> tuple[SocketTerm, dict[str, str]] | None:
        """Find the socket that is documented at a path, with its path parameters; None where none is."""
        for below in self._below(path) if self.sockets else ():
            for socket in self.sockets.values():
                parameters = _parameters(socket.path, below)
                if parameters is not None:
                    return socket, parameters
        return None

    def methods(self, path: str) -> list[str]:
        """Name the methods that are documented at a path; none means that the path is not documented."""
        return sorted({operation.method for operation, _ in self._at(path)})

    def _at(self, path: str) -> Iterator[tuple[Operation, dict[str, str]]]:
        """Find the operations at a path, the most literal first."""
        for below in self._below(path):
            found = ((operation, _parameters(operation.path, below)) for operation in self._most_literal_first)
            yield from ((operation, parameters) for operation, parameters in found if parameters is not None)

    def _below(self, path: str) -> Iterator[str]:
        """What follows a base path, the longest first."""
        bare = path.partition("?")[0]
        for base in sorted(self.base_paths, key=len, reverse=True):
            if bare.startswith(f"{base}/"):
                yield bare.removeprefix(base)

    @cached_property
    def _most_literal_first(self) -> list[Operation]:
        return sorted(
            self.operations.values(), key=lambda found: [_is_template(part) for part in found.path.split("/")]
        )

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


@cache  # to read the clouds' documents is a third of a start, and nobody changes them
def promise(name: str) -> Contract:
    """Give the contract of a cloud of this package, or of one of its services (``"cloud/service"``).

    It is loaded once. LookupError names those that there are.
    """
    cloud, _, service = name.partition("/")
    home = files(HOME)
    if cloud not in (known := _documented(home)):
        raise LookupError(f"no contract is called {cloud!r}; there is {', '.join(known) or 'none'}")
    if not service:
        return Contract.load(home.joinpath(cloud))
    if service not in (services := promise(cloud).services):
        raise LookupError(f"{cloud} documents no service {service!r}; it documents {', '.join(services) or 'none'}")
    return services[service]


def _documented(folder: Folder) -> list[str]:
    """Name the folders in a folder that have an API's document."""
    return sorted(found.name for found in folder.iterdir() if found.joinpath(OPENAPI).is_file())


def _is_template(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _parameters(template: str, path: str) -> dict[str, str] | None:
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    found: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if _is_template(want) and have:
            found[want[1:-1]] = unquote(have)
        elif want != have:
            return None
    return found
