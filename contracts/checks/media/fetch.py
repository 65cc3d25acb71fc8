"""One answer of an origin, and when it came."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from urllib.parse import parse_qsl

from offair.contracts.checks.media.tags import Tag, tags
from offair.contracts.exchange import header

TYPES = {"application/vnd.apple.mpegurl", "audio/mpegurl"}
OLD_TYPES = {"application/x-mpegurl", "audio/x-mpegurl"}  # not registered, and taken everywhere
DIRECTIVE = "_HLS_"  # how the names of delivery directives begin: RFC 8216bis section 6.2.5


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """What one GET brought: ``asked`` and ``at`` are when it was sent and wholly answered, real epoch seconds.

    ``url`` is what was asked for, ``landed`` where redirects led, if elsewhere. ``status`` is 0 when no answer came.
    """

    asked: float
    at: float
    url: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    landed: str | None = None

    @property
    def is_good(self) -> bool:
        """The origin gave what was asked for."""
        return self.status in {200, 206}

    @property
    def base(self) -> str:
        """What relative references in the body are relative to (RFC 3986 section 5.1.3)."""
        return self.landed or self.url

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case; empty when there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def is_named_playlist(self) -> bool:
        """The path is that of a playlist (RFC 8216 section 4)."""
        return self.base.partition("?")[0].endswith((".m3u8", ".m3u"))

    @property
    def is_like_playlist(self) -> bool:
        """Its path, its Content-Type or something that it says makes it a playlist, perhaps a broken one."""
        return self.is_named_playlist or self.media_type in TYPES | OLD_TYPES or b"#EXT" in self.body

    @cached_property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced, and judged elsewhere."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """The body as the tags and URIs of a playlist, in order; read once, for whoever asks what it is."""
        return tags(self.text)

    @cached_property
    def directives(self) -> dict[str, str]:
        """The delivery directives that the request carried, by name: ``{"_HLS_msn": "17"}``."""
        return dict(pair for pair in query(self.url) if pair[0].startswith(DIRECTIVE))

    @property
    def resource(self) -> str:
        """The URL without delivery directives: every way of asking for one playlist has one resource."""
        return without_directives(self.url) if DIRECTIVE in self.url else self.url

    def header(self, name: str) -> str | None:
        """Find a header of the answer, whatever its case."""
        return header(self.headers, name)

    @property
    def told(self) -> float | None:
        """The end of the second that the origin's Date names (RFC 9110 section 6.6.1); None if it has none."""
        try:
            return parsedate_to_datetime(self.header("Date") or "").timestamp() + 1.0
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def freshness(self) -> float | None:
        """For how many seconds a cache may use the answer again; None when it does not say (RFC 9111 section 4.2.1)."""
        said = (self.header("Cache-Control") or "").lower()
        if re.search(r"\bno-(store|cache)\b", said):
            return 0.0
        ages = re.search(r"\bs-maxage\s*=\s*\"?(\d{1,10})", said) or re.search(r"\bmax-age\s*=\s*\"?(\d{1,10})", said)
        return float(ages[1]) if ages else None


def without_directives(url: str) -> str:
    """Take the delivery directives out of a playlist's URL, and leave the rest of it as it was written."""
    address, _, asked = url.partition("?")
    kept = "&".join(pair for pair in asked.split("&") if not pair.startswith(DIRECTIVE))
    return f"{address}?{kept}" if kept else address


def query(url: str) -> list[tuple[str, str]]:
    """Read the parameters of a URL; none where it is no URL, which shows when it is fetched."""
    try:
        return parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True)
    except ValueError:  # more parameters than anybody means
        return []
