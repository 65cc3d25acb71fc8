"""Server-sent events, read as a browser does (WHATWG HTML, section 9.2)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx


class Told(NamedTuple):
    """One event: its name, its id, and what it says."""

    event: str
    id: str
    data: Any


@contextmanager
def listening(url: str, *, headers: dict[str, str] | None = None, **query: str) -> Iterator[Iterator[Told]]:
    """Open the events of a control surface; the connection is gone afterwards."""
    with httpx.stream("GET", f"{url}/events", params=query, headers=headers, timeout=30.0) as answer:
        answer.raise_for_status()
        yield _read(answer.iter_lines())


def _read(lines: Iterator[str]) -> Iterator[Told]:
    event, last, data = "message", "", ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "id":
            last = value
        elif name == "data":
            data = value
        elif not line and data:
            yield Told(event, last, json.loads(data))
            event, data = "message", ""
