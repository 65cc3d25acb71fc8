"""What a viewer of H5Live wants to see, and what it shows for it: in a query, or later in a message. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
class Unplayable:
    """Why there is nothing to see: a close code of the socket (4404, 4401) and words."""

    code: int = NOT_FOUND
    words: str = "there is no such stream"


Find = Callable[[Wish, Rooms], Playable | Unplayable]


def read_query(query: Mapping[str, Sequence[str]]) -> Wish:
    """Read what a handshake or a request asks for."""
    return Wish(stream=_first(query.get("stream", ())), query=query)


def read_update(asked: Mapping[str, Any], former: Wish) -> Wish:
    """Read what ``onUpdateSource`` asks for; what it does not say of the connection is as it was."""
    rtmp, params, security = (_object(asked.get(name)) for name in ("rtmp", "params", "security"))
    shown = {**params, **security, **({"token": asked["token"]} if "token" in asked else {})}
    shown |= {name: rtmp[name] for name in ("url", "stream") if name in rtmp}
    kept = {name: former.query[name] for name in ("cid", "pid", "flags") if name in former.query}
    query = {**kept, **{name: (_text(value),) for name, value in shown.items()}}
    return Wish(stream=_first(query.get("stream", ())), query=query)


def _first(values: Sequence[str]) -> str | None:
    return values[0] if values and values[0] else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
