"""What happened, said once to everybody who cares.

A reaction runs inside the transaction of the change that it reacts to, so that a stream's move and the hook
that it causes are kept or lost together. What reaches outside (a socket, a process) waits for the commit:
see :meth:`offair.emulator.core.world.World.after_commit`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from offair.emulator.core.publication import Publication, Totals
from offair.emulator.core.recordings import Recording, RecordingState
from offair.emulator.core.streams import State, Stream
from offair.emulator.core.viewing import Viewing


@dataclass(frozen=True, slots=True)
class StreamCreated:
    """A stream exists."""

    stream: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMoved:
    """A stream (as it is now) came from ``origin``; ``words`` are the transcoder's own, when it failed."""

    stream: Stream
    origin: State
    reason: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class StreamDeleted:
    """A stream (as it last was) is gone."""

    stream: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationBegan:
    """An encoder was let in, and a broadcast of its stream (as it is now) begins."""

    publication: Publication
    stream: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationGoesOn:
    """A broadcast still runs, as is told every so often; ``seconds`` are the cloud's since it began."""

    publication: Publication
    stream: Stream
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationEnded:
    """A broadcast is over: nothing of it runs any more. ``stream`` is as it was before; ``seconds`` are the cloud's."""

    publication: Publication
    stream: Stream
    seconds: float
    totals: Totals


@dataclass(frozen=True, slots=True)
class PublicationRevoked:
    """A publication must end now: stop, a reset key, a deletion. The encoder is told ``reason``."""

    publication: str
    reason: str


@dataclass(frozen=True, slots=True)
class TranscoderRestarted:
    """A publication's transcoder must be replaced; the encoder stays connected."""

    publication: str


@dataclass(frozen=True, slots=True)
class PullWanted:
    """A stream's source must be pulled from now on, for as long as it is starting, live or reconnecting."""

    stream: Stream


@dataclass(frozen=True, slots=True)
class RelaysChanged:
    """A stream's broadcast, if there is one, is sent to the stream's ``relays`` from now on."""

    stream: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMoved:
    """A recording (as it is now) came from ``origin``, or has just begun (None)."""

    recording: Recording
    origin: RecordingState | None


@dataclass(frozen=True, slots=True)
class RecordingForgotten:
    """A recording (as it last was) is gone; its files go too."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class ViewerCame:
    """A player that did not watch began to."""

    viewing: Viewing


@dataclass(frozen=True, slots=True)
class ViewerLeft:
    """A player hung up, or has not been heard of for too long, after real ``seconds`` and ``size`` bytes."""

    viewing: Viewing
    seconds: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewingsDoubted:
    """A cloud changed its mind about who may watch: whoever watches without end is judged anew."""

    cloud: str


E = TypeVar("E")
Event = (
    StreamCreated
    | StreamMoved
    | StreamDeleted
    | PublicationBegan
    | PublicationGoesOn
    | PublicationEnded
    | PublicationRevoked
    | TranscoderRestarted
    | PullWanted
    | RelaysChanged
    | RecordingMoved
    | RecordingForgotten
    | ViewerCame
    | ViewerLeft
    | ViewingsDoubted
)


class Events:
    """Who reacts to what. Reactions are called in the order in which they subscribed."""

    def __init__(self) -> None:
        self._reactions: dict[type, list[Callable[[Any], None]]] = {}

    def subscribe(self, kind: type[E], reaction: Callable[[E], None]) -> None:
        """Have ``reaction`` called with every event of this kind."""
        self._reactions.setdefault(kind, []).append(reaction)

    def publish(self, event: Event) -> None:
        """Let everybody react, now; what a reaction raises undoes the whole change."""
        for reaction in self._reactions.get(type(event), ()):
            reaction(event)
