"""Reading a request's JSON: what is not JSON is Malformed, with the byte where reading stopped."""

from collections.abc import Iterable
from typing import Any

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from offair.contracts import jsontext
from offair.contracts.contract import Operation
from offair.emulator.core.problems import Malformed

DEEPEST = 100  # RFC 8259, section 9: a parser may limit the depth of nesting
SHOWN = 16_384  # bytes; of a longer body the journal says only how long it was


def read_body(request: Request, operation: Operation) -> Any:
    """Read the JSON that an operation takes; None for an operation without a body, whatever was sent.

    A missing Content-Type is taken for JSON; another one than JSON is Malformed.
    """
    if not operation.has_body:
        return None
    raw = _receive(request)
    if not raw:
        if operation.is_body_required:
            raise Malformed("The body is empty; send a JSON object", 0)
        return None
    if request.mimetype and not _is_json(request.mimetype):
        raise Malformed(f"The body is {request.mimetype}; send application/json")
    body = parse(raw)
    if body is None:
        raise Malformed("The body is null; send a JSON object", 0)
    return body


def show_body(request: Request, operation: Operation, body: Any) -> Any:
    """Give a request's body as the journal shows it; ``body`` is what was read of it, None where reading failed."""
    if not operation.has_body:
        return None
    try:
        raw = _receive(request)
    except Malformed as problem:
        return str(problem)
    if body is not None or not raw or len(raw) > SHOWN:
        return shown(raw, body)
    try:
        return parse(raw)
    except Malformed as problem:  # unread, so nobody could tell a secret in it
        return f"{len(raw)} bytes: {problem}"


def shown(raw: bytes, body: Any) -> Any:
    """Give any body as the journal shows it: itself, or its length where it is long."""
    return body if len(raw) <= SHOWN else f"{len(raw)} bytes"


def parse(raw: bytes) -> Any:
    """Parse JSON (RFC 8259); Malformed tells the offset in bytes."""
    try:
        value = jsontext.parse(raw)
    except jsontext.NotJsonError as error:
        if isinstance(error.__cause__, RecursionError):
            raise Malformed("JSON is nested too deeply", 0) from error
        raise Malformed(f"Malformed JSON at offset {error.offset}", error.offset) from error
    if _is_deep(value):
        raise Malformed("JSON is nested too deeply", 0)
    return value


def _receive(request: Request) -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise Malformed("The body is too large") from error
    except ClientDisconnected as error:
        raise Malformed("The body ended early") from error


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _is_json(mimetype: str) -> bool:
    return mimetype == "application/json" or mimetype.endswith("+json")
