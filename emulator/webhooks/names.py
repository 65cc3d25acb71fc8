"""Names and their addresses. No resolver can be told to give up: a name is looked up in a thread that is given up."""

import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

Address = tuple[int, Any]  # the family, and what a socket of that family connects to
LookUp = Callable[..., Sequence[tuple[int, int, int, str, Any]]]


class Names:
    """Looks names up, at most once at the same time for each name."""

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        self._look_up = look_up
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], list[Callable[[Sequence[Address] | OSError], None]]] = {}

    def ask(self, host: str, port: int, then: Callable[[Sequence[Address] | OSError], None]) -> None:
        """Call ``then`` with the addresses, or with why there are none: at once for what is an address already."""
        if f".{host}".rstrip(".").endswith(".localhost"):  # RFC 6761, 6.3: this is nobody else, and nobody is asked
            then([(socket.AF_INET6, ("::1", port)), (socket.AF_INET, ("127.0.0.1", port))])
            return
        try:
            then(_addresses(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)))
        except socket.gaierror:
            self._ask(host, port, then)

    def _ask(self, host: str, port: int, then: Callable[[Sequence[Address] | OSError], None]) -> None:
        with self._lock:
            askers = self._asked.setdefault((host, port), [])
            askers.append(then)
            if len(askers) > 1:
                return
        thread = threading.Thread(target=self._find, args=(host, port), name="offair-names", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._tell(host, port, OSError(str(error)))

    def _find(self, host: str, port: int) -> None:
        found: Sequence[Address] | OSError
        try:
            found = _addresses(self._look_up(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - whoever waits for the name is told, whatever it was
            found = OSError(getattr(error, "strerror", None) or repr(error))
        self._tell(host, port, found)

    def _tell(self, host: str, port: int, found: Sequence[Address] | OSError) -> None:
        with self._lock:
            askers = self._asked.pop((host, port))
        for then in askers:
            then(found)


def _addresses(found: Sequence[tuple[int, int, int, str, Any]]) -> Sequence[Address]:
    return [(family, address) for family, _, _, _, address in found]
