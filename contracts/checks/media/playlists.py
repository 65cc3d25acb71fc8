"""HLS playlists as they were at one moment, read for judging: nothing is repaired, and nothing raises.

Our own reader and not a library's, since a library forgives what is to be judged; the tests hold it to one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin

from offair.contracts.checks.media.fetch import Fetch, query
from offair.contracts.checks.media.segments import Part, Reader, Segment, ranged
from offair.contracts.checks.media.tags import Tag, decimal, integer

MASTER_TAGS = {
    "EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY",
    "EXT-X-CONTENT-STEERING",
}  # fmt: skip
SEGMENT_TAGS = {
    "EXTINF", "EXT-X-BYTERANGE", "EXT-X-DISCONTINUITY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-GAP",
    "EXT-X-BITRATE", "EXT-X-PART", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE",
    "EXT-X-ENDLIST", "EXT-X-PLAYLIST-TYPE", "EXT-X-I-FRAMES-ONLY", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL",
    "EXT-X-SKIP", "EXT-X-PRELOAD-HINT", "EXT-X-RENDITION-REPORT", "EXT-X-KEY", "EXT-X-DATERANGE",
}  # fmt: skip
LIST_TAGS = {
    "EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-MAP", "EXT-X-KEY", "EXT-X-PART",
    "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-SKIP", "EXT-X-PRELOAD-HINT", "EXT-X-RENDITION-REPORT",
    "EXT-X-DATERANGE", "EXT-X-START", "EXT-X-DEFINE", "EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY",
    "EXT-X-CONTENT-STEERING",
}  # fmt: skip
VARIABLE = re.compile(r"\{\$([A-Za-z0-9_-]+)\}")
PLAIN = re.compile(r"(?:[A-Za-z0-9_~-][A-Za-z0-9_.~-]*/)*[A-Za-z0-9_~-][A-Za-z0-9_.~-]*")  # no dots to be taken out


@dataclass(frozen=True)
class Playlist:
    """One answer that is a playlist, of either kind; ``imports`` are the variables of the master that named it."""

    fetch: Fetch
    imports: Mapping[str, str] = field(default_factory=dict)

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Its tags and URIs, in order."""
        return self.fetch.tags

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

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """What EXT-X-DEFINE gives names to (RFC 8216bis section 4.4.2.3)."""
        asked = dict(query(self.fetch.base))
        found: dict[str, str] = {}
        for said in (tag.attributes for tag in self.all("EXT-X-DEFINE")):
            if "NAME" in said:
                found[said["NAME"]] = said.get("VALUE", "")
            for attribute, source in (("IMPORT", self.imports), ("QUERYPARAM", asked)):
                if said.get(attribute) in source:
                    found[said[attribute]] = source[said[attribute]]
        return found

    def fill(self, text: str) -> str:
        """Put variables into what may have some; one that has no value stays as it is (RFC 8216bis section 4.3)."""
        return VARIABLE.sub(lambda found: self.variables.get(found[1], found[0]), text) if "{$" in text else text

    def resolve(self, uri: str) -> str:
        """Put variables into a URI of this playlist, and make it absolute."""
        uri = self.fill(uri)
        if PLAIN.fullmatch(uri):
            return self._folder + uri
        try:
            return urljoin(self.fetch.base, uri)
        except ValueError:  # a bracket without its pair; the flaw shows when nobody can fetch it
            return uri

    @cached_property
    def _folder(self) -> str:
        """What plain names are put behind, which most of a long playlist's are: to join URLs is dear."""
        try:
            return urljoin(self.fetch.base, "a").removesuffix("a")
        except ValueError:
            return ""

    @property
    def is_master(self) -> bool:
        """It lists variants or renditions, not segments."""
        return self.has("EXT-X-STREAM-INF") or (
            not self.has("EXTINF") and not self.has("EXT-X-TARGETDURATION") and any(map(self.has, MASTER_TAGS))
        )


def says(fetch: Fetch, name: str) -> bool:
    """An answer that may be a playlist has a tag; a comment that speaks of it is none."""
    return f"#{name}" in fetch.text and Playlist(fetch).has(name)


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
    def sounds(self) -> Mapping[str | None, Sequence[str]]:
        """The URLs of the audio renditions by their group."""
        found: dict[str | None, list[str]] = {}
        for one in self.media:
            if one.get("TYPE") == "AUDIO" and "URI" in one:
                found.setdefault(one.get("GROUP-ID"), []).append(self.resolve(one["URI"]))
        return found

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
        """EXT-X-MEDIA-SEQUENCE, or what its absence means; what is no number is judged as such, and reads as none."""
        return integer(self.value("EXT-X-MEDIA-SEQUENCE")) or 0

    @property
    def is_numbered(self) -> bool:
        """Its Media Sequence Numbers are known."""
        return not self.has("EXT-X-MEDIA-SEQUENCE") or integer(self.value("EXT-X-MEDIA-SEQUENCE")) is not None

    @property
    def type(self) -> str | None:
        """EXT-X-PLAYLIST-TYPE, the white space around it taken off."""
        stated = self.value("EXT-X-PLAYLIST-TYPE")
        return None if stated is None else stated.strip()

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
        return tuple(self._hinted(hint) for hint in hints if hint.get("TYPE") == "PART" and "URI" in hint)

    def _hinted(self, hint: Mapping[str, str]) -> str:
        url, first, length = self.resolve(hint["URI"]), hint.get("BYTERANGE-START"), hint.get("BYTERANGE-LENGTH")
        return url if first is None and length is None else ranged(url, integer(first) or 0, integer(length))

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
    def parts(self) -> tuple[Part, ...]:
        """The partial segments of whole and open segments, in order."""
        return (*(part for segment in self.segments for part in segment.parts), *self.open_parts)

    @cached_property
    def last(self) -> tuple[int, int]:
        """The newest Media Sequence Number, and the number of parts of the one after it."""
        return self.sequence + self.skipped + len(self.segments) - 1, len(self.open_parts)

    @cached_property
    def _read(self) -> tuple[tuple[Segment, ...], tuple[Part, ...]]:
        reader = Reader(self, first=self.sequence + self.skipped)
        for tag in self.tags:
            reader.take(tag)
        return tuple(reader.segments), tuple(reader.parts)
