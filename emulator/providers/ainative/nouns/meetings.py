"""Video sessions, and who is in them."""

from dataclasses import dataclass

from offair.emulator.core.table import Table
from offair.emulator.providers.ainative.nouns.people import CLOUD


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A video session; ``room`` is its name at the media layer, ``most`` how many may be in it."""

    id: str
    tenant: str
    person: str
    name: str
    most: int
    room: str
    created_at: float
    ended_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody who was given a token for a session."""

    id: str
    tenant: str
    meeting: str
    person: str
    joined_at: float


MEETINGS = Table(f"{CLOUD}_meetings", Meeting, indexed=("tenant", "person"))
ATTENDEES = Table(f"{CLOUD}_attendees", Attendee, indexed=("tenant", "meeting", "person"))
