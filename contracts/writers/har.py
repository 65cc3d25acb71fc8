"""What was exchanged, as an HTTP Archive (HAR 1.2), for browsers and other tools."""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from offair.contracts.exchange import BINARY, TEXT, Exchange, Side
from offair.contracts.report import FORMAT, Report

VERSION = "1.2"
UNKNOWN = -1  # HAR 1.2: what the writer does not know


def write_har(report: Report) -> str:
    """Write every exchange that was judged; comments name the rules that each operation broke."""
    broken: dict[str, list[str]] = {}
    for verdict in report.broken:
        for one in verdict.violations:
            broken.setdefault(one.operation or "", []).append(verdict.rule.name)
    written = archive(report.exchanges, report.target, comment=f"offair check {report.kind} {report.target}")
    written["log"]["_broken"] = {operation: sorted(set(names)) for operation, names in broken.items()}
    return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


def archive(exchanges: Iterable[Exchange], target: str, *, comment: str) -> dict[str, Any]:
    """Make an HTTP Archive of exchanges; ``target`` is where those went that have no whole URL."""
    return {
        "log": {
            "version": VERSION,
            "creator": {"name": "offair", "version": str(FORMAT)},
            "comment": comment,
            "entries": [_entry(one, target) for one in exchanges],
        }
    }


def _entry(one: Exchange, target: str) -> dict[str, Any]:
    parts = urlsplit(target)
    root = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "http://localhost"
    url = one.path if "://" in one.path else root + one.path
    began = datetime.fromtimestamp(one.at or 0.0, tz=UTC).isoformat().replace("+00:00", "Z")
    return {
        "startedDateTime": began,
        "time": 0,
        "request": {
            "method": one.method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(one.request_headers),
            "queryString": _pairs(dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))),
            "headersSize": UNKNOWN,
            "bodySize": len(one.request_body),
            **({"postData": _posted(one)} if one.request_body else {}),
        },
        "response": {
            "status": one.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(one.response_headers),
            "content": _content(one),
            "redirectURL": "",
            "headersSize": UNKNOWN,
            "bodySize": len(one.response_body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        **({"comment": one.title} if one.title else {}),
        **({"_webSocketMessages": [*map(_frame, one.frames)]} if one.frames else {}),
    }


def _frame(said: tuple[Side, str | bytes]) -> dict[str, Any]:
    side, frame = said
    kind = "send" if side == "from_client" else "receive"
    if isinstance(frame, bytes):
        return {"type": kind, "time": 0, "opcode": BINARY, "data": base64.b64encode(frame).decode()}
    return {"type": kind, "time": 0, "opcode": TEXT, "data": frame}


def _pairs(named: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in named.items()]


def _posted(one: Exchange) -> dict[str, str]:
    return {"mimeType": one.request_content_type or "", "text": one.request_body.decode("utf-8", "replace")}


def _content(one: Exchange) -> dict[str, Any]:
    body = one.response_body
    said: dict[str, Any] = {"size": len(body), "mimeType": one.response_content_type or ""}
    try:
        return {**said, "text": body.decode()}
    except UnicodeDecodeError:
        return {**said, "text": base64.b64encode(body).decode(), "encoding": "base64"}
