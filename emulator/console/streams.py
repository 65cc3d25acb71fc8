"""The page of all streams: what there is at every cloud, and how to make one as the docs do."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from offair.emulator.console import repeating
from offair.emulator.console.clerk import Clerk
from offair.emulator.console.plots import plot
from offair.emulator.provider.provider import Provider

SHOWN = 100  # streams on one page; a filter finds the others
LATEST_REFUSALS = 5
ORDER = ("live", "reconnecting", "starting", "stopping", "errored", "idle", "ended")
FILTERS = ("cloud", "state", "text")


def gather(clerk: Clerk, _parts: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Gather the streams that the query's filters let through, those on air first."""
    state, ready = clerk.ask("GET /state"), clerk.ask("GET /ready")
    tenants = {tenant["id"]: tenant for tenant in state["tenants"]}
    wanted = {name: query[name] for name in FILTERS if query.get(name)}
    now = state["clock"]["now"]
    fitting = [stream for stream in state["streams"] if fits(stream, wanted)]
    fitting.sort(key=lambda stream: (_rank(stream), -stream["created_at"]))
    return {
        "streams": [_row(stream, tenants, now) for stream in fitting[:SHOWN]],
        "count": len(fitting),
        "total": len(state["streams"]),
        "on_air": sum(stream["state"] == "live" for stream in state["streams"]),
        "wanted": wanted,
        "clouds": [(name, provider.title) for name, provider in clerk.providers.items()],
        "states": ORDER,
        "makers": [make(provider, ready["clouds"][name]) for name, provider in clerk.providers.items()],
        "refusals": state["refusals"][-LATEST_REFUSALS:][::-1],
    }


def fits(stream: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Say whether a stream passes the filters; the text may be a part of its name, id or tenant, in any case."""
    text = wanted.get("text", "").casefold()
    told = f"{stream['name']} {stream['id']} {stream['tenant']}".casefold()
    same = all(stream[name] == wanted[name] for name in ("cloud", "state") if name in wanted)
    return same and text in told


def make(provider: Provider, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Give the call that a cloud's docs make a stream with: its published example, and the same for a shell."""
    demo = provider.demo
    example = next(one for one in provider.promise.examples_of(demo.operation) if one.name == demo.example)
    path = example.path.removeprefix(provider.promise.base_path)
    body = json.dumps(example.request_body, ensure_ascii=False)
    headers = {**shown["headers"], "Content-Type": "application/json"}
    url = shown["base_url"] + path
    variables = repeating.variables_of(provider.name, shown)
    return {
        "cloud": provider.name,
        "title": provider.title,
        "operation": demo.operation,
        "curl": repeating.curl(example.method, url, headers, body, variables),
        "call": {
            "method": example.method,
            "path": urlsplit(url).path.lstrip("/"),
            "headers": headers,
            "body": example.request_body,
        },
    }


def _rank(stream: Mapping[str, Any]) -> int:
    return ORDER.index(stream["state"]) if stream["state"] in ORDER else len(ORDER)


def _row(stream: Mapping[str, Any], tenants: Mapping[str, Any], now: float) -> dict[str, Any]:
    numbers = stream.get("numbers") or {}
    tenant = tenants.get(stream["tenant"], {})
    return {
        **stream,
        "tenant_name": tenant.get("name") or stream["tenant"],
        "bitrate": numbers.get("bitrate"),
        "viewers": numbers.get("viewers"),
        "age": max(0.0, now - stream["created_at"]),
        "line": plot(stream["bitrates"]),
    }
