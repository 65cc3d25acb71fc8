"""Standalone videos, albums and annotations: features that the documents name, in paths that are a guess."""

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.videos import ALBUMS, Bundle, Video
from offair.emulator.providers.ainative.operations.register import id_in, me, operation, user_of
from offair.emulator.providers.ainative.rules import search
from offair.emulator.providers.ainative.rules import videos as rules
from offair.emulator.providers.ainative.wire import reading
from offair.emulator.providers.ainative.wire import video as wire
from offair.emulator.providers.ainative.wire.films import show_pages


def _shown(call: Call, video: Video) -> dict[str, object]:
    return wire.show_video(call.world, video, call.addresses)


def _visible(call: Call) -> Video:
    return rules.find(call.world, id_in(call, "video_id"), user_of(call))


def _own(call: Call) -> Video:
    return rules.own(call.world, id_in(call, "video_id"), user_of(call))


def _album(call: Call) -> Bundle:
    return rules.own_album(call.world, id_in(call, "album_id"), user_of(call))


def _best(call: Call, found: list[Video]) -> Reply:
    best = sorted(found, key=lambda video: (rules.likes(call.world, video), video.views), reverse=True)
    return Reply(200, [_shown(call, video) for video in best[: reading.number(call.query, "limit", reading.PAGE)]])


@operation("POST /videos")
def create_video(call: Call) -> Reply:
    """Enter a video."""
    return Reply(201, _shown(call, rules.enter(call.world, me(call), reading.renamed(call.body, reading.VIDEO))))


@operation("GET /videos")
def list_videos(call: Call) -> Reply:
    """List videos, the latest first."""
    found = rules.visible(call.world, user_of(call))
    return Reply(200, show_pages(found, reading.paged(call.query), lambda video: _shown(call, video)))


@operation("GET /videos/showcase")
def showcase_videos(call: Call) -> Reply:
    """List the videos that are liked most."""
    return _best(call, rules.visible(call.world, None))


@operation("GET /videos/search")
def search_videos(call: Call) -> Reply:
    """Search videos by title, tags and description."""

    def fields(video: Video) -> list[tuple[float, str | None]]:
        return [(3, video.title), (2, " ".join(video.tags)), (1, video.description)]

    found = search.ranked(reading.wanted_text(call.query), rules.visible(call.world, user_of(call)), fields)
    return Reply(200, show_pages(found, reading.paged(call.query), lambda video: _shown(call, video)))


@operation("GET /videos/recommendations")
def recommend_videos(call: Call) -> Reply:
    """List the best videos of others."""
    return _best(call, [video for video in rules.visible(call.world, None) if video.person != user_of(call)])


@operation("GET /videos/albums")
def list_albums(call: Call) -> Reply:
    """List the caller's albums."""
    return Reply(200, [wire.show_album(album) for album in call.world.find(ALBUMS, person=me(call).id)])


@operation("POST /videos/albums")
def create_album(call: Call) -> Reply:
    """Make an album."""
    album = rules.make_album(call.world, me(call), call.body["title"], call.body.get("description"))
    return Reply(201, wire.show_album(album))


@operation("GET /videos/albums/{album_id}")
def get_album(call: Call) -> Reply:
    """Show an album."""
    return Reply(200, wire.show_album(_album(call)))


@operation("DELETE /videos/albums/{album_id}")
def delete_album(call: Call) -> Reply:
    """Delete an album; its videos stay."""
    call.world.delete(ALBUMS, id=_album(call).id)
    return Reply(204)


@operation("POST /videos/albums/{album_id}/videos")
def add_to_album(call: Call) -> Reply:
    """Put a video into an album."""
    video = rules.find(call.world, reading.video_of(call.body), user_of(call))
    return Reply(200, wire.show_album(rules.put_in(call.world, _album(call), video)))


@operation("GET /videos/{video_id}")
def get_video(call: Call) -> Reply:
    """Show a video."""
    return Reply(200, _shown(call, _visible(call)))


@operation("PUT /videos/{video_id}")
def update_video(call: Call) -> Reply:
    """Change what is given."""
    return Reply(200, _shown(call, rules.change(call.world, _own(call), reading.renamed(call.body, reading.VIDEO))))


@operation("DELETE /videos/{video_id}")
def delete_video(call: Call) -> Reply:
    """Delete a video."""
    rules.remove(call.world, _own(call))
    return Reply(204)


@operation("GET /videos/{video_id}/annotations")
def list_annotations(call: Call) -> Reply:
    """List what is written onto a video."""
    return Reply(200, [wire.show_annotation(one) for one in rules.annotations(call.world, _visible(call))])


@operation("POST /videos/{video_id}/annotations")
def create_annotation(call: Call) -> Reply:
    """Write something onto a video."""
    made = rules.annotate(call.world, _visible(call), me(call), *reading.annotation(call.body))
    return Reply(201, wire.show_annotation(made))


@operation("DELETE /videos/{video_id}/annotations/{annotation_id}")
def delete_annotation(call: Call) -> Reply:
    """Take away what somebody wrote."""
    rules.erase(call.world, _visible(call), id_in(call, "annotation_id"), user_of(call))
    return Reply(204)


@operation("GET /videos/{video_id}/engagement")
def get_engagement(call: Call) -> Reply:
    """Tell how a video is taken."""
    return Reply(200, wire.show_engagement(call.world, _visible(call), user_of(call)))


@operation("POST /videos/{video_id}/engagement")
def engage(call: Call) -> Reply:
    """Watch a video, like it, or like it no more."""
    person = me(call)
    video = rules.engage(call.world, _visible(call), person, call.body["action"])
    return Reply(200, wire.show_engagement(call.world, video, person.id))
