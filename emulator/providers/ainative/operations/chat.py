"""Chat over REST: what was said, saying something, taking it away, and who keeps order."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.talk import WARDENS
from offair.emulator.providers.ainative.operations.register import id_in, me, operation, own_show, show_in, user_of
from offair.emulator.providers.ainative.rules import accounts
from offair.emulator.providers.ainative.rules import chat as rules
from offair.emulator.providers.ainative.wire import chat as wire
from offair.emulator.providers.ainative.wire import reading


@operation("GET /streams/{stream_id}/chat/history")
def chat_history(call: Call) -> Reply:
    """Give a page of messages before a cursor or a moment, oldest first."""
    before = call.query.get("before")
    moment = reading.moment(before) if before else None
    cursor = before if before and moment is None else None
    limit = reading.number(call.query, "limit", reading.LIMIT)
    page, has_more = rules.before(call.world, show_in(call).id, limit, remark=cursor, moment=moment)
    return Reply(200, wire.show_history(page, has_more=has_more, web_client=call.switches.web_client))


@operation("GET /streams/{stream_id}/chat")
def recent_chat(call: Call) -> Reply:
    """Give the latest messages, oldest first."""
    page, has_more = rules.before(call.world, show_in(call).id, reading.number(call.query, "limit", reading.LIMIT))
    return Reply(200, wire.show_history(page, has_more=has_more, web_client=call.switches.web_client))


@operation("POST /streams/{stream_id}/chat")
def say_in_chat(call: Call) -> Reply:
    """Say something to everybody beside a stream."""
    show = show_in(call)
    remark = rules.say(call.world, show, me(call), call.body["content"])
    for frame in wire.remark_frames(remark, web_client=call.switches.web_client):
        call.chat.say(show.id, frame)
    return Reply(201, wire.show_said(remark, web_client=call.switches.web_client))


@operation("DELETE /streams/{stream_id}/chat/{message_id}")
def delete_message(call: Call) -> Reply:
    """Take a message away from everybody."""
    remark = rules.take_away(call.world, show_in(call), id_in(call, "message_id"), user_of(call))
    call.chat.say(remark.stream, wire.taken_away_frame(remark))
    return Reply(204)


@operation("GET /streams/{stream_id}/moderators")
def list_moderators(call: Call) -> Reply:
    """List who keeps order."""
    found = call.world.find(WARDENS, stream=show_in(call).id)
    return Reply(200, [wire.show_warden(call.world, warden) for warden in found])


@operation("POST /streams/{stream_id}/moderators")
def add_moderator(call: Call) -> Reply:
    """Let somebody keep order."""
    show, (who, is_vip) = own_show(call), reading.appointee(call.body)
    warden = rules.appoint(call.world, show, accounts.person_of(call.world, who), is_vip=is_vip)
    return Reply(201, wire.show_warden(call.world, warden))


@operation("PUT /streams/{stream_id}/moderators/{user_id}")
def update_moderator(call: Call) -> Reply:
    """Make a moderator a VIP, or none."""
    show = own_show(call)
    warden = rules.office(call.world, show, id_in(call, "user_id"))
    person, is_vip = accounts.person_of(call.world, warden.person), reading.is_vip(call.body)
    return Reply(200, wire.show_warden(call.world, rules.appoint(call.world, show, person, is_vip=is_vip)))


@operation("DELETE /streams/{stream_id}/moderators/{user_id}")
def remove_moderator(call: Call) -> Reply:
    """Let somebody keep order no more."""
    call.world.delete(WARDENS, id=rules.office(call.world, own_show(call), id_in(call, "user_id")).id)
    return Reply(204)


@operation("GET /streams/{stream_id}/users/{user_id}/badges")
def list_badges(call: Call) -> Reply:
    """Say what somebody is in a chat."""
    person = accounts.person_of(call.world, id_in(call, "user_id"))
    return Reply(200, wire.show_badges(rules.badges(call.world, show_in(call), person)))
