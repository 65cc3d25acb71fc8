"""TLS around one connection, the server's side of it, without a socket: sealed bytes in, plain bytes out, and back."""

import ssl
from contextlib import suppress

READ = 1 << 16
STEP = "give it the CA file that serve prints"
PLAIN = "HTTP_REQUEST"
DISTRUST = ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN")  # in the alerts of a client that refuses us


class Seal:
    """One client's TLS connection. Not for two threads at once."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.is_open = False
        self.has_ended = False
        self.flaw = ""  # why it failed, in OpenSSL's words

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
            self.flaw = f"the TLS connection failed: {error.reason or error}"
            raise ConnectionError(self.flaw) from error
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


def explain(flaw: str, *, client: str, port: str) -> str:
    """Say why TLS failed between a client and a port, and what to do where it does not trust us, or speaks no TLS."""
    if PLAIN in flaw:
        return f"plain HTTP came to the {port}; call https://, or the HTTP port"
    if any(word in flaw for word in DISTRUST):
        return f"the {client} does not trust the {port}'s certificate: {flaw}; {STEP}"
    return flaw
