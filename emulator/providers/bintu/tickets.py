"""Playback tokens: signed papers that say what their bearer may watch, from when until when, and whence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from offair.emulator.core.events import ViewingsDoubted
from offair.emulator.core.table import Table
from offair.emulator.core.tokens import KeyPair, key_pair
from offair.emulator.core.world import World
from offair.emulator.providers.bintu.nouns import CLOUD

Signing = Literal["EdDSA", "RS256"]
KEY_IDS: Mapping[Signing, str] = {"EdDSA": "nano_x25519", "RS256": "nanocosmos"}
DAY = 24 * 3600
FORTNIGHT, YEAR = 14 * DAY, 365 * DAY
LATEST = 253_402_300_799  # the last second that can be written


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a playback token says. Exactly one of ``names``, ``group`` and ``is_orgawide`` says what of a tenant's.

    Times are epoch seconds. One that ``disconnects`` ends what plays when it ends; ``remarks`` mean nothing here.
    """

    id: str
    tenant: str
    names: tuple[str, ...] = ()
    group: str | None = None
    is_orgawide: bool = False
    issued_at: int = 0
    begins_at: int
    ends_at: int
    ip: str | None = None
    domain: str | None = None
    is_revocable: bool = False
    disconnects: bool = False
    remarks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A playback token that was taken back; ``id`` is the token's own."""

    id: str
    tenant: str
    at: float


WITHDRAWN = Table(f"{CLOUD}_withdrawn", Withdrawn)


def span(now: float, *, begins_at: int | None, ends_at: int | None, is_revocable: bool) -> tuple[int, int]:
    """Say from when until when a token is good: at most a day if it can be taken back, else a year."""
    begins = int(now) if begins_at is None else min(max(0, begins_at), LATEST - YEAR)
    longest, usual = (DAY, DAY) if is_revocable else (YEAR, FORTNIGHT)
    latest = max(int(now), begins) + longest
    return begins, min(begins + usual if ends_at is None else max(0, ends_at), latest)


def pair_for(world: World, algorithm: Signing, use: str = "splay") -> KeyPair:
    """Give what signs tokens for a use; a token for one is none for another."""
    return key_pair(world, CLOUD, f"{use}-{algorithm}", algorithm=algorithm)


def withdraw(world: World, ticket: Ticket) -> None:
    """Take a token back for good, and have whoever watches judged anew."""
    world.put(WITHDRAWN, Withdrawn(id=ticket.id, tenant=ticket.tenant, at=world.clock.now()))
    world.events.publish(ViewingsDoubted(cloud=CLOUD))


def is_withdrawn(world: World, ticket: Ticket) -> bool:
    """Say whether a token was taken back."""
    return world.get(WITHDRAWN, ticket.id) is not None


def opens(ticket: Ticket, *, tenant: str, group: str, names: frozenset[str]) -> bool:
    """Say whether a ticket is for one of these names of a stream."""
    if ticket.tenant != tenant:
        return False
    return ticket.is_orgawide or ticket.group == group or bool(names & set(ticket.names))
