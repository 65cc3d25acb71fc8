"""Clips, and the texts that an AI would make of a stream."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.films import Draft
from offair.emulator.providers.ainative.nouns.shows import Show
from offair.emulator.providers.ainative.operations.register import id_in, me, operation, own_show, show_in, user_of
from offair.emulator.providers.ainative.rules import cuttings as rules
from offair.emulator.providers.ainative.wire import reading
from offair.emulator.providers.ainative.wire.films import Films, export_content, show_pages


def _wire(call: Call) -> Films:
    return Films(call.world, call.addresses)


@operation("POST /streams/{stream_id}/clips")
def create_clip(call: Call) -> Reply:
    """Cut a clip out of a stream."""
    made = rules.cut(call.world, show_in(call), me(call), **reading.clip_wish(call.body))
    return Reply(201, _wire(call).clip(made))


@operation("GET /streams/{stream_id}/clips")
def stream_clips(call: Call) -> Reply:
    """List the clips of a stream."""
    found = rules.clips(call.world, stream=show_in(call).id)
    return Reply(200, show_pages(found, reading.paged(call.query), _wire(call).clip))


@operation("GET /streams/clips/popular")
def popular_clips(call: Call) -> Reply:
    """List the clips that are watched most: a bare list."""
    found = sorted(rules.clips(call.world), key=lambda clip: clip.views, reverse=True)
    return Reply(200, [_wire(call).clip(clip) for clip in found[: reading.number(call.query, "limit", reading.PAGE)]])


@operation("GET /streams/clips/{clip_id}")
def get_clip(call: Call) -> Reply:
    """Show a clip, and count that."""
    return Reply(200, _wire(call).clip(rules.watch(call.world, rules.excerpt(call.world, id_in(call, "clip_id")))))


@operation("DELETE /streams/clips/{clip_id}")
def delete_clip(call: Call) -> Reply:
    """Delete a clip."""
    rules.remove(call.world, rules.excerpt(call.world, id_in(call, "clip_id")), user_of(call))
    return Reply(204)


@operation("GET /streams/id/{stream_id}/content")
def get_content(call: Call) -> Reply:
    """Show which texts there are of a stream."""
    show = own_show(call)
    return _content(call, show, rules.draft(call.world, show))


@operation("POST /streams/id/{stream_id}/content/blog")
def make_blog(call: Call) -> Reply:
    """Have a text made of a stream."""
    return _made(call, "blog")


@operation("POST /streams/id/{stream_id}/content/snippets")
def make_snippets(call: Call) -> Reply:
    """Have snippets made of a stream."""
    return _made(call, "snippets")


@operation("POST /streams/id/{stream_id}/content/chapters")
def make_content_chapters(call: Call) -> Reply:
    """Have chapters made of a stream."""
    return _made(call, "chapters")


@operation("GET /streams/id/{stream_id}/content/export")
def export(call: Call) -> Reply:
    """Give the texts of a stream as one document, which the answer has as a string."""
    content = get_content(call).body
    return Reply(200, export_content(content, call.query.get("format", "markdown")))


@operation("GET /streams/id/{stream_id}/transcript")
def get_transcript(call: Call) -> Reply:
    """Show that nobody wrote down what was said, among the texts that there are."""
    return get_content(call)


def _made(call: Call, part: str) -> Reply:
    show = own_show(call)
    return _content(call, show, rules.write(call.world, show, part))


def _content(call: Call, show: Show, draft: Draft) -> Reply:
    film = rules.film_of(call.world, show.id)
    return Reply(200, _wire(call).content(draft, film, call.switches.ai_text))
