"""VODs, chapters, clips and texts as AINative shows them."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import msgspec

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.ainative.nouns.films import Chapter, Draft, Excerpt, Film, Post
from offair.emulator.providers.ainative.nouns.people import PEOPLE
from offair.emulator.providers.ainative.nouns.shows import CATEGORIES, SHOWS
from offair.emulator.providers.ainative.rules import cuttings, films, seeing
from offair.emulator.providers.ainative.wire.people import cut
from offair.emulator.providers.ainative.wire.streams import playback_url, show_label, show_person, thumbnail

JSON = dict[str, Any]
GONE = {"id": "00000000-0000-4000-8000-000000000000", "username": "", "display_name": "", "avatar_url": None}


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
            "duration": _whole(film.seconds),
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
            "duration": _whole(film.seconds),
            "thumbnail_url": self._picture(film),
            "video_url": playback_url(self._addresses, film.video) if film.recording else None,
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
            "duration": _whole(film.seconds),
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
        stream = self._world.get(STREAMS, clip.stream)
        is_on_air = stream is not None and seeing.has_pictures(self._world, stream)
        return {
            "id": clip.id,
            "stream_id": clip.stream,
            "user_id": clip.person,
            "title": clip.title,
            "status": state,
            "start_time": clip.begins,
            "end_time": clip.ends,
            "duration": round(clip.ends - clip.begins, 1),
            "video_url": f"{playback_url(self._addresses, video)}#t={clip.begins:g},{clip.ends:g}",
            "thumbnail_url": thumbnail(self._addresses, video) if is_on_air else self._picture(film),
            "view_count": clip.views,
            "created_at": rfc3339(clip.created_at),
            "user": self.person(clip.person),
            "stream": {"id": clip.stream, "title": stream.name if stream else film.title if film else ""},
        }

    def content(self, draft: Draft, film: Film | None, text: str) -> JSON:
        """Write which texts there are of a stream; what an AI would write is a text that was chosen beforehand."""
        snippet = {"code": f"# {text}", "language": "text", "explanation": text, "timestamp": 0.0}
        chapters = films.chapters(self._world, film) if film and "chapters" in draft.parts else []
        return {
            "id": draft.id,
            "stream_id": draft.id,
            "blog_draft": f"# {film.title if film else ''}\n\n{text}" if "blog" in draft.parts else None,
            "code_snippets": [snippet] if "snippets" in draft.parts else [],
            "transcript": [],  # nobody listens here
            "chapters": [show_told_chapter(chapter, text) for chapter in chapters],
            "summary": text if draft.parts else None,
            "generated_at": rfc3339(draft.created_at) if draft.parts else None,
            "is_ai_generated": False,
            "note": text,
        }

    def _picture(self, film: Film | None) -> str | None:
        if film is None or film.thumbnail_url or not film.recording:
            return film.thumbnail_url if film else None
        return thumbnail(self._addresses, film.video)


def _whole(seconds: float | None) -> int | None:
    """Write how long a film is: the web client shows what is behind the point as it comes."""
    return None if seconds is None else round(seconds)


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


def show_told_chapter(chapter: Chapter, text: str) -> JSON:
    """Write a chapter among the texts of a stream."""
    return {"title": chapter.title, "start_time": chapter.begins, "end_time": chapter.ends,
            "summary": chapter.description or text}  # fmt: skip


def export_content(content: JSON, form: str) -> str:
    """Write the texts of a stream as a document: Markdown, HTML, or JSON in a string like the others."""
    title, _, text = (content["blog_draft"] or f"# Nothing was made yet\n\n{content['note']}").partition("\n\n")
    match form:
        case "json":
            return msgspec.json.encode(content).decode()
        case "html":
            return f"<h1>{escape(title.removeprefix('# '))}</h1>\n<p>{escape(text)}</p>\n"
    return f"{title}\n\n{text}\n"
