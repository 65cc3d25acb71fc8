"""A viewing: somebody who watches a stream or wants to, and what they showed when they asked."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

PICTURES = (".jpg", ".gif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """One player's wish to see one stream.

    ``name`` is what is asked for, below the stream's playback root; ``protocol`` is ``http`` for files and playlists,
    ``mp4`` for the endless one, or a socket's key. ``query`` and ``headers`` are the request's own (header names in
    any case), and ``peer`` is the address that it came from. One that ``is_seated`` watches without end, was let in
    before, and is judged again.
    """

    stream: str
    name: str
    protocol: str
    peer: str | None
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_seated: bool = False

    @property
    def rendition(self) -> str:
        """What is asked for a part of; nothing for what is about all, such as a master playlist, or was kept."""
        return rendition_of(self.name)

    @property
    def player(self) -> Hashable:
        """What tells players apart: address, program, and the session that the query may name."""
        return self.peer, self.headers.get("User-Agent"), *self.query.get("sid", ())[:1]


def is_picture(name: str) -> bool:
    """Say whether a name is one picture: who fetches it looks at a list of streams, and watches none."""
    return name.endswith(PICTURES)


def rendition_of(name: str) -> str:
    """Tell which rendition a name below a stream's playback root is of: its folder; deeper lies what was recorded."""
    folder, _, file = name.partition("/")
    return folder if file and "/" not in file else ""
