"""Video sessions and standalone videos as AINative shows them."""

from collections.abc import Sequence
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.world import World
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.ainative.nouns.meetings import ATTENDEES, Attendee, Meeting
from offair.emulator.providers.ainative.nouns.people import PEOPLE
from offair.emulator.providers.ainative.nouns.videos import Annotation, Bundle, Video
from offair.emulator.providers.ainative.rules import videos
from offair.emulator.providers.ainative.wire.streams import at, playback_url

JSON = dict[str, Any]
STUN = ("stun:stun.l.google.com:19302", "stun:stun1.l.google.com:19302")
TURN = "turn:turn.ainative.studio:3478"
LASTS = 86_400  # seconds of TURN credentials


def show_ice_servers(credential: str) -> JSON:
    """Write STUN and TURN servers, which are not ours."""
    turn = {"urls": [TURN], "username": "ainative", "credential": credential}
    return {"ice_servers": [*({"urls": [url]} for url in STUN), turn]}


def show_meeting(world: World, meeting: Meeting) -> JSON:
    """Write a video session."""
    return {
        "id": meeting.id,
        "session_name": meeting.name,
        "host_id": meeting.person,
        "max_participants": meeting.most,
        "status": "active" if meeting.ended_at is None else "ended",
        "cloudflare_session_id": meeting.room,
        "participant_count": world.count(ATTENDEES, meeting=meeting.id),
        "created_at": rfc3339(meeting.created_at),
        "ended_at": at(meeting.ended_at),
    }


def show_pass(token: str, name: str, credential: str, until: float) -> JSON:
    """Write what somebody joins a session with."""
    turn = {"username": name, "credential": credential, "ttl": LASTS}
    return {"token": token, "turn_credentials": turn, "expires_at": rfc3339(until)}


def show_attendees(world: World, meeting: Meeting, attendees: Sequence[Attendee]) -> JSON:
    """Write who is in a session."""
    shown = [
        {
            "id": one.id,
            "user_id": one.person,
            "username": person.username,
            "display_name": person.display_name,
            "role": "host" if one.person == meeting.person else "participant",
            "joined_at": rfc3339(one.joined_at),
        }
        for one in attendees
        if (person := world.get(PEOPLE, one.person)) is not None
    ]
    return {"participants": shown, "total": len(shown)}


def show_video(world: World, video: Video, addresses: Addresses) -> JSON:
    """Write a video."""
    return {
        "id": video.id,
        "user_id": video.person,
        "title": video.title,
        "description": video.description,
        "cloudflare_video_id": video.video,
        "visibility": video.visibility,
        "tags": list(video.tags),
        "playback_url": playback_url(addresses, video.video),
        "thumbnail_url": None,
        "view_count": video.views,
        "like_count": videos.likes(world, video),
        "created_at": rfc3339(video.created_at),
    }


def show_engagement(world: World, video: Video, user: str | None) -> JSON:
    """Write how a video is taken."""
    return {
        "video_id": video.id,
        "view_count": video.views,
        "like_count": videos.likes(world, video),
        "is_liked": videos.is_liked(world, video, user),
    }


def show_annotation(annotation: Annotation) -> JSON:
    """Write what is written onto a video."""
    return {
        "id": annotation.id,
        "video_id": annotation.video,
        "user_id": annotation.person,
        "text": annotation.text,
        "time_seconds": annotation.seconds,
        "created_at": rfc3339(annotation.created_at),
    }


def show_album(album: Bundle) -> JSON:
    """Write an album."""
    return {
        "id": album.id,
        "user_id": album.person,
        "title": album.title,
        "description": album.description,
        "video_ids": list(album.videos),
        "video_count": len(album.videos),
        "created_at": rfc3339(album.created_at),
    }
