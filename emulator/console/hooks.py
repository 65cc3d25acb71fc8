"""The pages of hooks: what was sent and what came of it, one in full, and the inbox for who has no receiver."""

import json
from collections.abc import Mapping
from typing import Any

from offair.emulator.console.clerk import Clerk
from offair.emulator.console.entries import pretty
from offair.emulator.core.problems import Missing

SHOWN = 100
FILTERS = ("tenant", "stream", "state")
STATES = ("waiting", "delivered", "given_up")


def gather(clerk: Clerk, _parts: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Gather the newest deliveries that the filters let through, and what the inbox caught."""
    wanted = {name: query[name] for name in FILTERS if query.get(name)}
    found = clerk.ask("GET /deliveries", query=wanted)["deliveries"]
    state = clerk.ask("GET /state")
    return {
        "deliveries": [row(one) for one in reversed(found[-SHOWN:])],
        "count": len(found),
        "wanted": wanted,
        "states": STATES,
        "tenants": [(one["id"], f"{one['name']} ({one['cloud']})") for one in state["tenants"]],
        "streams": [one for one in state["streams"] if events_of(clerk, one["cloud"])],
        "events": {cloud: events_of(clerk, cloud) for cloud in clerk.providers},
        "inbox": clerk.ask("GET /inbox"),
    }


def show(clerk: Clerk, parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather all about one delivery; Missing where there is none."""
    found = clerk.ask("GET /deliveries")["deliveries"]
    delivery = next((one for one in found if one["id"] == parts["delivery"]), None)
    if delivery is None:
        raise Missing(f"there is no hook {parts['delivery']}; a reset forgets those that were sent")
    return {"title": delivery["event"], "delivery": row(delivery), "pretty": pretty_text(delivery["body"])}


def events_of(clerk: Clerk, cloud: str) -> list[str]:
    """Name the hooks that a cloud documents."""
    if cloud not in clerk.providers:
        return []
    promises = [surface.operations.promise for surface in clerk.provider(cloud).surfaces]
    return [event for promise in promises for event in promise.webhooks]


def row(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """Show a delivery in a line: what came of it last."""
    attempts = delivery["attempts"]
    last = attempts[-1] if attempts else None
    outcome = "not tried yet" if last is None else last["error"] or str(last["status"])
    return {**delivery, "outcome": outcome, "last_at": last["at"] if last else delivery["due_at"]}


def pretty_text(body: str) -> str:
    """Write a body that is JSON with a member a line, any other as it is."""
    try:
        return pretty(json.loads(body))
    except ValueError:
        return body
