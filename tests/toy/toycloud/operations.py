"""The toy's operations: each reads the call, asks a rule, and shows what became of it."""

from html import escape
from pathlib import Path

from offair.contracts.contract import Contract
from offair.emulator.core.clock import rfc3339
from offair.emulator.core.ports import Refused
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.streams import State, Stream
from offair.emulator.core.tenants import Tenant
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from toycloud import rules, wire
from toycloud.auth import USERS, User, sign_for

PROMISE = Contract.load(Path(__file__).parent / "promise", cloud="toy")
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)
USER_SECONDS = 3600.0
PASS_SECONDS = 600.0

operation = Operations(PROMISE)


@operation("GET /rooms/")
def list_rooms(call: Call) -> Reply:
    """List a house's rooms; to nobody in particular, those that are not guarded."""
    tenant = call.caller.tenant if call.caller else None
    found = rules.rooms(call.world, tenant=tenant, tags=call.query.all("tags[]"))
    return Reply(200, [_shown(call, room) for room in found[: int(call.query.get("limit", 50))]])


@operation("POST /rooms/")
def create_room(call: Call) -> Reply:
    """Make a room."""
    room = rules.create(call.world, call.tenant, wire.read_wish(call.body))
    return Reply(201, _shown(call, room), {"Location": f"{call.addresses.api}/rooms/{room.id}"})


@operation("GET /rooms/open")
def open_rooms(call: Call) -> Reply:
    """List the rooms that are on air."""
    found = rules.rooms(call.world, tenant=call.tenant)
    return Reply(200, [_shown(call, room) for room in found if room.state is State.LIVE])


@operation("GET /rooms/{room}")
def get_room(call: Call) -> Reply:
    """Show a room."""
    return Reply(200, _shown(call, rules.find(call.world, call.path["room"])))


@operation("DELETE /rooms/{room}")
def delete_room(call: Call) -> Reply:
    """Remove a room, on air or not."""
    call.publications.forget(_own(call))
    return Reply(200)


@operation("PUT /rooms/{room}/end")
def end_room(call: Call) -> Reply:
    """End a room for good."""
    rules.end(call.world, call.publications, _own(call))
    return Reply.empty(200, "text/plain")


@operation("PUT /rooms/{room}/door")
def set_door(call: Call) -> Reply:
    """Open or close a room to encoders."""
    why = None if call.body["open"] else call.body.get("why", "this room is locked")
    return Reply(200, _shown(call, rules.lock(call.world, _own(call), why)))


@operation("PUT /rooms/{room}/poster")
def put_poster(call: Call) -> Reply:
    """Hang a picture at a room's door."""
    room, picture = _own(call), call.files["picture"]
    picture.save(call.folder / room.id)
    call.world.put(rules.POSTERS, rules.Poster(id=room.id, tenant=room.tenant, kind=picture.media_type))
    return Reply(201, {"size": picture.size, "caption": call.body.get("caption", picture.filename)})


@operation("GET /rooms/{room}/poster")
def get_poster(call: Call) -> Reply:
    """Give the picture at a room's door, whoever asks."""
    poster = call.world.get(rules.POSTERS, call.path["room"])
    if poster is None:
        raise Missing("there is no picture")
    return Reply(200, call.tenancy.folder(poster.tenant) / poster.id, media_type=poster.kind)


@operation("GET /rooms/{room}/stamp")
def get_stamp(call: Call) -> Reply:
    """Give a picture that nobody has to keep, of a room that is there."""
    rules.find(call.world, call.path["room"])
    return Reply(200, DOT, {"Cache-Control": "max-age=60"}, "image/png")


@operation("POST /rooms/{room}/offer")
def offer(call: Call) -> Reply:
    """Answer an offer in its own words."""
    answer = call.body.replace("a=sendonly", "a=recvonly")
    return Reply(201, answer, {"Location": f"{call.addresses.api}/rooms/{_own(call).id}"}, "application/sdp")


@operation("POST /rooms/{room}/whip", waits=True)
def publish(call: Call) -> Reply:
    """Let somebody publish over WebRTC, who gets the answer once it is let in."""
    room = _own(call)
    answered = call.whip.open(room, call.body, peer=call.peer or "")
    if isinstance(answered, Refused):
        raise Conflict(answered.text)
    headers = {"Location": f"{call.addresses.api}/rooms/{room.id}/whip/{answered.session}"}
    return Reply(201, answered.sdp, headers, "application/sdp")


@operation("DELETE /rooms/{room}/whip/{session}")
def unpublish(call: Call) -> Reply:
    """End what somebody publishes; the session's secret is all that it takes."""
    if not call.whip.end(call.path["session"]):
        raise Missing("nobody publishes by this session")
    return Reply(200)


@operation("GET /rooms/{room}/page")
def get_page(call: Call) -> Reply:
    """Give a page for people."""
    room = rules.find(call.world, call.path["room"])
    return Reply(200, f"<h1>{escape(room.name)}</h1>", media_type="text/html; charset=utf-8")


@operation("GET /rooms/{room}/watch")
def watch_room(call: Call) -> Reply:
    """Lead to where a room plays."""
    return Reply(302, None, {"Location": _shown(call, rules.find(call.world, call.path["room"]))["watch"]})


@operation("POST /rooms/{room}/passes")
def make_pass(call: Call) -> Reply:
    """Write a pass for a guarded room."""
    made = rules.make_pass(call.world, _own(call), (call.body or {}).get("seconds", PASS_SECONDS))
    return Reply(201, {"pass": made.id, "until": rfc3339(made.until, places=3)})


@operation("DELETE /passes/{pass}")
def revoke_pass(call: Call) -> Reply:
    """Take a pass back; who watches with it is cut off."""
    rules.revoke_pass(call.world, call.tenant, call.path["pass"])
    return Reply(204)


@operation("GET /shows.csv")
def list_shows(call: Call) -> Reply:
    """List what was on."""
    shows = call.world.find(rules.SHOWS, tenant=call.tenant.id)
    return Reply(200, wire.write_shows(shows), media_type="text/csv; charset=utf-8")


@operation("GET /moods")
def list_moods(call: Call) -> Reply:
    """List what the toy had before anybody came."""
    return Reply(200, [mood.id for mood in call.world.find(rules.MOOD_TABLE)])


@operation("PUT /hook")
def set_hook(call: Call) -> Reply:
    """Say where a house wants to be called."""
    url, tenant = call.body["url"], call.tenant.id
    call.world.put(rules.BELLS, rules.Bell(id=tenant, tenant=tenant, url=url, secret=call.tenant.credentials["token"]))
    return Reply(204)


@operation("POST /users")
def create_user(call: Call) -> Reply:
    """Let somebody into the house."""
    user = User(
        id=call.world.ids.letters(8), tenant=call.tenant.id, name=call.body["name"], role=call.body["role"]
    )  # fmt: skip
    call.world.put(USERS, user)
    return Reply(201, {"user": user.id, "bearer": sign_for(call.world, user.id, USER_SECONDS)})


@operation("POST /greetings")
def greet(call: Call) -> Reply:
    """Say hello, a few times a minute."""
    return Reply(200, {"hello": (call.caller.user if call.caller else None) or call.tenant.id})


def _own(call: Call) -> Stream:
    return rules.find(call.world, call.path["room"], tenant=call.tenant)


def _shown(call: Call, room: Stream) -> dict[str, object]:
    tenant: Tenant | None = call.caller.tenant if call.caller else None
    return wire.show_room(room, call.addresses, is_own=tenant is not None and tenant.id == room.tenant)
