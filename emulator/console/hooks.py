"""The pages of hooks: what was sent and what came of it, one in full, and the inbox for who has no receiver."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from offair.emulator.console.clerk import Clerk
from offair.emulator.console.entries import pretty
from offair.emulator.core.problems import Missing

SHOWN = 100
CHOSEN = 200  # streams of a cloud among which one can choose; any other has the same on its own page
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
        "choices": list(choices(clerk, state["streams"])),
        "inbox": clerk.ask("GET /inbox"),
    }


def show(clerk: Clerk, parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather all about one delivery; Missing where there is none."""
    found = clerk.ask("GET /deliveries")["deliveries"]
    delivery = next((one for one in found if one["id"] == parts["delivery"]), None)
    if delivery is None:
        raise Missing(f"there is no hook {parts['delivery']}; a reset forgets those that were sent")
    return {"title": delivery["event"], "delivery": row(delivery), "pretty": pretty_text(delivery["body"])}


def choices(
    clerk: Clerk, streams: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, list[Mapping[str, Any]], list[str]]]:
    """Give each cloud whose hooks can be sent out of turn, with its newest streams and what its hooks are called."""
    for cloud in clerk.providers:
        own = sorted((one for one in streams if one["cloud"] == cloud), key=lambda one: -one["created_at"])
        if own and (events := events_of(clerk, cloud)):
            yield cloud, own[:CHOSEN], events


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
