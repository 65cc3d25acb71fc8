"""A server that is judged, and what it lets its judge do; whoever has one hands it in."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.exchange import Exchange
from offair.contracts.wsgi import Application

Headers = Mapping[str, str]


class Listening(Protocol):
    """Where somebody listens to what a server calls."""

    @property
    def url(self) -> str:
        """Where it is called."""

    def answer(self, status: int) -> None:
        """Answer with this from now on; 200 at first."""

    def take(self, count: int, within: float) -> list[Exchange]:
        """Give what came since the last time, once there is so much of it, or so many real seconds are over."""


class Spoken(Protocol):
    """A connection to a WebSocket: ``refused`` by a status, or open until the server has ``closed`` it with a code."""

    refused: int | None
    closed: int | None

    def say(self, frame: str) -> None:
        """Send a text; nothing where the connection is over."""

    def hear(self) -> str | bytes | None:
        """Give the next frame; None where none comes in time, or the connection is over."""

    def hang_up(self) -> None:
        """Say goodbye, and let go; twice is fine."""


class UnreachableError(Exception):
    """A server cannot be judged at all: nothing listens, or nobody is let in."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server at ``base_url``, called through ``application`` where it is in this process; None means over HTTP.

    ``headers`` are our credentials, ``others`` those of other tenants. Everything else is None where the server cannot
    do it, and then what needs it is not judged: ``now`` and ``advance`` are the cloud's clock, in seconds;
    ``wait`` lets so many real seconds go by, for a server whose clock is not ours, so that its limits are kept;
    ``invite`` makes a fresh tenant and gives its headers; ``simulate`` lets the thing of an id go live, or end, and
    says whether it could; ``snapshot`` and ``restore`` keep its state; ``hooks`` listens to what it calls, and
    ``hook_secret`` tells by what is signed what is about a thing; ``broadcast`` sends real media to the thing of an id
    and says whether it is live, and ``watch`` gives what a player fetches from a URL meanwhile; ``dial`` opens a
    WebSocket, and ``mint`` makes a bearer token for who has these headers, if they are somebody's.
    ``is_read_only`` keeps the judge from changing anything, ``is_spared`` from sending what is malformed.
    """

    base_url: str
    headers: Headers = field(default_factory=dict)
    others: tuple[Headers, ...] = ()
    application: Application | None = None
    now: Callable[[], float] | None = None
    advance: Callable[[float], None] | None = None
    invite: Callable[[], Headers] | None = None
    simulate: Callable[[str, str], bool] | None = None
    snapshot: Callable[[], Any] | None = None
    restore: Callable[[Any], None] | None = None
    wait: Callable[[float], None] | None = None
    hooks: Listening | None = None
    hook_secret: Callable[[str], str] | None = None
    broadcast: Callable[[str], AbstractContextManager[bool]] | None = None
    watch: Callable[[str], Timeline] | None = None
    dial: Callable[[str, Headers], Spoken] | None = None
    mint: Callable[[Headers], str | None] | None = None
    is_read_only: bool = False
    is_spared: bool = False
