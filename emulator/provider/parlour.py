"""Where people talk at a cloud, for whoever looks on from outside: its rooms, what was said there, and saying it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offair.emulator.provider.call import Rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRoom:
    """A room by its id; ``stream`` is the stream that it is beside, if any, ``present`` how many are in it."""

    id: str
    tenant: str
    title: str
    present: int
    stream: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chatting:
    """Somebody who may say something in a room."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What somebody said, and how they were called then; ``at`` in seconds since the epoch on the cloud's clock."""

    id: str
    at: float
    person: str
    name: str
    text: str
    badges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parlour:
    """What a cloud with chat lets be seen and done.

    ``rooms`` lists them all. Of a room that is among them, ``people`` are those who may speak, ``said`` gives so many
    of the latest lines, oldest first, and ``say`` keeps a line of one of the people and has everybody there hear it:
    in the cloud's own words, within a transaction.
    """

    rooms: Callable[[Rooms], Sequence[ChatRoom]]
    people: Callable[[Rooms, ChatRoom], Sequence[Chatting]]
    said: Callable[[Rooms, ChatRoom, int], Sequence[Utterance]]
    say: Callable[[Rooms, ChatRoom, str, str], Utterance]
