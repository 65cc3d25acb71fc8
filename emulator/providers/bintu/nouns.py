"""What Bintu keeps beside the streams that every cloud has; each noun with its table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta

from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.table import TEXT, Need, Table

CLOUD = "bintu"
PROFILE = (
    r"vtrans2?-(?:(?P<width>[0-9]{1,9})x(?P<height>[0-9]{1,9})x)?"
    r"(?P<kbps>[0-9]{1,9})(?:k(?P<short>[0-9]{1,9})?|x(?P<fps>[0-9]{1,9}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What is kept of a rendition: ``kind`` is rec, replay, thumbs or motionclip; times in seconds, None is all."""

    kind: str
    duration: int | None = None
    interval: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """One rendition of a stream, with an id and a name of its own. Number 0 is the encoder's own pictures.

    ``stream`` is the group, whose id the first one shares; ``profile`` is None for that. ``push_url`` is where it is to
    be sent too.
    """

    id: str
    tenant: str
    stream: str
    name: str
    index: int
    profile: Annotated[str, Meta(pattern=rf"^{PROFILE}\Z")] | None = None
    tags: tuple[str, ...] = ()
    push_url: str | None = None
    steps: tuple[Keeping, ...] = ()
    created_at: float

    @property
    def rung(self) -> str:
        """What the media calls it: the part of the name that is its own."""
        return self.name.rpartition("-")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A stream with its renditions, the encoder's own first; ``buried_at`` is when it was deleted."""

    stream: Stream
    qualities: tuple[Quality, ...]
    buried_at: float | None = None

    @property
    def first(self) -> Quality:
        """The encoder's own pictures."""
        return self.qualities[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """A stream that was deleted, as it last was; ``id`` is its id."""

    id: str
    tenant: str
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """A group of options of a rendition; its ``id`` is the rendition's, a colon, and the group's name."""

    id: str
    tenant: str
    stream: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A tag that an organisation has; its ``id`` is the organisation's, a colon, and the tag."""

    id: str
    tenant: str
    name: str
    used_at: float


QUALITIES = Table(
    f"{CLOUD}_qualities",
    Quality,
    indexed=("tenant", "stream", "name"),
    needed=(Need(table=STREAMS, key="stream", cloud=CLOUD), Need(table=STREAMS, cloud=CLOUD)),
)
GRAVES = Table(f"{CLOUD}_graves", Grave)
OPTIONS = Table(f"{CLOUD}_options", OptionGroup, indexed=("tenant", "stream"))
LABELS = Table(f"{CLOUD}_labels", Label, ids=TEXT)
