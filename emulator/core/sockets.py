"""What a WebSocket (RFC 6455) is to those who talk over it: they know no frame masks, and who frames knows no rooms."""

from collections.abc import Sequence
from typing import Protocol

Frame = str | bytes  # the payload of a text message, or of a binary one
Pieces = Sequence[bytes | memoryview]  # of one binary message: what goes to many is shared by them, and not copied


class Member(Protocol):
    """Whoever hears what is said in a room. Every method may be called from any thread, and never waits."""

    def send(self, frame: Frame) -> None:
        """Send a message after those before it; who does not take what is sent for too long is cut off."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye with a close code (RFC 6455, 7.4); twice is fine."""
        ...

    def abort(self) -> None:
        """Cut the connection without a goodbye."""
        ...


class Socket(Member, Protocol):
    """One open WebSocket."""

    def pour(self, messages: Sequence[Pieces]) -> int:
        """Send binary messages of a stream that goes on and on, and tell how many bytes wait for the peer.

        Nobody is cut off for what waits; who pours looks at it, and pours no more than that allows.
        """
        ...


class Conversation(Protocol):
    """Somebody who talks over a socket. Calls about one socket come one after another, in order."""

    def opened(self, socket: Socket) -> None:
        """Hear that the handshake is done: from now on frames may be sent."""
        ...

    def heard(self, frame: Frame) -> None:
        """Hear a whole message."""
        ...

    def closed(self, code: int) -> None:
        """Hear, once, that nothing will follow; 1006 when the peer went without a goodbye."""
        ...
