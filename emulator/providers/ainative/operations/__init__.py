"""AINative's operations, an area a module: each reads the call, asks a rule, and shows what became of it."""

from offair.emulator.providers.ainative.operations import (
    accounts,
    analytics,
    browsing,
    chat,
    content,
    dashboard,
    media,
    meetings,
    people,
    planning,
    publishing,
    streams,
    uploads,
    videos,
    vods,
)
from offair.emulator.providers.ainative.operations.register import PROMISE, below, operation

__all__ = [
    "PROMISE", "accounts", "analytics", "below", "browsing", "chat", "content", "dashboard", "media", "meetings",
    "operation", "people", "planning", "publishing", "streams", "uploads", "videos", "vods",
]  # fmt: skip
