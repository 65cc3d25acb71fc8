"""The media layer's own calls: news of a live input, and pictures."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.operations.register import below, id_in
from offair.emulator.providers.ainative.rules import accounts, live_inputs, pictures
from offair.emulator.providers.ainative.wire import reading


@below("POST /notifications")
def notify(call: Call) -> Reply:
    """Believe what is told of a live input, and move its stream without media."""
    live_inputs.hear(call.world, call.publications, *reading.live_input(call.body))
    return Reply(200, {"success": True})


@below("GET /pictures/{user_id}/{picture}")
def get_picture(call: Call) -> Reply:
    """Give a picture that somebody uploaded."""
    person, kind = accounts.person_of(call.world, id_in(call, "user_id")), call.path["picture"]
    portrait = pictures.find(call.world, person.id, kind)
    path = pictures.place(call.tenancy.folder(person.tenant), person, kind)
    return Reply(200, path, media_type=portrait.media_type)
