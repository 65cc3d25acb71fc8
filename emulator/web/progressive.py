"""The endless answer: a running stream as one MP4, in chunks, for as long as the broadcast and its reader last."""

import select
import socket
from collections.abc import Iterator
from contextlib import suppress

from flask import Flask, Response, request

from offair.emulator.core.audience import Audience
from offair.emulator.core.ports import Origin, Tap
from offair.emulator.web.playback import CDN, CORS, METHODS, player, sorry
from offair.emulator.web.spoiling.spoiler import Spoiler

NAME = "stream.mp4"
HUNG_UP = getattr(select, "POLLRDHUP", 0)  # Linux tells even where something unread stands before the end
UNSENT = 1 << 16  # bytes that the system may hold for a reader; more would hide how far it is behind
HEADERS = {**CORS, "Cache-Control": "no-store", "Accept-Ranges": "none"}


def add_progressive(app: Flask, *, prefix: str, origin: Origin, audience: Audience, spoiler: Spoiler) -> None:
    """Serve ``prefix/cdn/<stream>/stream.mp4``, the best variant, and ``…/<stream>/<variant>/stream.mp4``."""

    def watch(stream: str, name: str) -> Response:
        variant = name.rpartition("/")[0] or None
        if request.method == "OPTIONS":
            return Response(status=204, headers=CORS)
        connection: socket.socket | None = request.environ.get("werkzeug.socket")
        tap = origin.tap(stream, variant, lambda: _sever(connection))
        if tap is None:
            return sorry(404, f"{NAME} of {variant or stream} is not on air")
        if request.method == "HEAD":
            tap.close()
            return Response(headers=HEADERS, mimetype="video/mp4")
        if connection is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)
        return Response(_read(tap, stream, player(), connection), headers=HEADERS, mimetype="video/mp4")

    def _read(tap: Tap, stream: str, who: tuple[str | None, ...], connection: socket.socket | None) -> Iterator[bytes]:
        try:
            for content in tap:
                if not content and _is_gone(connection):
                    return
                audience.saw(stream, who)
                yield content
        finally:
            tap.close()

    spoilt = spoiler.spoiling(watch, CORS)

    def view(stream: str, variant: str | None = None) -> Response:
        return spoilt(stream, f"{variant}/{NAME}" if variant else NAME)

    for shape in (f"<stream>/{NAME}", f"<stream>/<variant>/{NAME}"):
        app.add_url_rule(
            f"{prefix}{CDN}/{shape}", endpoint=f"{prefix}.watch", view_func=view, methods=METHODS,
            provide_automatic_options=False,
        )  # fmt: skip


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
