"""VODs, chapters, clips and texts as AINative shows them."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.ainative.nouns.films import Chapter, Draft, Excerpt, Film, Post
from offair.emulator.providers.ainative.nouns.people import PEOPLE
from offair.emulator.providers.ainative.nouns.shows import CATEGORIES, SHOWS
from offair.emulator.providers.ainative.rules import cuttings, films
from offair.emulator.providers.ainative.wire.people import cut
from offair.emulator.providers.ainative.wire.streams import playback_url, show_label, show_person, thumbnail

JSON = dict[str, Any]
GONE = {"id": "00000000-0000-4000-8000-000000000000", "username": "", "display_name": "", "avatar_url": None}
NO_WORDS = "Nobody listens here: this stand-in writes no transcript."


class Films:
    """Shows films and what hangs on them, as they are now."""

    def __init__(self, world: World, addresses: Addresses) -> None:
        self._world, self._addresses = world, addresses

    def person(self, person: str) -> JSON:
        """Write who something is of, who may be gone."""
        found = self._world.get(PEOPLE, person)
        return show_person(found) if found else GONE

    def name(self, person: str) -> str:
        """Give the names of somebody as one text."""
        found = self._world.get(PEOPLE, person)
        return f"{found.username} {found.display_name}" if found else ""

    def vod(self, film: Film) -> JSON:
        """Write a film as the documents do."""
        return {
            "id": film.id,
            "status": films.stage(film, self._world.clock.now()),
            "title": film.title,
            "cloudflare_video_id": film.video,
            "playback_url": playback_url(self._addresses, film.video),
            "created_at": rfc3339(film.created_at),
            "description": film.description,
            "user_id": film.person,
            "stream_id": film.stream,
            "visibility": film.visibility,
            "group_id": film.group,
            "content_warning": film.warning,
            "is_nsfw": film.is_unsafe,
            "duration": film.seconds,
            "thumbnail_url": self._picture(film),
        }

    def with_post(self, film: Film, post: Post | None) -> JSON:
        """Write an upload with its post."""
        return {"vod": self.vod(film), "post": show_post(post) if post else None}

    def kept(self, film: Film) -> JSON:
        """Write a film as the web client reads it."""
        show = self._world.get(SHOWS, film.stream) if film.stream else None
        stream = self._world.get(STREAMS, film.stream) if film.stream else None
        category = self._world.get(CATEGORIES, show.category) if show and show.category else None
        return {
            "id": film.id,
            "stream_id": film.stream,
            "user_id": film.person,
            "title": film.title,
            "description": film.description,
            "status": films.stage(film, self._world.clock.now()),
            "duration": film.seconds,
            "thumbnail_url": self._picture(film),
            "video_url": playback_url(self._addresses, film.video),
            "view_count": film.views,
            "chapters": self.chapters(film),
            "created_at": rfc3339(film.created_at),
            "stream": {"title": stream.name if stream else film.title, "category": show_label(category)},
            "streamer": self.person(film.person),
            "cloudflare_video_id": film.video,
        }

    def playback(self, film: Film) -> JSON:
        """Write where a film plays."""
        hls = playback_url(self._addresses, film.video)
        return {
            "vod_id": film.id,
            "status": films.stage(film, self._world.clock.now()),
            "playback_url": hls,
            "video_url": f"{self._addresses.cdn}/{film.video}/downloads/default.mp4",
            "thumbnail_url": self._picture(film),
            "duration": film.seconds,
        }

    def chapters(self, film: Film) -> list[JSON]:
        """Write the chapters of a film."""
        return [show_chapter(chapter) for chapter in films.chapters(self._world, film)]

    def clip(self, clip: Excerpt) -> JSON:
        """Write a clip: where what it is cut from plays, with the seconds behind it (W3C Media Fragments, 4.2.1)."""
        film = cuttings.film_of(self._world, clip.stream)
        show = self._world.get(SHOWS, clip.stream)
        video = film.video if film else show.video if show else clip.stream
        state = films.stage(film, self._world.clock.now()) if film else "processing"
        return {
            "id": clip.id,
            "stream_id": clip.stream,
            "user_id": clip.person,
            "title": clip.title,
            "status": state,
            "start_time_seconds": clip.begins,
            "end_time_seconds": clip.ends,
            "duration": round(clip.ends - clip.begins, 1),
            "video_url": f"{playback_url(self._addresses, video)}#t={clip.begins:g},{clip.ends:g}",
            "thumbnail_url": thumbnail(self._addresses, video),
            "view_count": clip.views,
            "created_at": rfc3339(clip.created_at),
            "creator": self.person(clip.person),
        }

    def content(self, draft: Draft, film: Film | None, text: str) -> JSON:
        """Write which texts there are of a stream; what an AI would write is a text that was chosen beforehand."""
        title = film.title if film else ""
        seconds = film.seconds or 0.0 if film else 0.0
        snippet = {"title": title, "text": text, "start_time_seconds": 0.0, "end_time_seconds": min(30.0, seconds)}
        return {
            "stream_id": draft.id,
            "status": "completed" if draft.parts else "pending",
            "blog": {"title": title, "content": text} if "blog" in draft.parts else None,
            "snippets": [snippet] if "snippets" in draft.parts else [],
            "chapters": self.chapters(film) if film and "chapters" in draft.parts else [],
            "is_ai_generated": False,
            "note": text,
            "created_at": rfc3339(draft.created_at),
        }

    def _picture(self, film: Film) -> str | None:
        return film.thumbnail_url or (thumbnail(self._addresses, film.video) if film.recording else None)


def show_post(post: Post) -> JSON:
    """Write what the community reads of an upload."""
    created = rfc3339(post.created_at)
    return {"id": post.number, "type": "VIDEO", "content": post.text, "visibility": post.visibility,
            "created_at": created}  # fmt: skip


def show_chapter(chapter: Chapter) -> JSON:
    """Write a chapter."""
    return {
        "id": chapter.id,
        "vod_id": chapter.film,
        "title": chapter.title,
        "description": chapter.description,
        "start_time_seconds": chapter.begins,
        "end_time_seconds": chapter.ends,
        "thumbnail_url": chapter.thumbnail_url,
        "is_ai_generated": chapter.is_generated,
        "confidence_score": None,
    }


def show_pages(things: Sequence[Any], page: tuple[int, int], show: Callable[[Any], JSON]) -> JSON:
    """Write a page of things."""
    shown, has_more = cut(things, page)
    return {
        "items": [show(thing) for thing in shown],
        "total": len(things),
        "page": page[0],
        "per_page": page[1],
        "has_more": has_more,
    }


def show_transcript(stream: str) -> JSON:
    """Write what was said in a stream, which nobody here can tell."""
    return {"stream_id": stream, "language": "en", "segments": [], "text": "", "note": NO_WORDS}


def export_content(content: JSON, form: str) -> tuple[str, str]:
    """Write the texts of a stream as a document, with its media type."""
    blog = content["blog"] or {"title": "Nothing was made yet", "content": content["note"]}
    if form == "html":
        return f"<h1>{escape(blog['title'])}</h1>\n<p>{escape(blog['content'])}</p>\n", "text/html"
    return f"# {blog['title']}\n\n{blog['content']}\n", "text/markdown"
