"""Where AINative's streams and films play: URLs in Cloudflare's form, below the name of each at the media layer."""

from html import escape

from offair.emulator.core.ids import as_written
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.query import Query
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.films import FILMS, Film
from offair.emulator.providers.ainative.nouns.shows import SHOWS
from offair.emulator.providers.ainative.rules import cuttings, films
from offair.emulator.providers.ainative.rules.streams import phase

MANIFEST = "manifest/"
LIVE_NAMES = {"manifest/video.m3u8": "master.m3u8", "manifest/video.mpd": "manifest.mpd",
              "thumbnails/thumbnail.jpg": "thumbnail.jpg", "thumbnails/thumbnail.gif": "clip.gif",
              "downloads/default.mp4": "stream.mp4"}  # fmt: skip
KEPT_NAMES = {"manifest/video.m3u8": "index.m3u8", "manifest/video.mpd": "manifest.mpd",
              "thumbnails/thumbnail.jpg": "thumbnail.jpg",
              "downloads/default.mp4": "recording.mp4"}  # fmt: skip
# a page for a frame: browsers that cannot play HLS by themselves take the MP4
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>html,body{{margin:0;height:100%;background:#000}}video{{width:100%;height:100%}}</style></head>
<body><video controls autoplay muted playsinline>
<source src="manifest/video.m3u8" type="application/vnd.apple.mpegurl">
<source src="downloads/default.mp4" type="video/mp4">
</video></body></html>
"""


def locate(path: str, _query: Query, rooms: Rooms) -> tuple[str, str] | Reply | None:
    """Read ``<video>/manifest/video.m3u8`` and its like; the common form, with a stream's id, is understood too."""
    video, _, name = path.partition("/")
    video, world = as_written(video), rooms.world
    show = world.get(SHOWS, video) or next(iter(world.find(SHOWS, video=video)), None)
    film = None if show else next(iter(world.find(FILMS, video=video)), None)
    if not name or (show is None and film is None):
        return None
    stream = show.id if show else film.stream if film else None
    if name == "iframe":
        return _page(world, stream, film)
    if stream is None:
        return None
    if film is not None:
        return _kept(film, name)
    return _live(world, stream, name)


def _page(world: World, stream: str | None, film: Film | None) -> Reply:
    found = world.get(STREAMS, stream) if stream else None
    title = film.title if film else found.name if found else ""
    return Reply(200, PAGE.format(title=escape(title)), media_type="text/html; charset=utf-8")


def _kept(film: Film, name: str) -> tuple[str, str] | None:
    if film.stream is None or film.recording is None or film.stage == "deleted":
        return None
    return film.stream, f"recordings/{film.recording}/{KEPT_NAMES.get(name) or name.removeprefix(MANIFEST)}"


def _live(world: World, stream: str, name: str) -> tuple[str, str]:
    """Give what is live, and of a stream that is over what was recorded of it, as soon as that is there."""
    if phase(world.get(STREAMS, stream)) == "ended" and _is_of_a_recording(name):
        film = cuttings.film_of(world, stream)
        if film is not None and films.stage(film, world.clock.now()) == "ready":
            return _kept(film, name) or (stream, name)
    return stream, LIVE_NAMES.get(name) or name.removeprefix(MANIFEST)


def _is_of_a_recording(name: str) -> bool:
    if name in LIVE_NAMES:
        return name in KEPT_NAMES
    file = name.rpartition("/")[2]
    return file == "index.m3u8" or (file.endswith(".mp4") and "-" not in file)
