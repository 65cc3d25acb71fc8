"""What was said over a WebSocket, as the stand-in's journal has it, and the request that opened it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from offair.contracts.exchange import SWITCHED, Exchange, Side

LENGTH = re.compile(r"\d+ bytes")  # what the journal keeps of a frame that is long, or no text


@dataclass(frozen=True, slots=True)
class Utterance:
    """One frame: ``url`` is that of the request that opened its WebSocket, ``at`` as in an exchange."""

    url: str
    side: Side
    frame: str
    at: float | None


def read_utterance(entry: Mapping[str, Any]) -> Utterance | None:
    """Read an entry of the journal; None for what is no frame, and for a frame of which it has the length only."""
    told = entry.get("details") or {}
    if entry.get("kind") != "frame" or "body" not in told or not told.get("url"):
        return None
    body = told["body"]
    if isinstance(body, str) and LENGTH.fullmatch(body):
        return None
    return Utterance(
        url=told["url"],
        side="from_client" if told.get("sender") == "client" else "from_server",
        frame=body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
        at=entry.get("at"),
    )


def heard_in(told: Iterable[Exchange | Utterance]) -> list[Exchange]:
    """Put all that was said to the latest request before it that opened a WebSocket at its URL.

    A journal is bounded: where it has lost that request, there is one in its place that says where, and no more.
    """
    found: list[Exchange] = []
    opened: dict[str, int] = {}
    frames: dict[int, list[tuple[Side, str | bytes]]] = defaultdict(list)
    for one in told:
        if isinstance(one, Utterance):
            if one.url not in opened:
                opened[one.url] = len(found)
                found.append(_opening(one))
            frames[opened[one.url]].append((one.side, one.frame))
            continue
        if one.status == SWITCHED:
            opened[one.path] = len(found)
        found.append(one)
    return [replace(one, frames=tuple(frames[place])) if place in frames else one for place, one in enumerate(found)]


def _opening(one: Utterance) -> Exchange:
    return Exchange(method="GET", path=one.url, status=SWITCHED, request_headers={"Upgrade": "websocket"}, at=one.at)
