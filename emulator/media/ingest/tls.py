"""TLS around a session, and a sentence for whoever sends something else.

asyncio's own TLS is not used, since what fails in its handshake reaches nobody: who sends plain RTMP to the TLS port,
or does not trust the certificate, must be told of in the journal, and counts as a visitor while it dawdles.
"""

import ssl

from offair.emulator.core.tls import Seal, explain
from offair.emulator.media.formats.errors import ProtocolError

HANDSHAKE_RECORD = 0x16
RTMP_VERSION = 3


class Envelope:
    """One encoder's TLS connection, the server's side of it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._seal = Seal(context)
        self._has_begun = False
        self._is_empty = True  # nothing but TLS came so far

    def open(self, data: bytes) -> bytes:
        """Give what is in the encoder's bytes; ProtocolError when they are no TLS, or the encoder does not trust us."""
        if not self._has_begun:
            _check_first(data[0])
            self._has_begun = True
        try:
            plain = self._seal.open(data)
        except ConnectionError as error:
            raise ProtocolError(explain(str(error), client="encoder", port="RTMPS port")) from error
        self._is_empty = self._is_empty and not plain
        return plain

    @property
    def was_left(self) -> bool:
        """The encoder shook hands and said nothing, which is how some say that they do not trust the certificate."""
        return self._seal.is_open and self._is_empty

    @property
    def has_ended(self) -> bool:
        """The encoder said goodbye, as one does that closes in order: nothing more comes from it."""
        return self._seal.has_ended

    def seal(self, data: bytes = b"") -> bytes:
        """Give the bytes to send: what TLS itself has to say, and ``data``."""
        return self._seal.close(data)

    def close(self) -> bytes:
        """Give the goodbye, without which an encoder would take the end for an attack."""
        return self._seal.goodbye()


def _check_first(first: int) -> None:
    if first == RTMP_VERSION:
        raise ProtocolError("plain RTMP came to the RTMPS port; publish to rtmps://, or to the RTMP port")
    if first != HANDSHAKE_RECORD:
        raise ProtocolError(f"not TLS: what came to the RTMPS port starts with {first:#04x}, and TLS with 0x16")
