"""People, what proves that they are who they say, whom they follow, what they plan, and what they are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from offair.emulator.core.table import TEXT, Table

CLOUD = "ainative"
Errand = Literal["refresh", "magic", "reset", "confirm", "over", "spare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. ``digest`` is of the password; times are seconds since the epoch on the cloud's clock.

    ``factor`` is the secret of a second factor, which is asked for once it ``has_factor``.
    """

    id: str
    tenant: str
    username: str
    email: str
    digest: str
    display_name: str
    created_at: float
    full_name: str | None = None
    avatar_url: str | None = None
    banner_url: str | None = None
    bio: str | None = None
    role: str = "USER"
    socials: Mapping[str, str | None] = field(default_factory=dict)
    is_verified: bool = False
    factor: str | None = None
    has_factor: bool = False

    @property
    def is_admin(self) -> bool:
        """May do what only its owner may."""
        return self.role in {"ADMIN", "SUPERUSER"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A secret that is good for one errand until a moment.

    ``over`` marks an access token that was handed back, ``spare`` a code that does once for the second factor.
    """

    id: str
    tenant: str
    person: str
    errand: Errand
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """Somebody follows somebody."""

    id: str
    tenant: str
    follower: str
    followed: str
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A planned stream: ``day`` is 0 for Monday, ``begins`` and ``ends`` are times of day as HH:MM (UTC)."""

    id: str
    tenant: str
    person: str
    day: int
    begins: str
    ends: str
    title: str
    category: str | None
    is_weekly: bool
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What ``person`` is told of somebody else: a follower, or that somebody whom they follow is live."""

    id: str
    tenant: str
    person: str
    about: str
    kind: Literal["new_follower", "stream_live"]
    is_read: bool
    created_at: float


PEOPLE = Table(f"{CLOUD}_people", Person, indexed=("tenant", "username", "email"))
TICKETS = Table(f"{CLOUD}_tickets", Ticket, indexed=("tenant", "person"), ids=TEXT)
BONDS = Table(f"{CLOUD}_bonds", Bond, indexed=("tenant", "follower", "followed"))
SLOTS = Table(f"{CLOUD}_slots", Slot, indexed=("tenant", "person"))
NOTICES = Table(f"{CLOUD}_notices", Notice, indexed=("tenant", "person"))
