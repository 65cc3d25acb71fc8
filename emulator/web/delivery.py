"""Whole answers, and parts of them: files and texts with ranges, conditions and compression."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Request, Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from offair.contracts.digits import is_number
from offair.emulator.web.stretch import Stretch

SMALL = 1400  # bytes: a manifest that fits into one packet gains nothing by being compressed
RANGES = "bytes="
PRECONDITION_FAILED = 412  # RFC 9110, section 15.5.13: it is not what the request was for, so none of it is sent
LARGE = 4 << 20  # bytes from which on a file is not read into memory


def deliver(
    request: Request, content: bytes | Path, media_type: str, *, headers: Mapping[str, str], freshness: str
) -> Response:
    """Answer with as much of a file or a text as the request asks for (RFC 9110, sections 13 and 14).

    ``freshness`` is the Cache-Control. OSError when the file is gone.
    """
    response, size = _whole(request, content, media_type, headers)
    response.headers["Cache-Control"] = freshness
    _read_range(request, size)
    environ = request.environ
    if not request.headers.get("Range", RANGES).startswith(RANGES):  # another unit is let pass (RFC 9110, 14.2)
        environ = {name: value for name, value in environ.items() if name != "HTTP_RANGE"}
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        return Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if response.status_code == PRECONDITION_FAILED:
        response.close()
        return Response(status=PRECONDITION_FAILED, headers=dict(headers))
    return response


def _read_range(request: Request, size: int) -> None:
    """Let a Range stand that one part answers, and take every other away (RFC 9110, section 14.2): all of it is sent.

    Units that nobody knows are ignored; several ranges may be. A suffix longer than the whole is all of it (14.1.2).
    """
    asked = request.environ.get("HTTP_RANGE", "")
    units, _, ranges = asked.partition("=")
    if not asked:
        return
    if units.strip().lower() != "bytes" or "," in ranges:
        del request.environ["HTTP_RANGE"]
    elif ranges.strip().startswith("-") and size > 0 and _exceeds(ranges.strip()[1:], size):
        request.environ["HTTP_RANGE"] = "bytes=0-"


def _exceeds(digits: str, size: int) -> bool:
    """Say whether a number is above a size; one may have any number of digits."""
    return digits.isascii() and digits.isdecimal() and (not is_number(digits) or int(digits) > size)


def _whole(
    request: Request, content: bytes | Path, media_type: str, headers: Mapping[str, str]
) -> tuple[Response, int]:
    """Answer with all of it, and tell its size; a large file is read as it is sent."""
    if isinstance(content, Path) and content.stat().st_size > LARGE:
        stretch = Stretch(content)
        response = Response(stretch, headers=dict(headers), direct_passthrough=True, **_typed(media_type))
        response.content_length = stretch.size
        response.set_etag(stretch.tag)
        response.call_on_close(stretch.close)
        return response, stretch.size
    read = content.read_bytes() if isinstance(content, Path) else content
    is_text = media_type.startswith("application/")  # ranges count the bytes of media as they are
    is_packed = is_text and len(read) > SMALL and request.accept_encodings.quality("gzip") > 0
    if is_packed:  # RFC 8216, 6.2.1
        read = gzip.compress(read, compresslevel=1, mtime=0)
    response = Response(read, headers=dict(headers), **_typed(media_type))
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.add_etag()
    return response, len(read)


def _typed(media_type: str) -> dict[str, Any]:
    """Say the type as it is; of a text that does not say how it is written, it is added."""
    return {"content_type" if ";" in media_type else "mimetype": media_type}
