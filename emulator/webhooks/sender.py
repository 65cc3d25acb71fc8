"""One HTTP POST to a customer's URL; the only module that calls out."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from offair.emulator.provider.hooks import Outcome

ANSWER_LIMIT = 4096


class Sender:
    """Sends; :meth:`close` breaks off what is under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()
        self._is_closed = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout: float) -> Outcome:
        """Post a body and read the answer; redirects are not followed. Never raises for what the network does."""
        try:
            connection, target = self._connect(url, timeout)
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

    def _connect(self, url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a hook goes to an http or https URL with a host")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout), target
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context), target
