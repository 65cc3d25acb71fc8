"""What people have planned."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.people import SLOTS, Person, Slot
from offair.emulator.providers.ainative.operations.register import id_in, me, operation, person_in, user_of
from offair.emulator.providers.ainative.rules import people as rules
from offair.emulator.providers.ainative.wire import people as wire
from offair.emulator.providers.ainative.wire import reading


@operation("GET /streams/users/{username}/schedule")
def user_schedule(call: Call) -> Reply:
    """Show somebody's week."""
    return _week(call, person_in(call))


@operation("GET /streams/users/{username}/upcoming")
def upcoming_streams(call: Call) -> Reply:
    """List what somebody has planned for the next days."""
    planned = rules.upcoming(call.world, person_in(call).id, reading.number(call.query, "days", rules.AHEAD))
    return Reply(200, wire.show_upcoming(call.world, planned))


@operation("GET /streams/me/schedule")
def my_schedule(call: Call) -> Reply:
    """Show the caller's week."""
    return _week(call, me(call))


@operation("POST /streams/me/schedule")
def create_schedule(call: Call) -> Reply:
    """Plan a stream."""
    slot = rules.plan(call.world, me(call), reading.slot_wish(call.body))
    return Reply(201, wire.show_slot(call.world, slot))


@operation("PUT /streams/me/schedule/{schedule_id}")
def update_schedule(call: Call) -> Reply:
    """Plan it otherwise."""
    changed = rules.replan(call.world, _own(call), reading.renamed(call.body, reading.SLOT))
    return Reply(200, wire.show_slot(call.world, changed))


@operation("DELETE /streams/me/schedule/{schedule_id}")
def delete_schedule(call: Call) -> Reply:
    """Plan it no more."""
    call.world.delete(SLOTS, id=_own(call).id)
    return Reply(204)


def _week(call: Call, person: Person) -> Reply:
    return Reply(200, wire.show_week(call.world, person, rules.slots(call.world, person.id)))


def _own(call: Call) -> Slot:
    return rules.own_slot(call.world, id_in(call, "schedule_id"), user_of(call))
