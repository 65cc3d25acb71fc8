"""Uploads to the tenant's library, with the community post of each."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.films import POSTS, Film
from offair.emulator.providers.ainative.operations.register import id_in, me, operation
from offair.emulator.providers.ainative.rules import films as rules
from offair.emulator.providers.ainative.wire import reading
from offair.emulator.providers.ainative.wire.films import Films


def _own(call: Call) -> Film:
    return rules.find(call.world, id_in(call, "vod_id"), tenant=call.tenant.id)


@operation("POST /vod/upload")
def upload_vod(call: Call) -> Reply:
    """Register an upload, and post it."""
    film, post = rules.upload(call.world, me(call), reading.renamed(call.body, reading.UPLOAD))
    return Reply(201, Films(call.world, call.addresses).with_post(film, post))


@operation("GET /vod/{vod_id}")
def get_upload(call: Call) -> Reply:
    """Show an upload of the tenant's with its post."""
    film = _own(call)
    return Reply(200, Films(call.world, call.addresses).with_post(film, call.world.get(POSTS, film.id)))


@operation("PATCH /vod/{vod_id}/status")
def move_upload(call: Call) -> Reply:
    """Say how far an upload is."""
    film = rules.step(call.world, _own(call), call.query["status"])  # type: ignore[arg-type] # judged before
    return Reply(200, Films(call.world, call.addresses).vod(film))
