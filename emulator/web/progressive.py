"""The endless answer: a running stream as one MP4, in chunks, for as long as the broadcast and its reader last."""

import select
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from flask import Response, request

from offair.emulator.core.audience import Audience
from offair.emulator.core.ports import Origin, Tap, Usher
from offair.emulator.core.viewing import Viewing
from offair.emulator.web.viewer import viewing_of
from offair.emulator.web.waiting import about_to_wait

NAME = "stream.mp4"
HUNG_UP = getattr(select, "POLLRDHUP", 0)  # Linux tells even where something unread stands before the end
UNSENT = 1 << 16  # bytes that the system may hold for a reader; more would hide how far it is behind


@dataclass(frozen=True, slots=True)
class Progressive:
    """Serves ``stream.mp4``, the best variant, and ``<variant>/stream.mp4``; ``sorry`` says that there is nothing."""

    cloud: str
    origin: Origin
    usher: Usher
    audience: Audience
    headers: dict[str, str]
    sorry: Callable[[int, str], Response]

    def watch(self, stream: str, name: str) -> Response:
        """Answer with the stream from its latest key frame on."""
        variant = name.rpartition("/")[0] or None
        headers = {**self.headers, "Cache-Control": "no-store", "Accept-Ranges": "none"}
        connection: socket.socket | None = request.environ.get("werkzeug.socket")
        about_to_wait(request.environ)
        tap = self.origin.tap(stream, variant, lambda: _sever(connection))
        if tap is None:
            return self.sorry(404, f"{NAME} of {variant or stream} is not on air")
        if request.method == "HEAD":
            tap.close()
            return Response(headers=headers, mimetype="video/mp4")
        if connection is not None:
            with suppress(OSError):  # macOS refuses it of who is gone already, as writing will tell
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)
        viewing = viewing_of(request, stream, name, protocol="mp4")
        return Response(self._read(tap, viewing, connection), headers=headers, mimetype="video/mp4")

    def _read(self, tap: Tap, viewing: Viewing, connection: socket.socket | None) -> Iterator[bytes]:
        rise = self.usher.seat(self.cloud, viewing, lambda: _sever(connection))
        try:
            for content in tap:
                if not content and _is_gone(connection):
                    return
                self.audience.saw(viewing.stream, viewing.player, viewing=viewing, size=len(content))
                yield content
        finally:
            rise()
            tap.close()
            self.audience.left(viewing.stream, viewing.player)


def _is_gone(connection: socket.socket | None) -> bool:
    """Say whether the reader hung up, which no write tells while there is nothing to write."""
    if connection is None:
        return False
    hung_up = HUNG_UP | select.POLLHUP | select.POLLERR
    look = select.poll()
    look.register(connection, hung_up)
    if look.poll(0):
        return True
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _sever(connection: socket.socket | None) -> None:
    if connection is not None:
        with suppress(OSError):  # it is closed already
            connection.shutdown(socket.SHUT_RDWR)
