"""The pages of chat: which rooms there are at the clouds that have any, and one as its people see it."""

from collections.abc import Mapping
from typing import Any

from offair.emulator.console.clerk import Clerk


def gather(clerk: Clerk, _parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather the rooms, those with people in them first."""
    rooms = clerk.ask("GET /chat")["rooms"]
    talking = [provider.title for provider in clerk.providers.values() if provider.parlour is not None]
    return {"rooms": sorted(rooms, key=lambda room: -room["present"]), "talking": talking}


def show(clerk: Clerk, parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather what is said in a room; Missing where there is none."""
    room = clerk.ask("GET /chat/{room}", {"room": parts["room"]})
    return {"title": room["title"] or room["id"], "room": room}
