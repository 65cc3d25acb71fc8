"""A server on loopback that listens to what a cloud calls, for whoever judges it."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from offair.contracts.exchange import Exchange
from offair.emulator.core.clock import Deadline
from offair.emulator.core.journal import Journal
from offair.emulator.web.host.environ import read_headers
from offair.emulator.web.host.server import Server

LOOPBACK = "127.0.0.1"
PLACE = "/hooks"
LATEST = 1000  # calls that wait to be taken: while nobody asks for them, a long check is called for hours


Known = Callable[[str, Deadline], int]
"""Wait until a deadline for senders that know what was answered at a URL; says of how many calls they do now."""


def known_by(journal: Journal) -> Known:
    """Ask a journal, from now on, what its senders have heard."""
    told = journal.latest

    def known(url: str, deadline: Deadline) -> int:
        nonlocal told
        tail = journal.read_on(told, deadline)
        told = tail.latest
        return sum(one.kind == "hook" and one.details.get("url") == url for one in tail.entries)

    return known


class Postbox:
    """Keeps what it is called with, and answers with one status. A context manager: it listens inside, on loopback.

    ``now`` tells the cloud's time; ``known`` waits for senders that know by now what they were answered at its URL.
    It is called at ``url``, where that leads to its ``port``; without one, there.
    """

    def __init__(self, now: Callable[[], float], known: Known, *, port: int = 0, url: str | None = None) -> None:
        self._now, self._known, self._url = now, known, url
        self._unheard = 0  # answers that their senders have not told of yet
        self._status = 200
        self._came: deque[Exchange] = deque(maxlen=LATEST)
        self._changed = threading.Condition()
        self._server = Server(LOOPBACK, port)

    def __enter__(self) -> Self:
        self._server.start(self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """Where it is called."""
        return self._url or f"http://{LOOPBACK}:{self._server.port}{PLACE}"

    def answer(self, status: int) -> None:
        """Answer with this from now on."""
        self._status = status

    def take(self, count: int, within: float) -> list[Exchange]:
        """Give what came since the last time, once there is so much of it, and whoever sent it knows the answer.

        So many real seconds are waited for that. Until a sender knows, it cannot say when it will try again.
        """
        deadline = Deadline(within)
        with self._changed:
            while len(self._came) < count and not deadline.is_over:
                self._changed.wait(deadline.remaining)
            came = list(self._came)
            self._came.clear()
        self._unheard += len(came)
        while self._unheard > 0 and not deadline.is_over:
            self._unheard -= self._known(self.url, deadline)
        return came

    def _hear(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        came = Exchange(
            method=environ["REQUEST_METHOD"],
            path=f"http://{LOOPBACK}:{self._server.port}{environ['PATH_INFO']}",
            status=self._status,
            request_headers=read_headers(environ),
            request_body=environ["wsgi.input"].read(length),
            at=self._now(),
            is_hook=True,
        )
        with self._changed:
            self._came.append(came)
            self._changed.notify_all()
        start(f"{came.status} Heard", [("Content-Length", "0")])
        return [b""]
