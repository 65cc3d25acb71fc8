"""How much one server takes, and how long it waits: every bound of the host, in one record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Sizes in bytes, times in real seconds; nothing that a client does is kept, or waited for, beyond them."""

    connections: int = 1_024
    head: int = 65_536  # of a request: its line and its fields
    body: int = 512 << 20  # the application has a limit of its own; this one only keeps the disk from being filled
    message: int = 1 << 20  # over a WebSocket
    behind: int = 1 << 20  # what may wait for the peer of a WebSocket

    head_seconds: float = 10.0  # from a head's first byte to its last, and for the handshake of TLS
    body_seconds: float = 30.0  # without a byte of a body, and for all of it, but that each byte brings time with it
    body_rate: float = 500.0  # bytes that bring a second, of a body or of an answer
    idle_seconds: float = 60.0  # between two requests, without room for a byte of an answer, and as above for all of it
    behind_seconds: float = 10.0  # that a frame may wait for the peer of a WebSocket
    ping_seconds: float = 20.0  # of silence before a ping, and again before its pong
    goodbye_seconds: float = 5.0  # for the other half of a closing handshake
    linger_seconds: float = 2.0  # reading on, unheard, so that a refusal arrives (RFC 9112, 9.6)
    running_seconds: float = 1.0  # for what runs when the server closes
    closing_seconds: float = 2.0  # until close() returns, whatever still runs
