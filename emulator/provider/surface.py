"""One documented service of a cloud: its operations and sockets, who calls, and how it says no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from offair.contracts.violation import Violation
from offair.emulator.core.limits import Limit
from offair.emulator.core.problems import Problem
from offair.emulator.core.tenants import Caller
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.provider.operations import Operations, Sockets
from offair.emulator.provider.query import Query
from offair.emulator.provider.reply import Reply

Render = Callable[[Problem, Call | None], Reply]


class Spot(NamedTuple):
    """What a playback path means: a stream, a name below its root, and a query that the links of a playlist carry.

    ``heading`` is a line of the cloud's own that a playlist begins with, below its first.
    """

    stream: str
    name: str
    carried: str = ""
    heading: str = ""


Find = Callable[[str, Query, Rooms], Spot | tuple[str, str] | Reply | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """What browsers are told (Fetch standard, section 3.2). ``headers`` a page may send, ``exposes`` it may read.

    ``origin`` may be several, with spaces between, of which the page's own is named.
    With ``credentials`` and any origin the page's own is named, as ``*`` is refused then. ``max_age`` is for how many
    seconds a browser may remember a preflight, ``status`` what answers it.
    """

    origin: str = "*"
    headers: str = "*, Authorization"
    exposes: str = "*"
    credentials: bool = False
    max_age: int = 86_400
    status: int = 204


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A service. ``identify`` finds who calls: None for nobody, Unauthorized for a credential that proves nothing.

    ``render`` says a Problem in the service's shape; the call is None where no operation was found. ``limits`` are
    rate limits by operation id; ``overlooks`` says which broken rules of a request are let pass. ``locate`` finds what
    else plays below the service's own root: a stream's id, and a name below the stream's playback root. ``rewrites``
    gives a body as the contract spells it, for callers that spell it otherwise, and ``retells`` gives an answer's JSON
    with what such callers read; both are judged afterwards.
    LookupError when limits name an operation that is not documented.
    """

    operations: Operations
    render: Render
    identify: Callable[[Call], Caller | None] = lambda _call: None
    sockets: Sockets | None = None
    cors: Cors | None = None
    limits: Callable[[Any], Mapping[str, Limit]] = lambda _switches: {}
    overlooks: Callable[[Violation, Any], bool] = lambda _violation, _switches: False
    locate: Find | None = None
    rewrites: Callable[[Any, Any], Any] = lambda body, _switches: body
    retells: Callable[[Any, Any], Any] = lambda body, _switches: body

    def __post_init__(self) -> None:
        promise = self.operations.promise
        if self.sockets is not None and self.sockets.promise is not promise:
            raise LookupError(f"{promise.title}: operations and sockets are of two contracts; give both the same one")

    @property
    def service(self) -> str:
        """The service's name within its cloud; empty for the main one."""
        return self.operations.promise.service
