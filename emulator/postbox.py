"""A server on loopback that listens to what a cloud calls, for whoever judges it."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from offair.contracts.exchange import Exchange
from offair.emulator.core.clock import Deadline
from offair.emulator.web.host.server import Server

LOOPBACK = "127.0.0.1"
PATIENCE = 3.0  # real seconds for what should come
PLACE = "/hooks"


class Postbox:
    """Keeps what it is called with, and answers with one status. A context manager: it listens inside.

    ``now`` tells the cloud's time.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
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

    def take(self, count: int) -> list[Exchange]:
        """Give what came since the last time, once there is so much of it; three seconds are waited for that."""
        deadline = Deadline(PATIENCE)
        with self._changed:
            while len(self._came) < count and not deadline.is_over:
                self._changed.wait(deadline.remaining)
            came, self._came = self._came, []
        return came

    def _hear(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").title(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        came = Exchange(
            method=environ["REQUEST_METHOD"],
            path=f"http://{LOOPBACK}:{self._server.port}{environ['PATH_INFO']}",
            status=self._status,
            request_headers=headers,
            request_body=environ["wsgi.input"].read(length),
            at=self._now(),
            is_hook=True,
        )
        with self._changed:
            self._came.append(came)
            self._changed.notify_all()
        start(f"{came.status} Heard", [("Content-Length", "0")])
        return [b""]
