"""TLS around one connection, the server's side of it, without a socket: sealed bytes in, plain bytes out, and back."""

import ssl
from contextlib import suppress

READ = 1 << 16


class Seal:
    """One client's TLS connection. Not for two threads at once."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.is_open = False
        self.has_ended = False

    def open(self, sealed: bytes) -> bytes:
        """Give what is in the client's bytes; ConnectionError when they are no TLS, or the client does not trust us."""
        self._incoming.write(sealed)
        plain: list[bytes] = []
        try:
            if not self.is_open:
                self._tls.do_handshake()
                self.is_open = True
            while piece := self._tls.read(READ):
                plain.append(piece)
            self.has_ended = True
        except ssl.SSLWantReadError:
            pass  # more must come
        except ssl.SSLZeroReturnError:
            self.has_ended = True
        except ssl.SSLError as error:
            self.is_open = False
            raise ConnectionError(f"the TLS connection failed: {error.reason or error}") from error
        return b"".join(plain)

    def close(self, plain: bytes) -> bytes:
        """Give the bytes to send: what TLS itself has to say, and what is ``plain``."""
        if plain:
            self._tls.write(plain)
        return self._outgoing.read()

    def goodbye(self) -> bytes:
        """Give the end, without which a client would take it for an attack."""
        with suppress(ssl.SSLError):
            if self.is_open:
                self._tls.unwrap()
        return self._outgoing.read()
