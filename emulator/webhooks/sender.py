"""One HTTP POST to a customer's URL, over at a deadline of its own, whatever the other side does (law 8)."""

import ssl
import threading
from collections.abc import Mapping
from functools import cached_property

from offair.emulator.provider.hooks import Outcome
from offair.emulator.webhooks.exchange import AnswerReader, spell
from offair.emulator.webhooks.names import Names
from offair.emulator.webhooks.recipient import Recipient, read_url
from offair.emulator.webhooks.wire import BrokenOff, Errand


class Sender:
    """Sends, each attempt in its caller's thread; :meth:`close` breaks off what is under way."""

    def __init__(self, names: Names | None = None) -> None:
        self._names = names or Names()
        self._lock = threading.Lock()
        self._open: set[Errand] = set()
        self._is_closed = False

    def post(self, url: str, content: bytes, headers: Mapping[str, str], *, timeout: float) -> Outcome:
        """Post a body and read the answer; redirects are not followed. Never raises for what a URL or a network does.

        ``timeout`` is real seconds for the whole attempt. The status counts as soon as the answer's head is whole; of
        its body the first 4 KiB are read, for as long as there is time.
        """
        try:
            recipient = read_url(url)
            request = spell(recipient, content, headers)
        except ValueError as error:
            return Outcome(error=f"{url} cannot be called: {error}")
        try:
            return self._run(recipient, request, timeout)
        except BrokenOff as error:
            return Outcome(error=str(error))
        except ssl.SSLCertVerificationError as error:
            words = f"{type(error).__name__}: {error}; to trust a CA of your own, start with its file in SSL_CERT_FILE"
            return Outcome(error=words)
        except OSError as error:
            return Outcome(error=f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Break off every attempt that is under way, and make no more; twice is fine."""
        with self._lock:
            self._is_closed = True
            for errand in self._open:
                errand.break_off()

    def _run(self, recipient: Recipient, request: bytes, timeout: float) -> Outcome:
        reader = AnswerReader()
        with Errand(timeout) as errand:
            self._enlist(errand)
            try:
                addresses = errand.look_up(self._names, recipient.host, recipient.port)
                sock = errand.connect(addresses)
                if recipient.is_secure:
                    sock = errand.secure(sock, self._trust, recipient.certified)
                errand.exchange(sock, request, reader)
            finally:
                with self._lock:
                    self._open.discard(errand)
        return Outcome(status=reader.status, answer=reader.text)

    def _enlist(self, errand: Errand) -> None:
        with self._lock:
            self._open.add(errand)
            if self._is_closed:
                errand.break_off()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whose certificates are believed: the machine's list takes milliseconds to read, so it is read once."""
        return ssl.create_default_context()
