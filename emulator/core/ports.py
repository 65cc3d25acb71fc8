"""The few sentences that rooms say to one another; the room that needs a thing declares it here.

A room knows these Protocols and records, never the other room, so that any of them can move into a process
of its own without a rule changing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from offair.emulator.core.chronicle import Chronicle
from offair.emulator.core.faults.encoders import EncoderFault
from offair.emulator.core.faults.players import Asked
from offair.emulator.core.numbers import AudienceNumbers, Numbers
from offair.emulator.core.publication import Totals
from offair.emulator.core.recordings import Recording, RecordingState
from offair.emulator.core.showing import Course, Cue, Onlooker
from offair.emulator.core.streams import Stream
from offair.emulator.core.viewing import Viewing


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """An encoder at the door, known from the protocol's own bytes before any media is read; or a player of RTMP.

    ``app`` and ``name`` are RTMP's words; other protocols split their resource (``live/KEY``) the same way.
    ``query`` is what followed a ``?`` in the name, without it. ``page`` is where a player says that it stands.
    """

    protocol: str
    app: str
    name: str
    peer: str
    query: str = ""
    page: str = ""


class Reason(StrEnum):
    """Why an encoder may not come in."""

    UNKNOWN_APP = "unknown_app"
    UNKNOWN_KEY = "unknown_key"
    KEY_IN_USE = "key_in_use"
    WRONG_PROTOCOL = "wrong_protocol"
    NOT_ACCEPTING = "not_accepting"
    FORBIDDEN = "forbidden"
    OUT_OF_ROOM = "out_of_room"


@dataclass(frozen=True, slots=True)
class Refused:
    """No, with a sentence that the encoder's user will read."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Yes: run this stream as this publication, which may be on air already."""

    publication: str
    stream: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An offer to publish over WebRTC was taken: the secret that the ``session`` is known by, and the answer."""

    session: str
    sdp: str


class Whip(Protocol):
    """Where publishers come that offer WebRTC (RFC 9725); clouds bring their offers, each from its own URL."""

    def open(self, stream: Stream, offer: str, *, app: str = "", peer: str = "", query: str = "") -> Answered | Refused:
        """Answer an offer to publish to a stream once its cloud lets the publisher in, which may take seconds.

        ``app`` is the application that it is meant for, where that is not the stream's own.

        Malformed for what is no offer, Unusable for one of which nothing can be taken. Only outside of a transaction.
        """
        ...

    def say(self, session: str, cue: Cue) -> bool:
        """Have something said in a session's stream, as an encoder says it; False when there is none.

        Malformed for what RTMP could not carry.
        """
        ...

    def end(self, session: str) -> bool:
        """End a session as its publisher wants it; False when there is none."""
        ...


class Gatekeeper(Protocol):
    """Who may publish; asked before any media is decoded."""

    def consult(self, knock: Knock) -> Refused | None:
        """Ask whoever has a say in it outside of here, which may take seconds; None when nobody is against it.

        Asked before :meth:`admit`, without any lock.
        """
        ...

    def admit(self, knock: Knock) -> Admitted | Refused:
        """Judge an encoder; an admission already holds the key, so that nobody else gets it."""
        ...

    def admit_source(self, stream: str, *, protocol: str, peer: str) -> Admitted | Refused:
        """Let in what was pulled from a stream's source, if that is still wanted."""
        ...


class Usher(Protocol):
    """Who may watch; asked before anything of a stream is played."""

    def may_watch(self, cloud: str, viewing: Viewing) -> Refused | None:
        """Judge a player, which may take seconds; None lets it in."""
        ...

    def lets(self, cloud: str, viewing: Viewing) -> bool:
        """Say whether a player may watch without anybody being asked, which never takes long."""
        ...

    def seat(self, cloud: str, viewing: Viewing, sever: Callable[[], None]) -> Callable[[], None]:
        """Note that this player watches without end, until the answer is called; ``sever`` ends it when it may not."""
        ...

    def ask(self, cloud: str, viewing: Viewing, then: Callable[[Refused | None], None]) -> None:
        """Judge a player without waiting; ``then`` hears the verdict, at once where nobody else has to be asked."""
        ...


class Screen(Protocol):
    """Where players come that say what they want to see in RTMP's words."""

    def show(self, knock: Knock, onlooker: Onlooker) -> Callable[[], None]:
        """Let a player see what it asks for; what is given ends it, twice is fine.

        Whatever becomes of it, the onlooker hears. Runs in a thread of its own, so it may wait for a start.
        """
        ...


class Callboy(Protocol):
    """Who must hear what becomes of a publication. Every call may come from any thread."""

    def playable(self, publication: str) -> None:
        """Every rendition has its first segment: the playback URLs work now."""
        ...

    def lost(self, publication: str) -> None:
        """The encoder is gone without a goodbye; the publication waits for it."""
        ...

    def ending(self, publication: str) -> None:
        """The encoder said goodbye; what it sent last is still on its way to the playlists."""
        ...

    def ended(self, publication: str, totals: Totals) -> None:
        """Nothing of the publication runs any more: the playlists are closed."""
        ...

    def failed(self, publication: str, totals: Totals, *, reason: str, words: str) -> None:
        """Nothing more will come; ``words`` are the transcoder's (or the system's) own."""
        ...

    def unreadable(self, stream: str, *, words: str, is_final: bool) -> None:
        """A stream's source gives nothing, and ``words`` say why; ``is_final`` when it is no use to try again."""
        ...


class Archivist(Protocol):
    """Who must hear what becomes of a recording, and knows them all. Every call may come from any thread."""

    def begin(self, stream: Stream, publication: str) -> Recording:
        """Enter a recording of a broadcast that begins now."""
        ...

    def move(self, recording: str, state: RecordingState, **facts: Any) -> Recording | None:
        """Enter how far a recording is, with the fields that change; None when nobody knows it any more."""
        ...

    def find(self, **where: Any) -> list[Recording]:
        """List the recordings with these values of ``id``, ``tenant``, ``stream`` or ``state``, oldest first."""
        ...

    def forget(self, **where: Any) -> None:
        """Remove recordings for good, and their files."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file of a stream that a player may fetch: a manifest, an init section or a segment.

    ``content`` stands in place of the file's for a player that asked for a version of its own.
    """

    path: Path
    media_type: str
    is_immutable: bool
    content: bytes | None = None


class MisaskedError(Exception):
    """A player asked for what makes no sense; the message says what would."""


class OverdueError(Exception):
    """What a player waited for did not come in time; the message says what it was."""


class Tap(Protocol):
    """One reader of a running stream's endless MP4."""

    @property
    def media_type(self) -> str:
        """What follows, with its codecs as MediaSource wants them (RFC 6381)."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Give an init section, then fragments as they are made, until the broadcast ends or the reader is too slow.

        While nothing comes it gives ``b""`` now and then, so that the reader can see whether anybody still listens.
        """
        ...

    def close(self) -> None:
        """Read no more; twice is fine."""
        ...


class Origin(Protocol):
    """Where the web room finds what plays."""

    def find(
        self, stream: str, name: str, query: Mapping[str, str], *, go_on: Callable[[], bool] = lambda: True
    ) -> Piece | None:
        """Find a piece by its path below the stream's playback root; None while (or once) it does not exist.

        ``query`` may say which version of a playlist is wanted; MisaskedError for one that makes no sense,
        OverdueError for one that does not come. What is about to come is waited for while ``go_on`` says that it is
        still wanted.
        """
        ...

    def about(self, stream: str, name: str) -> Asked:
        """Tell what a name below a stream's playback root stands for, whether or not it exists."""
        ...

    def stamp(self, stream: str, name: str) -> object:
        """Give what a plain answer is made from: it stays as it is for as long as this does. None for who must ask."""
        ...

    def newest_segment(self, stream: str) -> int | None:
        """Tell the sequence number of a stream's newest segment in any rendition; None while there is none."""
        ...

    def tap(
        self, stream: str, variant: str | None, sever: Callable[[], None], *, is_counted: bool = True
    ) -> Tap | None:
        """Read a stream from its latest key frame on, in one variant or the best; None when it is not on air.

        Who is not counted looks on without being among the stream's readers, and without a word when it lags.
        Waits a while for a stream that starts. ``sever`` must cut the reader's connection at once, from any thread:
        that is how a reader ends that takes nothing.
        """
        ...

    def show(self, stream: str, variant: str | None, onlooker: Onlooker, course: Course) -> Callable[[], None] | None:
        """Show a stream from its latest key frame on, in one variant or the best; None when it is not on air.

        Never waits: a stream that starts is shown when it has begun. The answer ends it; twice is fine. ``course`` is
        the viewer's, and is handed in again when something else is shown to the same one.
        """
        ...


class Stage(Protocol):
    """Where publications run, as somebody sees them who looks or lets things go wrong."""

    def disturb(self, fault: EncoderFault) -> None:
        """Let something go wrong with a stream's encoder; Conflict when it cannot."""
        ...

    def disturbances(self) -> Sequence[EncoderFault]:
        """List what goes wrong with encoders."""
        ...

    def settle(self, fault_id: str) -> bool:
        """Let a fault of an encoder end; False when there is none."""
        ...

    def newest_segment(self, stream: str) -> int | None:
        """Tell the sequence number of a stream's newest segment; None while there is none."""
        ...

    def manifests(self, stream: str) -> Sequence[str]:
        """Name the playlists and manifests of a stream's latest broadcast that are there now, masters first."""
        ...


class Monitor(Protocol):
    """Who knows a stream's numbers."""

    def numbers(self, stream: str) -> Numbers | None:
        """Measure a stream; None when it is not on air."""
        ...

    def audience(self, stream: str) -> AudienceNumbers:
        """Count the players of a stream's latest broadcast."""
        ...


class ClipBox(Protocol):
    """Where the built-in clip is put on streams."""

    def begin(self, stream: str, app: str, key: str) -> None:
        """Publish to a stream; one that is published to already goes on."""
        ...

    def end(self, stream: str) -> None:
        """Say goodbye; no clip on the stream is fine."""
        ...

    def is_on(self, stream: str) -> bool:
        """The clip is being published to a stream, or tries to."""
        ...

    def words(self, stream: str) -> str:
        """Say why the clip ended by itself, if it did."""
        ...


class Desk(Protocol):
    """What the media room has for whoever looks at everything, and steers it."""

    @property
    def monitor(self) -> Monitor:
        """Who knows the numbers."""
        ...

    @property
    def chronicle(self) -> Chronicle:
        """Who knows what they were."""
        ...

    @property
    def stage(self) -> Stage:
        """Where publications run."""
        ...

    @property
    def origin(self) -> Origin:
        """Where what plays is found."""
        ...

    @property
    def clips(self) -> ClipBox:
        """Where the built-in clip is put on streams."""
        ...

    def vitals(self) -> list[dict[str, Any]]:
        """Tell what runs for each publication."""
        ...
