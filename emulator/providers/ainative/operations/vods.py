"""Recordings of streams: listed, searched, shown, changed, with their chapters."""

from offair.emulator.core.problems import Missing
from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.films import Film
from offair.emulator.providers.ainative.operations.register import id_in, operation, user_of
from offair.emulator.providers.ainative.rules import films as rules
from offair.emulator.providers.ainative.rules import search
from offair.emulator.providers.ainative.wire import reading
from offair.emulator.providers.ainative.wire.films import Films, show_chapter, show_pages


def _wire(call: Call) -> Films:
    return Films(call.world, call.addresses)


def _own(call: Call) -> Film:
    return rules.own(call.world, id_in(call, "vod_id"), user_of(call))


def _visible(call: Call) -> Film:
    film = rules.find(call.world, id_in(call, "vod_id"))
    if not rules.may_see(call.world, film, user_of(call)):
        raise Missing(rules.NOT_FOUND)
    return film


@operation("GET /streams/vods")
def list_vods(call: Call) -> Reply:
    """List recordings, the latest first."""
    found = rules.recordings(call.world, user_of(call))
    return Reply(200, show_pages(found, reading.paged(call.query), _wire(call).kept))


@operation("GET /streams/vods/search")
def search_vods(call: Call) -> Reply:
    """Search recordings by title, description and streamer."""
    wire = _wire(call)

    def fields(film: Film) -> list[tuple[float, str | None]]:
        return [(3, film.title), (1, film.description), (2, wire.name(film.person))]

    found = search.ranked(reading.wanted_text(call.query), rules.recordings(call.world, user_of(call)), fields)
    return Reply(200, show_pages(found, reading.paged(call.query), wire.kept))


@operation("GET /streams/vods/{vod_id}")
def get_vod(call: Call) -> Reply:
    """Show a recording."""
    return Reply(200, _wire(call).kept(_visible(call)))


@operation("PUT /streams/vods/{vod_id}")
def update_vod(call: Call) -> Reply:
    """Change what is given."""
    changed = rules.retouch(call.world, _own(call), reading.renamed(call.body, reading.STREAM))
    return Reply(200, _wire(call).kept(changed))


@operation("DELETE /streams/vods/{vod_id}")
def delete_vod(call: Call) -> Reply:
    """Delete a recording."""
    rules.retouch(call.world, _own(call), {"stage": "deleted"})
    return Reply(204)


@operation("GET /streams/vods/{vod_id}/playback")
def vod_playback(call: Call) -> Reply:
    """Tell where a recording plays."""
    return Reply(200, _wire(call).playback(_visible(call)))


@operation("GET /streams/vods/{vod_id}/chapters")
def list_chapters(call: Call) -> Reply:
    """List a recording's chapters."""
    return Reply(200, _wire(call).chapters(_visible(call)))


@operation("POST /streams/vods/{vod_id}/chapters")
def create_chapter(call: Call) -> Reply:
    """Mark a chapter."""
    return Reply(201, show_chapter(rules.mark(call.world, _own(call), reading.chapter_wish(call.body))))


@operation("POST /streams/vods/{vod_id}/chapters/generate")
def generate_chapters(call: Call) -> Reply:
    """Make chapters in a simple way."""
    options = reading.chapter_options(call.body, rules.SHORTEST, rules.MOST)
    made = rules.generate(call.world, _own(call), **options)
    return Reply(200, [show_chapter(chapter) for chapter in made])
