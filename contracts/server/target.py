"""A server that is judged, and what it lets its judge do; whoever has one hands it in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from offair.contracts.exchange import Exchange
from offair.contracts.wsgi import Application

Headers = Mapping[str, str]


class UnreachableError(Exception):
    """A server cannot be judged at all: nothing listens, or nobody is let in."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server at ``base_url``, called through ``application`` where it is in this process; None means over HTTP.

    ``headers`` are our credentials, ``others`` those of other tenants. Everything else is None where the server cannot
    do it, and then what needs it is not judged: ``now`` and ``advance`` are the cloud's clock, in seconds;
    ``invite`` makes a fresh tenant and gives its headers; ``simulate`` lets the thing of an id go live, or end;
    ``snapshot`` and ``restore`` keep its state; ``hooks`` tells what it has called so far. ``is_read_only`` keeps the
    judge from changing anything, ``is_spared`` from sending what is malformed.
    """

    base_url: str
    headers: Headers = field(default_factory=dict)
    others: tuple[Headers, ...] = ()
    application: Application | None = None
    now: Callable[[], float] | None = None
    advance: Callable[[float], None] | None = None
    invite: Callable[[], Headers] | None = None
    simulate: Callable[[str, str], None] | None = None
    snapshot: Callable[[], Any] | None = None
    restore: Callable[[Any], None] | None = None
    hooks: Callable[[], Iterable[Exchange]] | None = None
    is_read_only: bool = False
    is_spared: bool = False
