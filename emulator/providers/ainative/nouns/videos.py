"""Standalone videos, albums of them, what is written onto them, and who likes them."""

from dataclasses import dataclass

from offair.emulator.core.table import Table
from offair.emulator.providers.ainative.nouns.people import CLOUD


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video that somebody entered."""

    id: str
    tenant: str
    person: str
    title: str
    video: str
    created_at: float
    description: str | None = None
    visibility: str = "public"
    tags: tuple[str, ...] = ()
    views: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Videos that somebody put together, in this order."""

    id: str
    tenant: str
    person: str
    title: str
    created_at: float
    description: str | None = None
    videos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What somebody wrote at a second of a video."""

    id: str
    tenant: str
    video: str
    person: str
    text: str
    seconds: float
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Liking:
    """Somebody likes a video."""

    id: str
    tenant: str
    video: str
    person: str


VIDEOS = Table(f"{CLOUD}_videos", Video, indexed=("tenant", "person"))
ALBUMS = Table(f"{CLOUD}_albums", Bundle, indexed=("tenant", "person"))
ANNOTATIONS = Table(f"{CLOUD}_annotations", Annotation, indexed=("tenant", "video"))
LIKINGS = Table(f"{CLOUD}_likings", Liking, indexed=("tenant", "video", "person"))
