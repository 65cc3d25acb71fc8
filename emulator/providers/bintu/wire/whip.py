"""What a publisher over WHIP says of where it wants to go."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Aim:
    """A stream's ``name``, what followed a ``?`` in it, and the application that the RTMP address names."""

    name: str
    query: str
    app: str


def read_aim(query: Mapping[str, str]) -> Aim:
    """Read what an encoder would have in its two fields."""
    name, _, rest = query["stream_name"].partition("?")
    return Aim(name, rest, urlsplit(query["stream_url"]).path.strip("/"))
