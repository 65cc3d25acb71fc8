"""A documented service at a path: one of a cloud's, or the control surface, with the chain that its requests pass."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flask import Request

from offair.contracts.operation import Operation
from offair.contracts.sockets import SocketTerm
from offair.contracts.violation import Violation
from offair.emulator.core.journal import Journal
from offair.emulator.core.limits import Limit
from offair.emulator.core.tenants import Caller
from offair.emulator.core.timers import Timers
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.provider.query import Query
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Surface
from offair.emulator.web.body import UNREAD, Received

Proceed = Callable[["Passage"], Reply]


class Step(Protocol):
    """One of the steps of a chain: it may answer itself, or let what is below it proceed."""

    def __call__(self, passage: "Passage", proceed: Proceed) -> Reply:
        """Take a passage."""
        ...


@dataclass(frozen=True, kw_only=True)
class Mount:
    """Where a service stands: its operations below each of its ``roots``, its refusals below its ``scope``.

    ``chain`` is the list of steps that a request passes, from top to bottom.
    """

    scope: str
    roots: tuple[str, ...]
    surface: Surface
    rooms: Rooms
    journal: Journal
    timers: Timers
    chain: Sequence[Step]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    body_limit: int = 1_048_576

    @property
    def cloud(self) -> str:
        """The cloud's name in the journal."""
        return self.surface.operations.promise.name


@dataclass(kw_only=True)
class Passage:
    """One request on its way through the chain, and what the steps have found out about it."""

    mount: Mount
    operation: Operation | SocketTerm
    request: Request
    path: Mapping[str, str]
    caller: Caller | None = None
    received: Received = UNREAD
    mishap: str | None = None
    is_wished: bool = False  # a test asked for this refusal, documented or not
    refused: str | None = None  # why, in our words; the surface has its own
    violations: Sequence[Violation] = ()  # which rules of the contract it breaks, where that is why

    @property
    def name(self) -> str:
        """What faults, limits and the journal call it: an operation's id, or a socket's key."""
        return self.operation.operation_id if isinstance(self.operation, Operation) else self.operation.key

    @property
    def query(self) -> Query:
        """What the request asks."""
        return Query.of(self.request.query_string.decode("latin-1"))

    @property
    def call(self) -> Call:
        """The request in a provider's words, as far as it is known."""
        rooms = self.mount.rooms
        return Call(
            world=rooms.world,
            publications=rooms.publications,
            monitor=rooms.monitor,
            whip=rooms.whip,
            tenancy=rooms.tenancy,
            addresses=rooms.addresses,
            switches=rooms.switches,
            journal=rooms.journal,
            timers=rooms.timers,
            chat=rooms.chat,
            media_profile=rooms.media_profile,
            gallery=rooms.gallery,
            operation=self.operation,
            path=self.path,
            query=self.query,
            headers=self.request.headers,  # type: ignore[arg-type] # a multi-dict that reads like a Mapping, in any case
            body=self.received.body,
            content=self.received.content,
            files=self.received.files,
            caller=self.caller,
            peer=self.request.remote_addr,
        )
