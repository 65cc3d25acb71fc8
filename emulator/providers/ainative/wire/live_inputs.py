"""News of a live input, as Cloudflare Stream sends it to whoever asked for it."""

from typing import Any

from offair.emulator.core.clock import rfc3339

NAME, KIND = "Live Webhook", "Stream Live Input"


def news_of(video: str, event: str, at: float) -> dict[str, Any]:
    """Write that something became of the live input of this name at a moment."""
    moment = rfc3339(at)
    return {
        "name": NAME,
        "text": f"Notification type: {KIND}\nInput ID: {video}\nEvent type: {event}\nUpdated at: {moment}",
        "data": {"notification_name": KIND, "input_id": video, "event_type": event, "updated_at": moment},
        "ts": int(at),
    }
