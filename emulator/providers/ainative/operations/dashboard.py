"""The dashboard: a channel at a glance, and all that is somebody's as one file."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.people import BONDS, NOTICES
from offair.emulator.providers.ainative.nouns.talk import REMARKS
from offair.emulator.providers.ainative.operations.register import me, operation
from offair.emulator.providers.ainative.rules import analytics, people, seeing
from offair.emulator.providers.ainative.wire import chat, numbers, reading
from offair.emulator.providers.ainative.wire import people as wire
from offair.emulator.providers.ainative.wire import streams as streamed

DAY, WEEK, MONTH = 86_400, 604_800, 2_592_000
RECENT = 5


@operation("GET /dashboard/streamer/overview")
def overview(call: Call) -> Reply:
    """Show the caller's channel at a glance."""
    person, world = me(call), call.world
    mine = seeing.listed(seeing.all_seen(world, call.switches, person=person.id))
    current = next((one for one in mine if one.phase != "ended"), None)
    recent = [streamed.show_stream(one, call.addresses) for one in mine if one.phase == "ended"][:RECENT]
    views = sum(len(one.stints) for one in analytics.channel(world, person.id, call.switches))
    notices = world.find(NOTICES, person=person.id, order="desc", limit=RECENT)
    shown = numbers.show_overview(
        numbers.show_current(current) if current else None,
        recent,
        (world.count(BONDS, followed=person.id), views),
        (
            wire.show_planned(world, people.upcoming(world, person.id, people.AHEAD)),
            [wire.show_notice(world, notice) for notice in notices],
        ),
    )
    return Reply(200, shown)


@operation("GET /dashboard/streamer/quick-stats")
def quick_numbers(call: Call) -> Reply:
    """Show the caller's latest numbers."""
    person, now = me(call), call.world.clock.now()
    found = analytics.channel(call.world, person.id, call.switches)
    mean = sum(one.seconds for one in found) / len(found) if found else 0.0
    today, week, month = (analytics.viewers_since(found, now - span) for span in (DAY, WEEK, MONTH))
    bonds = call.world.find(BONDS, followed=person.id)
    fresh = tuple(sum(bond.created_at >= now - span for bond in bonds) for span in (DAY, WEEK))
    return Reply(200, numbers.show_quick((today, week, month), mean, (fresh[0], fresh[1])))


@operation("GET /dashboard/streamer/activity")
def activity(call: Call) -> Reply:
    """List what the caller streamed, who follows them and what they were told, the latest of each first."""
    person, world, limit = me(call), call.world, reading.number(call.query, "limit", reading.PAGE)
    mine = seeing.listed(seeing.all_seen(world, call.switches, person=person.id))[:limit]
    streams = [streamed.show_stream(one, call.addresses) for one in mine]
    notices = world.find(NOTICES, person=person.id, order="desc", limit=limit)
    return Reply(200, wire.show_activity(world, streams, people.followers(world, person.id)[:limit], notices))


@operation("GET /users/me/export")
def export_me(call: Call) -> Reply:
    """Give all that is the caller's."""
    person, world = me(call), call.world
    mine = seeing.all_seen(world, call.switches, person=person.id)
    shown = {
        "user": wire.show_me(person),
        "streams": [streamed.show_stream(one, call.addresses) for one in mine],
        "messages": [chat.show_remark(remark) for remark in world.find(REMARKS, person=person.id)],
        "follows": [wire.show_listed(one) for one in people.followed(world, person.id)],
        "schedule": [wire.show_slot(world, slot) for slot in people.slots(world, person.id)],
    }
    return Reply(200, shown)
