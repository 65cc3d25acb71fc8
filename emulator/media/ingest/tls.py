"""TLS around a session, without a socket: sealed bytes in, plain bytes out, and the other way.

asyncio's own TLS is not used, since what fails in its handshake reaches nobody: who sends plain RTMP to the TLS port,
or does not trust the certificate, must be told of in the journal, and counts as a visitor while it dawdles.
"""

import ssl
from contextlib import suppress

from offair.emulator.media.formats.errors import ProtocolError

HANDSHAKE_RECORD = 0x16
RTMP_VERSION = 3
READ = 1 << 16
STEP = "give it the CA file that serve prints"
DISTRUST = ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN")  # in the alerts of a client that refuses us


class Envelope:
    """One client's TLS connection, the server's side of it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._has_begun = False
        self._is_open = False
        self._is_empty = True  # nothing but TLS came so far

    def open(self, data: bytes) -> bytes:
        """Give what is in the client's bytes; ProtocolError when they are no TLS, or the client does not trust us."""
        if not self._has_begun:
            _check_first(data[0])
            self._has_begun = True
        self._incoming.write(data)
        plain: list[bytes] = []
        try:
            if not self._is_open:
                self._tls.do_handshake()
                self._is_open = True
            while piece := self._tls.read(READ):
                plain.append(piece)
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            pass  # more must come, or the client is done
        except ssl.SSLError as error:
            self._is_open = False
            raise ProtocolError(_explain(error)) from error
        self._is_empty = self._is_empty and not plain
        return b"".join(plain)

    @property
    def was_left(self) -> bool:
        """The client shook hands and said nothing, which is how some say that they do not trust the certificate."""
        return self._is_open and self._is_empty

    def seal(self, data: bytes = b"") -> bytes:
        """Give the bytes to send: what TLS itself has to say, and ``data``."""
        if data:
            self._tls.write(data)
        return self._outgoing.read()

    def close(self) -> bytes:
        """Give the goodbye, without which a client would take the end for an attack."""
        with suppress(ssl.SSLError):
            if self._is_open:
                self._tls.unwrap()
        return self._outgoing.read()


def _check_first(first: int) -> None:
    if first == RTMP_VERSION:
        raise ProtocolError("plain RTMP came to the RTMPS port; publish to rtmps://, or to the RTMP port")
    if first != HANDSHAKE_RECORD:
        raise ProtocolError(f"not TLS: what came to the RTMPS port starts with {first:#04x}, and TLS with 0x16")


def _explain(error: ssl.SSLError) -> str:
    reason = error.reason or str(error)
    if any(word in reason for word in DISTRUST):
        return f"the encoder does not trust the RTMPS port's certificate ({reason}); {STEP}"
    return f"the TLS connection failed: {reason}"
