"""Video sessions."""

from offair.emulator.core.problems import Forbidden
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative import auth
from offair.emulator.providers.ainative.nouns.meetings import ATTENDEES, Meeting
from offair.emulator.providers.ainative.operations.register import id_in, me, operation
from offair.emulator.providers.ainative.rules import meetings as rules
from offair.emulator.providers.ainative.wire import reading
from offair.emulator.providers.ainative.wire import video as wire


def _shown(call: Call, meeting: Meeting) -> Reply:
    return Reply(200, wire.show_meeting(call.world, meeting))


@operation("GET /video-sessions/ice-servers")
def ice_servers(call: Call) -> Reply:
    """List STUN and TURN servers."""
    return Reply(200, wire.show_ice_servers(call.world.ids.token(24)))


@operation("POST /video-sessions/sessions")
def create_session(call: Call) -> Reply:
    """Open a video session."""
    wish = reading.renamed(call.body, reading.MEETING)
    meeting = rules.open_one(call.world, me(call), wish["name"], wish.get("most"))
    return Reply(201, wire.show_meeting(call.world, meeting))


@operation("GET /video-sessions/sessions/active")
def active_sessions(call: Call) -> Reply:
    """List the caller's open sessions."""
    found = [meeting for meeting in rules.of(call.world, me(call).id) if meeting.ended_at is None]
    return Reply(200, [wire.show_meeting(call.world, meeting) for meeting in found])


@operation("GET /video-sessions/sessions/user/{user_id}")
def user_sessions(call: Call) -> Reply:
    """List somebody's sessions, for them or an administrator."""
    person, wanted = me(call), id_in(call, "user_id")
    if wanted != person.id and not person.is_admin:
        raise Forbidden("Not authorized to view these sessions")
    return Reply(200, [wire.show_meeting(call.world, meeting) for meeting in rules.of(call.world, wanted)])


@operation("GET /video-sessions/sessions/{session_id}")
def get_session(call: Call) -> Reply:
    """Show a session."""
    return _shown(call, rules.find(call.world, id_in(call, "session_id")))


@operation("PUT /video-sessions/sessions/{session_id}")
def update_session(call: Call) -> Reply:
    """Change a session, or end it."""
    meeting = rules.hosted(call.world, id_in(call, "session_id"), me(call))
    return _shown(call, rules.change(call.world, meeting, reading.meeting_changes(call.body, call.world.clock.now())))


@operation("DELETE /video-sessions/sessions/{session_id}")
def delete_session(call: Call) -> Reply:
    """Close a session for good."""
    rules.remove(call.world, rules.hosted(call.world, id_in(call, "session_id"), me(call), or_admin=True))
    return Reply(204)


@operation("POST /video-sessions/sessions/{session_id}/token")
def session_token(call: Call) -> Reply:
    """Let the caller into a session."""
    person, meeting = me(call), rules.find(call.world, id_in(call, "session_id"))
    rules.join(call.world, meeting, person)
    token = auth.sign_for(call.world, person, wire.LASTS)
    until = call.world.clock.now() + wire.LASTS
    return Reply(200, wire.show_pass(token, person.username, call.world.ids.token(24), until))


@operation("GET /video-sessions/sessions/{session_id}/participants")
def list_participants(call: Call) -> Reply:
    """List who is in a session."""
    meeting = rules.find(call.world, id_in(call, "session_id"))
    inside = call.world.find(ATTENDEES, meeting=meeting.id)
    return Reply(200, wire.show_attendees(call.world, meeting, inside))
