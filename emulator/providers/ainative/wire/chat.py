"""What is said beside a stream, as frames of the socket and as answers; in the web client's dialect too."""

from collections.abc import Sequence
from typing import Any

import msgspec

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import PEOPLE
from offair.emulator.providers.ainative.nouns.talk import Remark, Warden

JSON = dict[str, Any]
PONG = '{"type":"pong"}'


def show_remark(remark: Remark) -> JSON:
    """Write a message."""
    return {
        "id": remark.id,
        "stream_id": remark.stream,
        "user": {
            "id": remark.person,
            "username": remark.username,
            "display_name": remark.display_name,
            "avatar_url": remark.avatar_url,
        },
        "content": remark.text,
        "message_type": "message",
        "created_at": rfc3339(remark.at),
    }


def show_flat(remark: Remark) -> JSON:
    """Write a message as the web client reads it: flat, and in camel case."""
    return {
        "id": remark.id,
        "streamId": remark.stream,
        "userId": remark.person,
        "username": remark.username,
        "displayName": remark.display_name,
        "avatar": remark.avatar_url,
        "content": remark.text,
        "messageType": "message",
        "badges": show_badges(remark.badges),
        "createdAt": rfc3339(remark.at),
    }


def show_said(remark: Remark, *, web_client: bool) -> JSON:
    """Write a message as an answer: the web client reads who said it beside what was said."""
    shown = show_remark(remark)
    if not web_client:
        return shown
    who = {"user_id": remark.person, "username": remark.username, "display_name": remark.display_name,
           "avatar": remark.avatar_url}  # fmt: skip
    return {**shown, **who, "badges": show_badges(remark.badges), "is_deleted": False}


def show_history(remarks: Sequence[Remark], *, has_more: bool, web_client: bool) -> Any:
    """Write a page of messages, oldest first, and what to ask for the one before it."""
    shown = [show_said(remark, web_client=web_client) for remark in remarks]
    if web_client:
        return shown
    return {"messages": shown, "next_cursor": remarks[0].id if has_more and remarks else None}


def show_badges(names: Sequence[str]) -> list[JSON]:
    """Write what somebody is in a chat."""
    return [{"type": name, "label": name.upper() if name == "vip" else name.capitalize()} for name in names]


def show_warden(world: World, warden: Warden) -> JSON:
    """Write a moderator."""
    person = world.get(PEOPLE, warden.person)
    return {
        "id": warden.id,
        "user_id": warden.person,
        "username": person.username if person else "",
        "display_name": person.display_name if person else "",
        "avatar": person.avatar_url if person else None,
        "is_vip": warden.is_vip,
        "added_at": rfc3339(warden.added_at),
    }


def history_frame(remarks: Sequence[Remark]) -> str:
    """Write what a chat begins with."""
    return _frame("history", [show_remark(remark) for remark in remarks])


def remark_frames(remark: Remark, *, web_client: bool) -> list[str]:
    """Write a message for everybody, and once more for web clients."""
    frames = [_frame("message", show_remark(remark))]
    return [*frames, _frame("chat_message", show_flat(remark))] if web_client else frames


def taken_away_frame(remark: Remark) -> str:
    """Write that a message is gone."""
    return _frame("message_deleted", {"message_id": remark.id})


def count_frame(count: int) -> str:
    """Write how many watch."""
    return _frame("viewer_count", {"count": count})


def error_frame(words: str) -> str:
    """Write what was wrong with what somebody sent."""
    return _frame("error", {"message": words})


def _frame(kind: str, said: Any) -> str:
    return msgspec.json.encode({"type": kind, "data": said}).decode()


def read_text(body: JSON) -> str:
    """Read what somebody says."""
    return str(body["content"])
