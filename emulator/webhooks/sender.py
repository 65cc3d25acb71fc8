"""One HTTP POST to a customer's URL; the only module that calls out."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

ANSWER_LIMIT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an attempt met: an HTTP ``status`` with the start of its body, or an ``error``."""

    status: int | None = None
    answer: str = ""
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """Sends, with a real time-out in seconds; :meth:`close` breaks off what is under way."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()
        self._is_closed = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post a body and read the answer; redirects are not followed. Never raises for what the network does."""
        try:
            connection, target = self._connect(url)
        except ValueError as error:
            return Outcome(error=f"{url} cannot be called: {error}")
        with self._lock:
            if self._is_closed:
                return Outcome(error="the emulator is closing")
            self._open.add(connection)
        try:
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            return Outcome(status=answer.status, answer=answer.read(ANSWER_LIMIT).decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException) as error:
            return Outcome(error=f"{type(error).__name__}: {error}")
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def close(self) -> None:
        """Break off every attempt that is under way, and make no more."""
        with self._lock:
            self._is_closed = True
            for connection in self._open:
                with suppress(OSError):
                    if connection.sock is not None:
                        connection.sock.shutdown(socket.SHUT_RDWR)

    def _connect(self, url: str) -> tuple[http.client.HTTPConnection, str]:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a hook goes to an http or https URL with a host")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=self._timeout), target
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self._timeout, context=context), target
