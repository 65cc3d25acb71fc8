"""What players fetch: manifests that are never cached, segments that always may be, and the time of day."""

import gzip
from datetime import UTC, datetime

from flask import Flask, Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from offair.emulator.core.audience import Audience
from offair.emulator.core.clock import Clock
from offair.emulator.core.ports import MisaskedError, Origin, OverdueError, Piece
from offair.emulator.web.spoiling.spoiler import Spoiler
from offair.emulator.web.stretch import Stretch

CDN = "/cdn"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, Content-Type, Origin, Accept",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, Date, Server, Age",
    "Access-Control-Max-Age": "86400",
    "Timing-Allow-Origin": "*",
}
METHODS = ["GET", "HEAD", "OPTIONS"]
SMALL = 1400  # bytes: a manifest that fits into one packet gains nothing by being compressed
FRESH = "no-cache"
LARGE = 4 << 20  # bytes from which on a file is not read into memory
FOR_EVER = "public, max-age=31536000, immutable"


def add_playback(
    app: Flask, *, prefix: str, origin: Origin, clock: Clock, audience: Audience, spoiler: Spoiler
) -> None:
    """Serve every stream's files under ``prefix/cdn/<stream>/``, with ranges, and the time at ``prefix/cdn/time``.

    The ``audience`` hears who fetched what was there, and the ``spoiler`` lets go wrong what a test asked for.
    """

    def fetch(stream: str, name: str) -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers=CORS)
        try:
            piece = origin.find(stream, name, request.args)
            response, size = _whole(piece) if piece else (None, 0)
        except MisaskedError as error:
            return sorry(400, str(error))
        except OverdueError as error:
            return sorry(503, str(error))
        except OSError:  # it left the window between the look and the read
            piece = response = None
        if piece is None or response is None:
            return sorry(404, f"{name} does not exist (yet, or any more)")
        if request.method == "GET":
            audience.saw(stream, player())
        response.headers["Cache-Control"] = FOR_EVER if piece.is_immutable else FRESH
        try:
            response.make_conditional(request, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable:
            response.close()
            return Response(status=416, headers={**CORS, "Content-Range": f"bytes */{size}"})
        return response

    def time() -> Response:
        text = datetime.fromtimestamp(clock.wall(), tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Response(text, headers={**CORS, "Cache-Control": "no-store"}, mimetype="text/plain")

    rule = f"{prefix}{CDN}"
    app.add_url_rule(
        f"{rule}/<stream>/<path:name>", endpoint=f"{prefix}.fetch", view_func=spoiler.spoiling(fetch, CORS),
        methods=METHODS, provide_automatic_options=False,
    )  # fmt: skip
    app.add_url_rule(
        f"{rule}/time",
        endpoint=f"{prefix}.time",
        view_func=time,
        methods=METHODS,
        provide_automatic_options=False,
    )


def player() -> tuple[str | None, ...]:
    """Tell the players of this request's stream apart: by address, program, and the session that the query may name."""
    return request.remote_addr, request.headers.get("User-Agent"), request.args.get("sid")


def _whole(piece: Piece) -> tuple[Response, int]:
    """Answer with all of a piece, and tell its size; a large file is read as it is sent. OSError when it is gone."""
    if piece.content is None and piece.path.stat().st_size > LARGE:
        stretch = Stretch(piece.path)
        response = Response(stretch, headers=CORS, mimetype=piece.media_type, direct_passthrough=True)
        response.content_length = stretch.size
        response.set_etag(stretch.tag)
        response.call_on_close(stretch.close)
        return response, stretch.size
    content = piece.content or piece.path.read_bytes()
    is_text = piece.media_type.startswith("application/")  # ranges count the bytes of media as they are
    is_packed = is_text and len(content) > SMALL and request.accept_encodings.quality("gzip") > 0
    if is_packed:  # RFC 8216, 6.2.1
        content = gzip.compress(content, compresslevel=1, mtime=0)
    response = Response(content, headers=CORS, mimetype=piece.media_type)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.add_etag()
    return response, len(content)


def sorry(status: int, words: str) -> Response:
    """Answer that there is nothing, which may be different in a moment."""
    return Response(f"{words}\n", status, {**CORS, "Cache-Control": FRESH}, "text/plain")
