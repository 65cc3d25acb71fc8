"""What AINative knows of a stream beside its media, the shelves that streams are sorted into, and what people seek."""

from dataclasses import dataclass

from offair.emulator.core.table import TEXT, Table
from offair.emulator.providers.ainative.nouns.people import CLOUD


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A stream as people see it; ``id`` is the stream's. ``video`` is its name at the media layer, ``secret`` for WHIP.

    ``tags`` are slugs. ``peak`` is the most that watched at once, ``staged_viewers`` how many
    a made-up world has watch it.
    """

    id: str
    tenant: str
    person: str
    video: str
    secret: str
    created_at: float
    description: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    thumbnail_url: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    peak: int = 0
    staged_viewers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A shelf for streams, perhaps within another."""

    id: str
    name: str
    slug: str
    description: str
    parent: str | None
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A tag that somebody has used: as it is shown, and as it is compared."""

    id: str
    name: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was searched for, how often, and when last; ``id`` is the text."""

    id: str
    count: int
    last_at: float


SHOWS = Table(f"{CLOUD}_shows", Show, indexed=("tenant", "person", "video", "secret", "category"))
CATEGORIES = Table(f"{CLOUD}_categories", Category, indexed=("slug", "parent"))
WORDS = Table(f"{CLOUD}_words", Word, indexed=("slug",))
SEARCHES = Table(f"{CLOUD}_searches", Sought, indexed=(), ids=TEXT)
