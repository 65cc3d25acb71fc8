"""The plain RTMP handshake, server's and client's side, without a socket (Adobe RTMP 1.0, 5.2).

The digest handshake of Flash Player is not needed: zeros in the version field of S1 tell a client to go without.
"""

from collections.abc import Callable

from offair.emulator.media.formats.errors import ProtocolError

VERSION = 3
TLS_RECORD = 0x16
PACKET = 1536  # bytes of C1, S1, C2 and S2 each
CLIENT_HELLO = 1 + PACKET
SERVER_HELLO = 1 + 2 * PACKET


class ServerHandshake:
    """C0 and C1 in, S0, S1 and S2 out, C2 in. C2 is not compared: not every encoder echoes S1 exactly."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._buffer = bytearray()
        self._has_answered = False
        self.is_over = False

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """Take the client's bytes; give what to send, and what came after the handshake's end.

        ProtocolError on the very first byte when this is not RTMP.
        """
        self._buffer += data
        _check_version(self._buffer)
        answer = b""
        if not self._has_answered:
            if len(self._buffer) < CLIENT_HELLO:
                return b"", b""
            c1 = bytes(self._buffer[1:CLIENT_HELLO])
            answer = bytes((VERSION,)) + _opening(self._random_bytes) + c1
            self._has_answered = True
        if len(self._buffer) < CLIENT_HELLO + PACKET:
            return answer, b""
        self.is_over = True
        return answer, bytes(self._buffer[CLIENT_HELLO + PACKET :])


class ClientHandshake:
    """C0 and C1 out, S0, S1 and S2 in, C2 out."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self.hello = bytes((VERSION,)) + _opening(random_bytes)
        self._buffer = bytearray()
        self.is_over = False

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """Take the server's bytes; give what to send, and what came after the handshake's end."""
        self._buffer += data
        _check_version(self._buffer)
        if len(self._buffer) < SERVER_HELLO:
            return b"", b""
        self.is_over = True
        return bytes(self._buffer[1:CLIENT_HELLO]), bytes(self._buffer[SERVER_HELLO:])


def _opening(random_bytes: Callable[[int], bytes]) -> bytes:
    return bytes(8) + random_bytes(PACKET - 8)  # time 0, version 0


def _check_version(buffer: bytearray) -> None:
    if not buffer or buffer[0] == VERSION:
        return
    first = buffer[0]
    if first == TLS_RECORD:
        raise ProtocolError("TLS came to the plain RTMP port; publish to rtmp://, not rtmps://")
    if chr(first).isascii() and chr(first).isupper():
        raise ProtocolError(f"text that starts with {chr(first)!r} came to the RTMP port; is it an HTTP client?")
    raise ProtocolError(f"not RTMP: the first byte is {first:#04x}, and version 3 starts with 0x03")
