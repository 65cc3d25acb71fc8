"""What is kept of streams and what was uploaded: films, their posts and chapters, what was cut and written."""

from dataclasses import dataclass
from typing import Literal

from offair.emulator.core.table import Table
from offair.emulator.providers.ainative.nouns.people import CLOUD

Stage = Literal["processing", "ready", "failed", "deleted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A VOD: what was recorded of a ``stream``, or an upload (None). ``video`` is its name at the media layer.

    ``ready_at`` is the moment on the cloud's clock at which one that is processed becomes ready, None where somebody
    has to say so. ``seconds`` is its length.
    """

    id: str
    tenant: str
    person: str
    title: str
    video: str
    created_at: float
    stage: Stage = "processing"
    ready_at: float | None = None
    stream: str | None = None
    recording: str | None = None
    description: str | None = None
    visibility: str = "public"
    group: str | None = None
    warning: str | None = None
    is_unsafe: bool = False
    seconds: float | None = None
    thumbnail_url: str | None = None
    views: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the community reads of an upload; ``id`` is the film's, ``number`` its own."""

    id: str
    tenant: str
    number: str
    text: str
    visibility: str
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A part of a film, in seconds from its beginning."""

    id: str
    tenant: str
    film: str
    title: str
    begins: float
    ends: float
    description: str | None = None
    thumbnail_url: str | None = None
    is_generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A clip: a part of what was recorded of a stream, in seconds from its beginning."""

    id: str
    tenant: str
    person: str
    stream: str
    title: str
    begins: float
    ends: float
    created_at: float
    views: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Which texts somebody had made of a stream; ``id`` is the stream's."""

    id: str
    tenant: str
    parts: tuple[str, ...]
    created_at: float


FILMS = Table(f"{CLOUD}_films", Film, indexed=("tenant", "person", "stream", "recording", "video"))
POSTS = Table(f"{CLOUD}_posts", Post)
CHAPTERS = Table(f"{CLOUD}_chapters", Chapter, indexed=("tenant", "film"))
EXCERPTS = Table(f"{CLOUD}_excerpts", Excerpt, indexed=("tenant", "person", "stream"))
DRAFTS = Table(f"{CLOUD}_drafts", Draft)
