"""The segments of an HLS media playlist, each put together from the tags that apply to its URI."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from offair.contracts.checks.media.tags import Tag, decimal, integer, moment

RANGE = re.compile(r"([0-9]{1,20})(?:@([0-9]{1,20}))?")
ROUNDED = 0.5  # seconds that an EXTINF without a fraction may be off: RFC 8216 section 4.3.2.1
LEGIBLE = {None, "NONE", "SAMPLE-AES", "SAMPLE-AES-CTR"}  # methods that leave the headers of a segment to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A partial segment (RFC 8216bis section 4.4.4.9); seconds.

    ``number`` is the Media Sequence Number of the segment that it is a part of.
    """

    number: int

    url: str
    duration: float
    is_independent: bool = False
    is_gap: bool = False

    @property
    def key(self) -> tuple[int, str]:
        """What makes it the same part in another version: a slate's parts have the same URLs whenever it is shown."""
        return self.number, self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A listed segment. ``number`` is its Media Sequence Number, ``discontinuity`` its Discontinuity Sequence Number.

    The number is what makes it the same segment in another version, and not ``url``, which a slate or a loop repeats;
    where a byte range is meant, that is the URL's fragment (``ranged``). ``stated`` is its own
    EXT-X-PROGRAM-DATE-TIME, ``wall`` that or what follows from an earlier one, ``bitrate`` what EXT-X-BITRATE says in
    kbit/s. ``slack`` is by how many seconds ``duration`` may be off, since it is a whole number. ``is_sealed`` says
    that nothing can be read without its key, ``is_map_sealed`` the same of its map.
    """

    number: int
    url: str
    duration: float
    discontinuity: int
    slack: float = 0.0
    starts_discontinuity: bool = False
    map_url: str | None = None
    stated: float | None = None
    wall: float | None = None
    is_gap: bool = False
    is_sealed: bool = False
    is_map_sealed: bool = False
    bitrate: int | None = None
    parts: tuple[Part, ...] = ()


class Listing(Protocol):
    """What the reader asks a playlist."""

    @property
    def tags(self) -> tuple[Tag, ...]: ...  # noqa: D102 - said by the playlist

    def value(self, name: str) -> str | None: ...  # noqa: D102 - as above

    def resolve(self, uri: str) -> str: ...  # noqa: D102 - as above


def ranged(url: str, first: int, length: int | None) -> str:
    """Name a byte range of a resource: ``URL#bytes=FIRST-LAST``; what a recorder sends a Range header for."""
    return f"{url}#bytes={first}-{'' if length is None else first + max(length, 1) - 1}"


def span(url: str) -> tuple[str, int | None, int | None]:
    """Take apart what ``ranged`` made: the resource's URL, and the first and last byte; None where there is none."""
    address, _, fragment = url.partition("#bytes=")
    first, _, last = fragment.partition("-")
    return address, integer(first), integer(last)


class Reader:
    """Goes through a media playlist once; ``segments`` is what is whole, ``parts`` what belongs to the next one."""

    def __init__(self, playlist: Listing, *, first: int) -> None:
        self._playlist = playlist
        self._first = first
        self.segments: list[Segment] = []
        self.parts: list[Part] = []
        self._discontinuity = integer(playlist.value("EXT-X-DISCONTINUITY-SEQUENCE")) or 0
        self._map: str | None = None
        self._is_map_sealed = False
        self._wall: float | None = None
        self._bitrate: int | None = None
        self._is_sealed = False
        self._ends: dict[str, int] = {}  # where the last byte range of a resource ended
        self._forget()

    def _forget(self) -> None:
        self._duration: float | None = None
        self._slack = 0.0
        self._range: str | None = None
        self._stated: float | None = None
        self._starts = self._gap = False
        self.parts = []

    def take(self, tag: Tag) -> None:
        """Read the next line."""
        match tag.name:
            case "EXTINF":
                stated = tag.value.partition(",")[0].strip()
                self._duration, self._slack = decimal(stated), 0.0 if "." in stated else ROUNDED
            case "EXT-X-BYTERANGE":
                self._range = tag.value
            case "EXT-X-DISCONTINUITY":
                self._discontinuity += 1
                self._starts, self._wall = True, None
            case "EXT-X-PROGRAM-DATE-TIME":
                self._stated = moment(tag.value)
            case "EXT-X-MAP":
                uri = tag.attributes.get("URI")
                self._map = None if uri is None else self._url(uri, tag.attributes.get("BYTERANGE"))
                self._is_map_sealed = self._is_sealed
            case "EXT-X-KEY":
                self._is_sealed = tag.attributes.get("METHOD") not in LEGIBLE
            case "EXT-X-GAP":
                self._gap = True
            case "EXT-X-BITRATE":
                self._bitrate = integer(tag.value)
            case "EXT-X-PART":
                self._take_part(tag.attributes)
            case "" if self._duration is not None:
                self._add(tag.value, self._duration)

    def _url(self, uri: str, stated: str | None) -> str:
        """Make a URI absolute, with its byte range if it has one; one without offset follows on the one before."""
        url = self._playlist.resolve(uri)
        found = RANGE.fullmatch(stated.strip()) if stated else None
        if found is None:
            return url
        first = self._ends.get(url, 0) if found[2] is None else int(found[2])
        self._ends[url] = first + int(found[1])
        return ranged(url, first, int(found[1]))

    def _take_part(self, said: Mapping[str, str]) -> None:
        duration = decimal(said.get("DURATION"))
        if duration is None or "URI" not in said:
            return
        self.parts.append(
            Part(
                number=self._first + len(self.segments),
                url=self._url(said["URI"], said.get("BYTERANGE")),
                duration=duration,
                is_independent=said.get("INDEPENDENT") == "YES",
                is_gap=said.get("GAP") == "YES",
            )
        )

    def _add(self, uri: str, duration: float) -> None:
        wall = self._wall if self._stated is None else self._stated
        self.segments.append(
            Segment(
                number=self._first + len(self.segments),
                url=self._url(uri, self._range),
                duration=duration,
                discontinuity=self._discontinuity,
                slack=self._slack,
                starts_discontinuity=self._starts,
                map_url=self._map,
                stated=self._stated,
                wall=wall,
                is_gap=self._gap,
                is_sealed=self._is_sealed,
                is_map_sealed=self._is_map_sealed,
                bitrate=None if self._range else self._bitrate,
                parts=tuple(self.parts),
            )
        )
        self._wall = None if wall is None or self._slack else wall + duration  # a rounded length dates nothing
        self._forget()
