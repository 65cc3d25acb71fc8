"""What the ingest asks of the room behind it, and what it offers: three Protocols, declared by who needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from offair.emulator.core.ports import Knock, Refused
from offair.emulator.media.formats.flv import Tag


@dataclass(frozen=True, slots=True)
class Chunk:
    """MPEG-TS as it came, a few packets at a time; where one chunk ends means nothing."""

    content: bytes


Gulp = Sequence[Tag] | Sequence[Chunk]  # what came together, at least one: tags from RTMP, chunks from SRT


class Connection(Protocol):
    """What an intake may do to its encoder; every call is thread-safe, returns at once, and is harmless when late."""

    @property
    def peer(self) -> str:
        """Where the encoder is, as ``host:port``."""
        ...

    def pause(self) -> None:
        """Stop reading, so that the protocol's back-pressure slows the encoder; SRT has none, and drops chunks."""
        ...

    def resume(self) -> None:
        """Read on after :meth:`pause`."""
        ...

    def relax(self) -> None:
        """Let media come in gulps of a fifth of a second, which costs less; for good."""
        ...

    def close(self, reason: str) -> None:
        """Send the encoder away with a sentence in its protocol's words; the connection is gone within 0.1 s."""
        ...


class Intake(Protocol):
    """Who takes an admitted encoder's media. Called in the ingest's loop thread; nothing here may block."""

    def feed(self, gulp: Gulp) -> None:
        """Take what came next; an exception ends this connection and no other."""
        ...

    def end(self, *, is_clean: bool) -> None:
        """Hear, exactly once, that nothing will follow; ``is_clean`` when the encoder said goodbye."""
        ...


class Reception(Protocol):
    """Who judges encoders."""

    def receive(self, knock: Knock, connection: Connection) -> Intake | Refused:
        """Judge an encoder; runs in a thread of its own, so it may block for seconds, and holds nobody else back.

        After ``visit.VERDICT`` seconds the encoder is refused, whatever is answered later.
        """
        ...
