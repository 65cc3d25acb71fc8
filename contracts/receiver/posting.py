"""Calling a receiver over HTTP, as a cloud does: no redirect is followed, and a time is kept."""

import threading
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from offair.contracts.exchange import Exchange
from offair.contracts.receiver.answers import Receipt
from offair.contracts.receiver.delivery import Hook, Way

LONGEST = 10.0  # real seconds for one answer
PIECES = 8
PAUSE = 0.02  # real seconds between two pieces
AGENT = "offair-check-receiver"


class UnheardError(Exception):
    """Nobody is there to be called, or there is nothing to call with."""


class Messenger:
    """Calls a URL, each time over a connection of its own, and keeps what is answered within ``longest`` seconds."""

    def __init__(self, url: str, longest: float = LONGEST) -> None:
        import requests

        from offair.contracts.timely import TimelySession  # brings requests

        self._url, self._longest = url, longest
        self._session = TimelySession(longest)
        self._errors: Any = requests.exceptions
        self._has_been_heard = False

    def post(self, hook: Hook) -> Receipt:
        """Send a call. UnheardError where nobody has ever answered and nobody listens."""
        bodies: dict[Way, bytes | Iterable[bytes]] = {
            "at once": hook.body,
            "slowly": _Pieces(hook.body),
            "in chunks": iter((hook.body,)),
        }
        headers = {"User-Agent": AGENT, **hook.headers}
        if not hook.body:
            headers["Content-Length"] = "0"
        try:
            answer = self._session.post(
                self._url, data=bodies[hook.way], headers=headers, timeout=self._longest, allow_redirects=False
            )
        except self._errors.RequestException as error:
            is_late = isinstance(error, self._errors.ReadTimeout)
            if not self._has_been_heard and not is_late:
                raise UnheardError(_reason(self._url, error, self._errors)) from error
            return Receipt(hook=hook, exchange=None, seconds=self._longest if is_late else 0.0, url=self._url)
        finally:
            self._session.close()  # what one call leaves on its connection is not the next one's
        self._has_been_heard = True
        exchange = Exchange(
            method="POST",
            path=urlsplit(self._url).path or "/",
            status=answer.status_code,
            title=f"{hook.event} {hook.what}".strip(),
            request_headers=hook.headers,
            request_body=hook.body,
            response_headers=dict(answer.headers),
            response_body=answer.content,
            is_hook=True,
        )
        return Receipt(hook=hook, exchange=exchange, seconds=answer.elapsed.total_seconds(), url=self._url)

    def close(self) -> None:
        """Let go of connections; twice is fine."""
        self._session.close()


class _Pieces:
    """A body whose length is told, and which comes piece by piece."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        size, pause = max(1, len(self._body) // PIECES), threading.Event()
        for start in range(0, len(self._body), size):
            yield self._body[start : start + size]
            pause.wait(PAUSE)


def _reason(url: str, error: Exception, errors: Any) -> str:
    if isinstance(error, errors.SSLError):
        return f"{url}: TLS failed; to trust a CA of your own, put its file into SSL_CERT_FILE"
    if isinstance(error, errors.MissingSchema | errors.InvalidSchema | errors.InvalidURL):
        return f"{url} is no HTTP URL; give that of the receiver, as in http://127.0.0.1:5000/hooks"
    return f"{url}: nobody answers; is the receiver up?"
