"""What is said beside a stream, who keeps order there, and who watched."""

from dataclasses import dataclass
from typing import Literal

from offair.emulator.core.table import Table
from offair.emulator.providers.ainative.nouns.people import CLOUD


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A message in a stream's chat, with its author as they were called then; ``tenant`` is the stream's."""

    id: str
    tenant: str
    stream: str
    person: str
    username: str
    display_name: str
    avatar_url: str | None
    text: str
    at: float
    badges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warden:
    """Somebody who moderates a stream's chat."""

    id: str
    tenant: str
    stream: str
    person: str
    is_vip: bool
    added_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Somebody watched a stream, by its chat's socket or with a player; ``who`` is a person's id, or a player's mark.

    ``left_at`` None is for who still does. ``country`` is of two letters (ISO 3166-1).
    """

    id: str
    tenant: str
    stream: str
    who: str
    means: Literal["socket", "player"]
    is_known: bool
    country: str
    came_at: float
    left_at: float | None = None
    is_there: bool = True


REMARKS = Table(f"{CLOUD}_remarks", Remark, indexed=("tenant", "stream", "person"))
WARDENS = Table(f"{CLOUD}_wardens", Warden, indexed=("tenant", "stream", "person"))
WATCHES = Table(f"{CLOUD}_watches", Watch, indexed=("tenant", "stream", "who", "means", "is_there"))
