"""What a viewer of H5Live wants to see, and what it shows for it: in a query, or later in a message. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from offair.emulator.provider.call import Rooms

NOT_FOUND, REFUSED = 4404, 4401


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A stream by its name, which alone chooses, with whatever token was shown, as a query would have it."""

    stream: str | None
    query: Mapping[str, Sequence[str]]

    @property
    def flags(self) -> frozenset[str]:
        """The words in ``flags``."""
        return frozenset(word for words in self.query.get("flags", ()) for word in words.split(",") if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """What a wish means: a stream by its id, in one variant or the best."""

    stream: str
    variant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Why there is nothing to see: a close code of the socket (4404, 4401) and words."""

    code: int = NOT_FOUND
    words: str = "there is no such stream"


Find = Callable[[Wish, Rooms], Playable | Denied]


def read_query(query: Mapping[str, Sequence[str]]) -> Wish:
    """Read what a handshake or a request asks for."""
    return Wish(stream=first(query.get("stream", ())), query=query)


def first(values: Sequence[str]) -> str | None:
    """Give the first of some values, None for none and for an empty one."""
    return values[0] if values and values[0] else None
