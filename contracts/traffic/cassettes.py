"""Cassettes of VCR: vcrpy's YAML and JSON, and those of Ruby's VCR and Betamax, which write much the same."""

import base64
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml

from offair.contracts.exchange import Exchange, header
from offair.contracts.traffic.unread import UnreadError
from offair.contracts.yamltext import read_yaml

INTERACTIONS = ("interactions", "http_interactions", "recorded_interactions")
ZIPPED = {"gzip", "x-gzip", "deflate"}
EITHER = 32 + zlib.MAX_WBITS  # gzip and zlib, whichever it is
OPEN = {"", "identity"}


def read_cassette(content: bytes) -> list[Exchange] | None:
    """Read a cassette; None where the file is something else. UnreadError finishes the sentence "<file> ..."."""
    try:
        said = read_yaml(content)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else "somewhere"
        problem = getattr(error, "problem", None) or "it is no text"
        raise UnreadError(f"is neither JSON nor YAML, or half of it: {problem}, at {where}") from error
    found = next((said[name] for name in INTERACTIONS if name in said), None) if isinstance(said, dict) else None
    return None if not isinstance(found, list) else list(_exchanges(found))


def _exchanges(interactions: list[Any]) -> Iterator[Exchange]:
    for number, one in enumerate(interactions, 1):
        try:
            yield _exchange(one)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise UnreadError(f"is no cassette: its interaction {number} cannot be read: {error!r}") from error


def _exchange(said: Mapping[str, Any]) -> Exchange:
    asked, answered = said["request"], said["response"]
    headers = _headers(answered.get("headers") or {})
    body, is_cut = _opened(_body(answered.get("body")), header(headers, "Content-Encoding") or "")
    status = answered["status"]
    when = said.get("recorded_at")
    return Exchange(
        method=str(asked["method"]).upper(),
        path=asked.get("uri") or asked["url"],
        status=int(status["code"] if isinstance(status, dict) else status),
        request_headers=_headers(asked.get("headers") or {}),
        request_body=_body(asked.get("body")),
        response_headers=headers,
        response_body=body,
        at=_moment(when),
        is_cut=is_cut,
    )


def _headers(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: ", ".join(map(str, v)) if isinstance(v, list) else str(v) for name, v in said.items()}


def _body(said: Any) -> bytes:
    if isinstance(said, dict):
        if "base64_string" in said:
            return base64.b64decode(said["base64_string"])
        said = said.get("string")
    if said is None:
        return b""
    return said if isinstance(said, bytes) else str(said).encode()


def _opened(body: bytes, coding: str) -> tuple[bytes, bool]:
    """Undo a coding; a body that was recorded open stays, and one that cannot be opened is not known."""
    name = coding.strip().lower()
    if name in ZIPPED:
        try:
            return zlib.decompress(body, EITHER), False
        except zlib.error:
            return body, False
    return body, name not in OPEN and body.lstrip()[:1] not in {b"{", b"["}


def _moment(said: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
