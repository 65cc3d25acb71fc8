"""What the commands read of a stand-in's answers: whoever answers something else is none, and is told so.

Each shape has what some command reads and no more: what an answer has beside it is let through.
"""

import re
from typing import Annotated, Any, TypedDict, TypeVar

import msgspec

T = TypeVar("T")
LACKING = re.compile(r"required field `(.+?)`")
PLACE = re.compile(r" - at `(.+)`$")
LATEST = 253_000_000_000  # seconds since the epoch: a day in the year 9987, which every zone can write

Moment = Annotated[float, msgspec.Meta(ge=0, le=LATEST)]
Rate = Annotated[float, msgspec.Meta(ge=0)]


class UnlikeError(ValueError):
    """An answer is not what a stand-in of this version gives; the message says where."""


class Anything(TypedDict):
    """Some object."""


class Entered(TypedDict):
    """An entry of the journal."""

    number: int
    at: Moment
    kind: str
    summary: str
    cloud: str | None
    details: dict[str, Any]


class Entries(TypedDict):
    """Entries of the journal."""

    entries: list[Entered]


class Pointer(TypedDict):
    """How far a journal is read."""

    number: int


class Measured(TypedDict):
    """What is known of a stream on air."""

    bitrate: Rate
    viewers: int


class Doing(TypedDict):
    """A stream and how it is doing."""

    id: str
    cloud: str
    tenant: str
    state: str
    name: str
    numbers: Measured | None
    last_refusal: str | None


class States(TypedDict):
    """All streams."""

    streams: list[Doing]


class Reached(TypedDict):
    """Where an encoder sends a stream, and what signs its hooks."""

    publish_url: str
    hook_secret: str | None


class Tried(TypedDict):
    """One attempt to deliver a hook."""

    status: int | None
    error: str | None


class Delivered(TypedDict):
    """A hook, and what came of it."""

    id: str
    state: str
    event: str
    url: str
    attempts: list[Tried]


class Deliveries(TypedDict):
    """Hooks."""

    deliveries: list[Delivered]


class Stood(TypedDict):
    """A cloud: where it is, and what is sent there."""

    base_url: str
    services: dict[str, str]
    headers: dict[str, str]
    credentials: dict[str, str]


class Where(TypedDict):
    """Where a stand-in is, and all of its clouds."""

    control_url: str
    https_url: str | None
    rtmp_url: str
    rtmps_url: str
    srt_url: str
    ca_file: str | None
    clouds: dict[str, Stood]


class Shown(TypedDict):
    """Where a person looks."""

    console_url: str | None


class Listening(TypedDict):
    """Whose process it is, which listens at every ``…_url`` beside it."""

    pid: int


class Minted(TypedDict):
    """A bearer token."""

    token: str


class Saved(TypedDict):
    """A whole state, in base64."""

    snapshot: str


class Time(TypedDict):
    """A cloud's time, and how fast it runs."""

    now: Moment
    rate: Rate


class Invited(TypedDict):
    """A tenant that was made, and what stands for it."""

    id: str
    credentials: dict[str, str]
    headers: dict[str, str]


def read_answer(answer: Any, shape: type[T]) -> T:
    """Give an answer as it came, once it has what the shape has; UnlikeError says what it lacks."""
    try:
        msgspec.convert(answer, shape)
    except msgspec.ValidationError as error:
        raise UnlikeError(_words(str(error))) from error
    return answer  # type: ignore[no-any-return] # it has the shape, and more


def _words(said: str) -> str:
    """Say it without the names of our types."""
    if lacking := LACKING.search(said):
        return f"it lacks {lacking[1]!r}"
    place = PLACE.search(said)
    return f"it says something else at {place[1]}" if place else "it says something else"
