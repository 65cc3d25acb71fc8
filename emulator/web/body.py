"""Reading a request's JSON: what is not JSON is Malformed, with the byte where reading stopped."""

import re
from typing import Any

import msgspec
from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from understudy.contracts.contract import Operation
from understudy.emulator.core.problems import Malformed

AT_BYTE = re.compile(r"\(byte (\d+)\)")


def read_body(request: Request, operation: Operation) -> Any:
    """Read the JSON that an operation takes; None for an operation without a body, whatever was sent.

    A missing Content-Type is taken for JSON; another one than JSON is Malformed.
    """
    if not operation.has_body:
        return None
    try:
        raw = request.get_data()
    except RequestEntityTooLarge as error:
        raise Malformed("The body is too large") from error
    except ClientDisconnected as error:
        raise Malformed("The body ended early") from error
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


def parse(raw: bytes) -> Any:
    """Parse JSON (RFC 8259); Malformed tells the offset in bytes."""
    try:
        return msgspec.json.decode(raw)
    except RecursionError as error:
        raise Malformed("JSON is nested too deeply", 0) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        found = AT_BYTE.search(str(error))
        offset = int(found[1]) if found else len(raw)
        raise Malformed(f"Malformed JSON at offset {offset}", offset) from error


def _is_json(mimetype: str) -> bool:
    return mimetype == "application/json" or mimetype.endswith("+json")
