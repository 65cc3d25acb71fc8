"""Who talks over a cloud's socket, and what they hear: frames that are read and judged already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from offair.contracts.violation import Violation
from offair.emulator.core.sockets import Frame, Socket


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A frame from the client: its documented ``name``, its JSON, and what is wrong with it.

    ``name`` is None for a frame that is not known, ``body`` for a binary one, and for a text that is no JSON.
    """

    frame: Frame
    name: str | None
    body: Any
    violations: Sequence[Violation]


class Talker(Protocol):
    """One side of a conversation: the cloud's. Calls come one after another, in order; none may wait."""

    def opened(self, socket: Socket) -> None:
        """Hear that frames may be sent; what is sent must be documented."""
        ...

    def heard(self, heard: Heard) -> None:
        """Hear a frame; one that breaks the contract comes with its violations, and the cloud says what it says."""
        ...

    def closed(self, code: int) -> None:
        """Hear, once, that nothing will follow."""
        ...
