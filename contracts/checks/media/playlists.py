"""HLS playlists as they were at one moment, read for judging: nothing is repaired, and nothing raises.

Our own reader and not a library's, since a library forgives what is to be judged; the tests hold it to one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from understudy.contracts.checks.media.fetch import Fetch
from understudy.contracts.checks.media.tags import Tag, decimal, integer, moment, tags

MASTER_TAGS = {
    "EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY",
}  # fmt: skip
SEGMENT_TAGS = {
    "EXTINF", "EXT-X-BYTERANGE", "EXT-X-DISCONTINUITY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-GAP",
    "EXT-X-BITRATE", "EXT-X-PART", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE",
    "EXT-X-ENDLIST", "EXT-X-PLAYLIST-TYPE", "EXT-X-I-FRAMES-ONLY", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL",
    "EXT-X-SKIP", "EXT-X-PRELOAD-HINT", "EXT-X-RENDITION-REPORT",
}  # fmt: skip
LIST_TAGS = {
    "EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-MAP", "EXT-X-KEY", "EXT-X-PART",
    "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-SKIP", "EXT-X-PRELOAD-HINT", "EXT-X-RENDITION-REPORT",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A partial segment (RFC 8216bis section 4.4.4.9); seconds, and ``url`` with its byte range if it has one."""

    url: str
    duration: float
    is_independent: bool = False
    is_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A listed segment. ``number`` is its Media Sequence Number, ``discontinuity`` its Discontinuity Sequence Number.

    ``stated`` is its own EXT-X-PROGRAM-DATE-TIME, ``wall`` that or what follows from an earlier one. ``key`` is what
    makes it the same segment in another version: its URL, with the byte range where several share one.
    """

    number: int
    url: str
    duration: float
    discontinuity: int
    starts_discontinuity: bool = False
    byte_range: str | None = None
    map_url: str | None = None
    stated: float | None = None
    wall: float | None = None
    is_gap: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> tuple[str, str | None]:
        """Its identity."""
        return self.url, self.byte_range


@dataclass(frozen=True)
class Playlist:
    """One answer that is a playlist, of either kind."""

    fetch: Fetch

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Its tags and URIs, in order."""
        return tags(self.fetch.text)

    @cached_property
    def _values(self) -> Mapping[str, list[Tag]]:
        found: dict[str, list[Tag]] = {}
        for tag in self.tags:
            found.setdefault(tag.name, []).append(tag)
        return found

    def all(self, name: str) -> Sequence[Tag]:
        """Every tag of a name."""
        return self._values.get(name, ())

    def has(self, name: str) -> bool:
        """A tag stands there."""
        return name in self._values

    def value(self, name: str) -> str | None:
        """The value of the first tag of a name."""
        return self._values[name][0].value if name in self._values else None

    def attributes(self, name: str) -> Mapping[str, str]:
        """The attributes of the first tag of a name."""
        return self._values[name][0].attributes if name in self._values else {}

    def resolve(self, uri: str) -> str:
        """Make a URI of this playlist absolute."""
        try:
            return urljoin(self.fetch.base, uri)
        except ValueError:  # a bracket without its pair; the flaw shows when nobody can fetch it
            return uri

    @property
    def is_master(self) -> bool:
        """It lists variants, not segments."""
        return self.has("EXT-X-STREAM-INF")


class Master(Playlist):
    """A master playlist."""

    @cached_property
    def variants(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """Each variant's URL and attributes."""
        found: list[tuple[str, Mapping[str, str]]] = []
        pending: Mapping[str, str] | None = None
        for tag in self.tags:
            if tag.name == "EXT-X-STREAM-INF":
                pending = tag.attributes
            elif not tag.name and pending is not None:
                found.append((self.resolve(tag.value), pending))
                pending = None
        return tuple(found)

    @cached_property
    def media(self) -> tuple[Mapping[str, str], ...]:
        """The attributes of each EXT-X-MEDIA."""
        return tuple(tag.attributes for tag in self.all("EXT-X-MEDIA"))

    @cached_property
    def renditions(self) -> Mapping[str, str]:
        """Every media playlist's URL and what it is: ``"variant"``, or the TYPE of its EXT-X-MEDIA."""
        media = {self.resolve(one["URI"]): one.get("TYPE", "") for one in self.media if "URI" in one}
        return {url: "variant" for url, _ in self.variants if url not in media} | media


class MediaPlaylist(Playlist):
    """A media playlist, as it was in one answer."""

    @cached_property
    def target(self) -> int | None:
        """EXT-X-TARGETDURATION."""
        return integer(self.value("EXT-X-TARGETDURATION"))

    @cached_property
    def sequence(self) -> int:
        """EXT-X-MEDIA-SEQUENCE, or what its absence means."""
        return integer(self.value("EXT-X-MEDIA-SEQUENCE")) or 0

    @cached_property
    def skipped(self) -> int:
        """How many segments a delta update leaves out."""
        return integer(self.attributes("EXT-X-SKIP").get("SKIPPED-SEGMENTS")) or 0

    @property
    def is_delta(self) -> bool:
        """It is a delta update."""
        return self.has("EXT-X-SKIP")

    @property
    def is_over(self) -> bool:
        """Nothing will be added."""
        return self.has("EXT-X-ENDLIST")

    @cached_property
    def part_target(self) -> float | None:
        """PART-TARGET; None for a playlist without partial segments."""
        return decimal(self.attributes("EXT-X-PART-INF").get("PART-TARGET"))

    @cached_property
    def control(self) -> Mapping[str, str]:
        """EXT-X-SERVER-CONTROL."""
        return self.attributes("EXT-X-SERVER-CONTROL")

    @cached_property
    def hinted_parts(self) -> tuple[str, ...]:
        """The URLs of the partial segments that EXT-X-PRELOAD-HINT promises."""
        hints = (tag.attributes for tag in self.all("EXT-X-PRELOAD-HINT"))
        return tuple(self.resolve(hint["URI"]) for hint in hints if hint.get("TYPE") == "PART" and "URI" in hint)

    @cached_property
    def duration(self) -> float:
        """Seconds of all listed segments."""
        return sum(segment.duration for segment in self.segments)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The listed segments."""
        return self._read[0]

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """The partial segments after the last whole one."""
        return self._read[1]

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str | None], Segment]:
        """The listed segments by what identifies them."""
        return {segment.key: segment for segment in self.segments}

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The partial segments of whole and open segments, in order."""
        return (*(part for segment in self.segments for part in segment.parts), *self.open_parts)

    @cached_property
    def last(self) -> tuple[int, int]:
        """The newest Media Sequence Number, and the number of parts of the one after it."""
        return self.sequence + self.skipped + len(self.segments) - 1, len(self.open_parts)

    @cached_property
    def _read(self) -> tuple[tuple[Segment, ...], tuple[Part, ...]]:
        reader = _Reader(self)
        for tag in self.tags:
            reader.take(tag)
        return tuple(reader.segments), tuple(reader.parts)


class _Reader:
    """Goes through a media playlist and puts each segment together from the tags before its URI."""

    def __init__(self, playlist: MediaPlaylist) -> None:
        self._playlist = playlist
        self.segments: list[Segment] = []
        self.parts: list[Part] = []
        self._discontinuity = integer(playlist.value("EXT-X-DISCONTINUITY-SEQUENCE")) or 0
        self._map: str | None = None
        self._wall: float | None = None
        self._forget()

    def _forget(self) -> None:
        self._duration: float | None = None
        self._range: str | None = None
        self._stated: float | None = None
        self._starts = self._gap = False
        self.parts = []

    def take(self, tag: Tag) -> None:
        match tag.name:
            case "EXTINF":
                self._duration = decimal(tag.value.partition(",")[0].strip())
            case "EXT-X-BYTERANGE":
                self._range = tag.value
            case "EXT-X-DISCONTINUITY":
                self._discontinuity += 1
                self._starts, self._wall = True, None
            case "EXT-X-PROGRAM-DATE-TIME":
                self._stated = moment(tag.value)
            case "EXT-X-MAP":
                uri = tag.attributes.get("URI")
                self._map = None if uri is None else self._playlist.resolve(uri)
            case "EXT-X-GAP":
                self._gap = True
            case "EXT-X-PART":
                self._take_part(tag.attributes)
            case "" if self._duration is not None:
                self._add(tag.value, self._duration)

    def _take_part(self, said: Mapping[str, str]) -> None:
        duration = decimal(said.get("DURATION"))
        if duration is None or "URI" not in said:
            return
        url = self._playlist.resolve(said["URI"])
        self.parts.append(
            Part(
                url=f"{url}#{said['BYTERANGE']}" if "BYTERANGE" in said else url,
                duration=duration,
                is_independent=said.get("INDEPENDENT") == "YES",
                is_gap=said.get("GAP") == "YES",
            )
        )

    def _add(self, uri: str, duration: float) -> None:
        wall = self._wall if self._stated is None else self._stated
        self.segments.append(
            Segment(
                number=self._playlist.sequence + self._playlist.skipped + len(self.segments),
                url=self._playlist.resolve(uri),
                duration=duration,
                discontinuity=self._discontinuity,
                starts_discontinuity=self._starts,
                byte_range=self._range,
                map_url=self._map,
                stated=self._stated,
                wall=wall,
                is_gap=self._gap,
                parts=tuple(self.parts),
            )
        )
        self._wall = None if wall is None else wall + duration
        self._forget()
