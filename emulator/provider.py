"""The form that a cloud fills in: what it documents, which code answers, and how it says no.

A cloud is a folder with a ``PROVIDER``; nothing outside that folder names it. Clouds of this repository are
found by looking, clouds from elsewhere by the entry-point group ``offair.providers``.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from offair.contracts.contract import Contract, Operation
from offair.contracts.violation import Violation
from offair.emulator.core.events import StreamMoved
from offair.emulator.core.limits import Limit
from offair.emulator.core.ports import Monitor
from offair.emulator.core.problems import Problem
from offair.emulator.core.publication import Policy
from offair.emulator.core.publications import Publications
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World

GROUP = "offair.providers"
FOLDER = "offair.emulator.providers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the stand-in listens, as the URLs that clients use: ``api`` and ``cdn`` are this cloud's own roots."""

    api: str
    cdn: str
    rtmp: str
    rtmps: str
    srt: str


@dataclass(frozen=True)
class Reply:
    """An answer: ``body`` is JSON, None for no body at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def content(self) -> bytes:
        """The body as it travels, written once for all who look at it."""
        return b"" if self.body is None else msgspec.json.encode(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a documented operation, and the rooms that its code may use.

    ``switches`` is the cloud's own record of choices. ``body`` is parsed JSON, None when there was none.
    """

    operation: Operation
    world: World
    publications: Publications
    monitor: Monitor
    addresses: Addresses
    switches: Any
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    tenant: Tenant | None = None

    @property
    def caller(self) -> Tenant:
        """Who calls, where the operation needs somebody."""
        if self.tenant is None:
            raise LookupError(f"{self.operation.key} is open to everybody and must not ask who calls")
        return self.tenant


Answer = Callable[[Call], Reply]


class Operations:
    """Which function answers which documented operation; registering an undocumented one fails at import."""

    def __init__(self, promise: Contract) -> None:
        self.promise = promise
        self._answers: dict[str, Answer] = {}

    def __call__(self, key: str) -> Callable[[Answer], Answer]:
        """Register the decorated function for ``"POST /streams"``; LookupError unless the contract has it."""
        if key not in self.promise.operations:
            raise LookupError(
                f"{self.promise.name} documents no operation {key!r}; it documents {', '.join(self.promise.operations)}"
            )

        def register(answer: Answer) -> Answer:
            self._answers[key] = answer
            return answer

        return register

    def answer(self, key: str) -> Answer | None:
        """The function that answers, None for a gap."""
        return self._answers.get(key)

    def __iter__(self) -> Iterator[tuple[Operation, Answer | None]]:
        for key, operation in self.promise.operations.items():
            yield operation, self._answers.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How a hook is signed: HMAC-SHA256 of the raw body under ``secret``, in ``header``, as ``form`` with ``{hex}``."""

    header: str
    secret: str
    form: str = "sha256={hex}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A hook on its way out: what to send where. ``event`` is the cloud's own name for it."""

    event: str
    url: str
    body: Any
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A documented call that makes a stream to show: which published example to send, and how to read its answer."""

    operation: str
    example: str
    stream_id: Callable[[Any], str]
    playback: Callable[[Any], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A cloud: what it documents, and the functions that speak for it.

    ``identify`` finds who calls, or raises Unauthorized; ``render`` says a Problem in the cloud's shape; ``invite``
    makes a tenant with fresh credentials; ``deliveries`` renders the hooks of a moved stream (pure), and ``retries``
    are the cloud seconds between attempts. ``switch_type`` is the record of the cloud's own choices; under them,
    ``policy`` is its patience, ``limits`` its rate limits by operation id, and ``overlooks`` says which broken rules
    of a request are let pass. ``mint`` makes a bearer token that
    lasts so many cloud seconds.
    """

    title: str
    operations: Operations
    identify: Callable[[Call], Tenant | None]
    render: Callable[[Problem], Reply]
    invite: Callable[[World, str], Tenant]
    deliveries: Callable[[StreamMoved, Any], Iterable[Delivery]]
    retries: tuple[float, ...]
    policy: Callable[[Any], Policy]
    switch_type: type
    sample: Sample
    limits: Callable[[Any], Mapping[str, Limit]] = lambda _switches: {}
    overlooks: Callable[[Violation, Any], bool] = lambda _violation, _switches: False
    mint: Callable[[World, Tenant, float, Any], str] | None = None

    @cached_property
    def promise(self) -> Contract:
        """What the cloud documents."""
        return self.operations.promise

    @property
    def name(self) -> str:
        """The cloud's name, in URLs and on the command line."""
        return self.promise.name


def discover(extra: Iterable[EntryPoint] = ()) -> list[Provider]:
    """Find every cloud: those of this repository, and those that other distributions register."""
    folder = importlib.import_module(FOLDER)
    ours = [f"{FOLDER}.{found.name}" for found in pkgutil.iter_modules(folder.__path__) if found.ispkg]
    providers = [importlib.import_module(name).PROVIDER for name in sorted(ours)]
    providers += [point.load() for point in (*entry_points(group=GROUP), *extra)]
    return providers
