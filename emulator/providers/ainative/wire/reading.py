"""What callers send, read into our own words: bodies in either spelling, and queries with their defaults."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from offair.contracts.violation import Violation
from offair.emulator.core.ids import as_written
from offair.emulator.provider.query import Query
from offair.emulator.providers.ainative.rules import shelves
from offair.emulator.providers.ainative.rules.streams import Wish
from offair.emulator.providers.ainative.switches import Switches

JSON = dict[str, Any]
HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
PAGE, LIMIT = 20, 50
A_YEAR = 31_536_000  # seconds: no stream is that long, so what is more is a moment since the epoch
# how the fields of our nouns are called in bodies
STREAM = {"title": "title", "description": "description", "category_id": "category", "thumbnail_url": "thumbnail_url",
          "tags": "tags"}  # fmt: skip
SLOT = {"day_of_week": "day", "start_time": "begins", "end_time": "ends", "title": "title", "category_id": "category",
        "is_recurring": "is_weekly"}  # fmt: skip
SOCIALS = ("twitter", "github", "youtube", "website")
PROFILE = ("display_name", "full_name", "bio", "avatar_url", "banner_url")
CHAPTER = {"title": "title", "description": "description", "start_time_seconds": "begins", "end_time_seconds": "ends",
           "thumbnail_url": "thumbnail_url"}  # fmt: skip
UPLOAD = {"cloudflare_video_id": "video", "title": "title", "description": "description", "visibility": "visibility",
          "group_id": "group", "content_warning": "warning", "is_nsfw": "is_unsafe"}  # fmt: skip
VIDEO = {"title": "title", "description": "description", "cloudflare_video_id": "video", "visibility": "visibility",
         "tags": "tags"}  # fmt: skip
MEETING = {"session_name": "name", "max_participants": "most"}


def snake(body: Any, switches: Switches) -> Any:
    """Give a body as the documents spell it; the web client has camel case, and nothing written for no category."""
    if not switches.web_client or not isinstance(body, dict):
        return body
    spelt = {HUMP.sub(lambda found: f"_{found[1].lower()}", name): name for name in body}
    read = {name: body[name if name in body else given] for name, given in spelt.items()}
    if read.get("category_id") == "":
        read["category_id"] = None
    return body if read == body else read


def renamed(body: Mapping[str, Any], names: Mapping[str, str]) -> JSON:
    """Keep the members that are known, under our own names; ids in either case are what we wrote."""
    kept = {ours: body[theirs] for theirs, ours in names.items() if theirs in body}
    return {name: _read(name, value) for name, value in kept.items()}


def _read(name: str, value: Any) -> Any:
    if name in {"category", "group"} and isinstance(value, str):
        return as_written(value)
    return tuple(value) if isinstance(value, list) else value


def overlooks(violation: Violation, _switches: Switches) -> bool:
    """Let an id of a category pass that is cut short with dots, as the documents' own snippets have it."""
    is_category = violation.path in {("category_id",), ("parent_id",)}
    return is_category and violation.rule in {"format", "anyOf"} and str(violation.got).endswith(shelves.DOTS)


def stream_wish(body: JSON) -> Wish:
    """Read a stream as it is wanted."""
    return Wish(**renamed(body, STREAM))


def stream_changes(body: JSON) -> JSON:
    """Read what is to be different about a stream."""
    return renamed(body, STREAM)


def slot_wish(body: JSON) -> JSON:
    """Read a planned stream."""
    return {"category": None, "is_weekly": True, **renamed(body, SLOT)}


def profile_changes(body: JSON, socials: Mapping[str, Any]) -> JSON:
    """Read what is to be different about a person."""
    changes = {name: body[name] for name in PROFILE if name in body}
    named = {name: text for name, text in body.get("socials", {}).items() if name in SOCIALS}
    return {**changes, **({"socials": {**socials, **named}} if named else {})}


def chapter_wish(body: JSON) -> JSON:
    """Read a chapter."""
    return renamed(body, CHAPTER)


def chapter_options(body: JSON | None, shortest: float, most: int) -> JSON:
    """Read how chapters are to be made."""
    asked = body or {}
    return {
        "shortest": asked.get("min_chapter_duration", shortest),
        "most": asked.get("max_chapters", most),
        "by_chat": asked.get("use_chat_data", False),
    }


def clip_wish(body: JSON) -> JSON:
    """Read a clip. The web client cuts what is live by the clock on the wall, which means the last seconds."""
    begins: float | None = body.get("start_time")
    ends: float | None = body.get("end_time")
    if begins is not None and ends is not None and begins > A_YEAR:
        return {"title": body["title"], "begins": None, "ends": None, "length": ends - begins}
    return {"title": body["title"], "begins": begins, "ends": ends, "length": body.get("duration")}


def account(body: JSON) -> JSON:
    """Read who wants an account."""
    names = ("full_name", "display_name")
    return {"username": body.get("username"), **{name: body[name] for name in names if body.get(name)}}


def factor_code(body: JSON) -> str | None:
    """Read the code of a second factor."""
    code: str | None = body.get("mfa_code")
    return code


def new_password(body: JSON) -> str | None:
    """Read the password that somebody chooses; the web client's name for it is not known, so both are taken."""
    chosen: str | None = body.get("new_password") or body.get("password")
    return chosen


def refresh_token(body: JSON) -> str:
    """Read what a fresh access token is asked with."""
    return str(body["refresh_token"])


def appointee(body: JSON) -> tuple[str, bool]:
    """Read who is to moderate, and whether as a VIP."""
    return as_written(body["user_id"]), body.get("is_vip", False)


def meeting_changes(body: JSON, now: float) -> JSON:
    """Read what is to be different about a video session."""
    over = {"ended_at": now} if body.get("status") == "ended" else {}
    return {**renamed(body, MEETING), **over}


def annotation(body: JSON) -> tuple[str, float]:
    """Read what is to be written onto which second."""
    return body["text"], float(body["time_seconds"])


def video_of(body: JSON) -> str:
    """Read which video is meant."""
    return as_written(body["video_id"])


def live_input(body: JSON) -> tuple[str, str]:
    """Read Cloudflare's news of a live input: its id, and what became of it."""
    news = body["data"]
    return news["input_id"], news["event_type"].partition(".")[2]


def number(query: Query, name: str, fallback: int) -> int:
    """Read a number that was judged before."""
    return query.whole(name, fallback)


def paged(query: Query, *, size: int = PAGE) -> tuple[int, int]:
    """Read which page is wanted, and how long it is."""
    return number(query, "page", 1), number(query, "per_page", size)


def id_of(query: Query, name: str) -> str | None:
    """Read an id in a query."""
    return as_written(query[name]) if query.get(name) else None


def wanted_category(query: Query) -> str | None:
    """Read which category is wanted."""
    return id_of(query, "category_id")


def wanted_parent(query: Query) -> str | None:
    """Read below which category."""
    return id_of(query, "parent_id")


def wanted_phase(query: Query) -> str:
    """Read which phase is wanted."""
    return query.get("status_filter", "all")


def wanted_text(query: Query) -> str:
    """Read what is searched for, under either name."""
    return query.get("q") or query.get("query") or ""


def wanted_span(query: Query) -> tuple[float | None, float | None]:
    """Read between which moments; a date alone is all of its day."""
    return moment(query.get("start_date", "")), moment(query.get("end_date", ""), is_end=True)


def interval(query: Query) -> int:
    """Read how many minutes a step of a timeline has."""
    return number(query, "interval_minutes", 5)


def moment(text: str, *, is_end: bool = False) -> float | None:
    """Read a time (RFC 3339), or a date; None for what is none."""
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    at = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    return at + 86_399 if is_end and len(text) == len("2026-01-01") else at


def is_vip(body: JSON) -> bool:
    """Read whether a moderator is to be a VIP."""
    return bool(body["is_vip"])
