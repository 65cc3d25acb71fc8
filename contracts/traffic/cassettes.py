"""Cassettes of VCR: vcrpy's YAML and JSON, and those of Ruby's VCR and Betamax, which write much the same."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import yaml

from offair.contracts.exchange import Exchange, header
from offair.contracts.traffic.coding import opened
from offair.contracts.traffic.unread import UnreadError
from offair.contracts.yamltext import LOADER

INTERACTIONS = ("interactions", "http_interactions", "recorded_interactions")


class _Plain(LOADER):  # type: ignore[valid-type, misc] # whichever of the two safe ones is there
    """Takes what Python wrote of its own kinds for what it holds: no cassette makes an object here."""


def _held(loader: Any, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Plain.add_multi_constructor("tag:yaml.org,2002:python/", _held)


def read_cassette(content: bytes) -> list[Exchange] | None:
    """Read a cassette; None where the file is something else. UnreadError finishes the sentence "<file> ..."."""
    said = _parsed(content)
    found = (
        next((said[name] for name in INTERACTIONS if name in said), None) if isinstance(said, dict) else said or None
    )
    if not isinstance(found, list) or not all(isinstance(one, dict) and "request" in one for one in found):
        return None
    return list(_exchanges(found))


def _parsed(content: bytes) -> Any:
    if content.lstrip()[:1] in {b"{", b"["}:
        with suppress(ValueError):  # YAML may begin so too, and says better where it ends
            return json.loads(content)
    try:
        return yaml.load(content, Loader=_Plain)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else "somewhere"
        problem = getattr(error, "problem", None) or "it is no text"
        raise UnreadError(f"is neither JSON nor YAML, or half of it: {problem}, at {where}") from error


def _exchanges(interactions: list[Any]) -> Iterator[Exchange]:
    for number, one in enumerate(interactions, 1):
        try:
            yield _exchange(one)
        except KeyError as error:
            raise UnreadError(f"is no cassette: its interaction {number} cannot be read: it has no {error}") from error
        except (TypeError, AttributeError, ValueError) as error:
            raise UnreadError(f"is no cassette: its interaction {number} cannot be read: {error!r}") from error


def _exchange(said: Mapping[str, Any]) -> Exchange:
    asked, answered = said["request"], said["response"]
    headers = _headers(answered.get("headers") or {})
    body, is_cut = opened(_body(answered, "content"), header(headers, "Content-Encoding") or "")
    return Exchange(
        method=str(asked["method"]).upper(),
        path=asked.get("uri") or asked["url"],
        status=_status(answered),
        request_headers=_headers(asked.get("headers") or {}),
        request_body=_body(asked),
        response_headers=headers,
        response_body=body,
        at=_moment(said.get("recorded_at")),
        is_cut=is_cut,
    )


def _status(answered: Mapping[str, Any]) -> int:
    """Read a status: a number, one with its words, or as httpx has it."""
    status = answered.get("status", answered.get("status_code"))
    said = status.get("code") if isinstance(status, dict) else status
    if said is None:
        raise KeyError("status")
    return int(said)


def _headers(said: Mapping[str, Any] | list[Any]) -> dict[str, str]:
    """Read headers, of which each may have one value or several; some write pairs."""
    pairs = said.items() if isinstance(said, Mapping) else [tuple(pair) for pair in said]
    found: dict[str, str] = {}
    for name, value in pairs:
        told = ", ".join(map(_text, value)) if isinstance(value, list | tuple) else _text(value)
        found[_text(name)] = f"{found[_text(name)]}, {told}" if _text(name) in found else told
    return found


def _text(said: Any) -> str:
    return said.decode("latin-1") if isinstance(said, bytes) else "" if said is None else str(said)


def _body(side: Mapping[str, Any], other: str = "body") -> bytes:
    """Read a body: text, bytes, either in a mapping of its own, or JSON that somebody had written as such."""
    if "parsed_body" in side:
        return json.dumps(side["parsed_body"], ensure_ascii=False).encode()
    said = side.get("body", side.get(other))
    if isinstance(said, dict) and "base64_string" in said:
        return base64.b64decode(said["base64_string"])
    if isinstance(said, dict) and "string" in said:
        said = said["string"]
    if said is None:
        return b""
    if isinstance(said, dict | list):
        return json.dumps(said, ensure_ascii=False).encode()
    return said if isinstance(said, bytes) else str(said).encode()


def _moment(said: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
