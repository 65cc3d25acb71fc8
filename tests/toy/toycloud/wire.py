"""The toy's JSON: what is read from it, and what is shown."""

from collections.abc import Mapping
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.streams import State, Stream
from offair.emulator.provider.call import Addresses
from toycloud.rules import Show, Wish

STATES = {
    State.IDLE: "waiting", State.STARTING: "waiting", State.LIVE: "on", State.RECONNECTING: "on",
    State.STOPPING: "over", State.ENDED: "over", State.ERRORED: "broken",
}  # fmt: skip


def read_wish(body: Mapping[str, Any]) -> Wish:
    """Read what room is wanted."""
    return Wish(
        title=body["title"],
        tags=tuple(body.get("tags", ())),
        is_guarded=body.get("guarded", False),
        is_recorded=body.get("record", False),
    )


def show_state(stream: Stream) -> str:
    """Name a room's state as the toy does."""
    return "locked" if stream.closed is not None else STATES[stream.state]


def show_room(stream: Stream, addresses: Addresses, *, is_own: bool) -> dict[str, Any]:
    """Show a room; where to send the pictures is its own people's affair."""
    shown = {
        "room": stream.id,
        "title": stream.name,
        "state": show_state(stream),
        "tags": list(stream.extra["tags"]),
        "made": rfc3339(stream.created_at, places=3),
        "stage": stream.extra["stage"],
        "watch": f"{addresses.cdn}/hls/{stream.extra['stage']}/master.m3u8",
    }
    talk = f"{addresses.socket(addresses.api)}/rooms/{stream.id}/chat"
    return {**shown, "push": f"{addresses.rtmp}/{stream.app}/{stream.key}", "talk": talk} if is_own else shown


def write_shows(shows: list[Show]) -> str:
    """Write a line for each broadcast."""
    lines = [f"{show.room},{rfc3339(show.began_at, places=3)},{show.seconds:.0f}" for show in shows]
    return "\n".join(["room,began,seconds", *lines, ""])
