"""A server on loopback that listens to what a cloud calls, for whoever judges it."""

import threading
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


class Postbox:
    """Keeps what it is called with, and answers with one status. A context manager: it listens inside.

    ``now`` tells the cloud's time, and the ``journal`` what its senders have heard by now.
    """

    def __init__(self, now: Callable[[], float], journal: Journal) -> None:
        self._now, self._journal, self._told = now, journal, journal.latest
        self._unheard = 0  # answers that their senders have not told of yet
        self._status = 200
        self._came: list[Exchange] = []
        self._changed = threading.Condition()
        self._server = Server(LOOPBACK, 0)

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
        return f"http://{LOOPBACK}:{self._server.port}{PLACE}"

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
            came, self._came = self._came, []
        self._unheard += len(came)
        while self._unheard > 0 and not deadline.is_over:
            tail = self._journal.read_on(self._told, deadline)
            self._unheard -= sum(one.kind == "hook" and one.details.get("url") == self.url for one in tail.entries)
            self._told = tail.latest
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
