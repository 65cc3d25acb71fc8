"""Which certificate the RTMPS port shows: the user's own, or one of a local CA that is made at first need."""

import ssl
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from offair.emulator.media.ingest.minting import CA, SERVER, Mint, mint

EVERYWHERE = ("localhost", "127.0.0.1", "::1")


class CertificateError(ValueError):
    """A certificate cannot be used; the message names the file and the next step."""


class Certificate:
    """Makes what TLS needs once, in a thread of its own: the libraries for it take longer to import than to use.

    The CA is kept in ``folder`` and taken from there next time. Its certificate is for ``names`` (hosts and addresses),
    of which one that begins with a dot is for all names below it too, and for this machine's own. ``own`` are a
    certificate (chain) and its key; they are looked at here, since what is wrong with them must end the start:
    CertificateError. ``mint`` makes the files, and ``tell`` hears of a CA that could not be kept.
    """

    def __init__(
        self,
        folder: Path,
        names: Iterable[str],
        *,
        own: tuple[Path, Path] | None = None,
        mint: Mint = mint,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._folder, self._mint, self._tell = folder, mint, tell
        below = [(name[1:], f"*{name}") if name.startswith(".") else (name,) for name in names if name]
        self._names = tuple(dict.fromkeys((*(one for some in below for one in some), *EVERYWHERE)))
        self._own = None if own is None else _read(*own)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-certificate")
        self._lock = threading.Lock()
        self._made: Future[ssl.SSLContext] | None = None

    @property
    def ca_file(self) -> Path | None:
        """Where the CA's certificate is, once one is made; None when the user brought their own."""
        return None if self._own else self._folder / CA

    def begin(self) -> "Future[ssl.SSLContext]":
        """Make the certificate, if nobody did yet; gives what a server shows to its clients."""
        with self._lock:
            self._made = self._made or self._pool.submit(self._make)
            return self._made

    def close(self) -> None:
        """Wait for one that is being made."""
        self._pool.shutdown()

    def _make(self) -> ssl.SSLContext:
        if self._own is not None:
            return self._own
        words = self._mint(self._folder, self._names)
        if words is not None:
            self._tell(words)
        context, server = _context(), self._folder / SERVER
        context.load_cert_chain(server)
        server.unlink()
        return context


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _read(certificate: Path, key: Path) -> ssl.SSLContext:
    context = _context()
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # without it OpenSSL would ask at the terminal
    except OSError as error:
        reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        words = f"the certificate {certificate} with the key {key} cannot be used ({reason or error})"
        raise CertificateError(
            f"{words}; name two PEM files that belong together, the key without a passphrase"
        ) from error
    return context
