"""Streams, categories and tags as AINative shows them; what only public code knows stands behind the published."""

from collections.abc import Sequence
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.world import World
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.ainative.nouns.people import Person
from offair.emulator.providers.ainative.nouns.shows import Category, Word
from offair.emulator.providers.ainative.rules import shelves
from offair.emulator.providers.ainative.rules.seeing import Seen
from offair.emulator.providers.ainative.rules.streams import APP

JSON = dict[str, Any]
MEDIA = "media"  # the service below the API
WHIP = "cloudflarestream.com"  # the web client sends to no URL that does not have this in it


def at(moment: float | None) -> str | None:
    """Write a moment that may not have come."""
    return None if moment is None else rfc3339(moment)


def playback_url(addresses: Addresses, video: str) -> str:
    """Write where something plays as HLS, in Cloudflare's form."""
    return f"{addresses.cdn}/{video}/manifest/video.m3u8"


def thumbnail(addresses: Addresses, video: str) -> str:
    """Write where the picture of something is, in Cloudflare's form."""
    return f"{addresses.cdn}/{video}/thumbnails/thumbnail.jpg"


def whip_url(addresses: Addresses, secret: str) -> str:
    """Write where who knows a secret publishes by WHIP; the web client's own rule is that the host's name is in it."""
    return f"{addresses.services[MEDIA]}/{WHIP}/{secret}/webRTC/publish"


def show_person(person: Person) -> JSON:
    """Write somebody in few words."""
    return {"id": person.id, "username": person.username, "display_name": person.display_name,
            "avatar_url": person.avatar_url}  # fmt: skip


def show_label(category: Category | None) -> JSON | None:
    """Write a category in few words."""
    return {"id": category.id, "name": category.name, "slug": category.slug} if category else None


def show_stream(seen: Seen, addresses: Addresses) -> JSON:
    """Write a stream as everybody may see it."""
    show = seen.show
    return {
        "id": show.id,
        "title": seen.stream.name,
        "description": show.description,
        "status": seen.phase,
        "viewer_count": seen.viewers,
        "playback_url": playback_url(addresses, show.video),
        "thumbnail_url": show.thumbnail_url or _picture(seen, addresses),
        "started_at": at(show.started_at),
        "created_at": rfc3339(show.created_at),
        "user_id": show.person,
        "category_id": show.category,
        "category": show_label(seen.category),
        "tags": [show_word(word) for word in seen.words],
        "cloudflare_video_id": seen.film.video if seen.film else None,
        "cloudflare_stream_id": show.video,
        "peak_viewers": show.peak,
        "ended_at": at(show.ended_at),
        "vod_id": seen.film.id if seen.film else None,
        "streamer": show_person(seen.person),
    }


def _picture(seen: Seen, addresses: Addresses) -> str | None:
    has_one = seen.has_pictures or (seen.film is not None and seen.film.recording is not None)
    return thumbnail(addresses, seen.show.video) if has_one else None


def show_created(seen: Seen, addresses: Addresses, *, web_client: bool) -> JSON:
    """Write a stream to who has just made it, with where to publish: nothing else ever shows that."""
    key = seen.stream.key
    ingest = {
        "rtmps_url": f"{addresses.rtmps}/{APP}/",
        "stream_key": key,
        "rtmps_key": key,
        "srt_url": f"{addresses.srt}?streamid=#!::r={APP}/{key},m=publish",
        "webrtc_url": whip_url(addresses, seen.show.secret),
    }
    shown = show_stream(seen, addresses)
    head = {name: shown.pop(name) for name in tuple(shown)[:9]}
    return {**head, "ingest": ingest, **shown, **({"stream_key": key} if web_client else {})}


def show_streams(streams: Sequence[Seen], addresses: Addresses, *, total: int | None = None) -> JSON:
    """Write a list of streams, of which these are a part."""
    shown = [show_stream(seen, addresses) for seen in streams]
    return list_streams(shown, total=len(streams) if total is None else total)


def list_streams(shown: Sequence[JSON], *, total: int) -> JSON:
    """Write a list of streams that are written already."""
    return {"streams": shown, "total": total}


def show_trending(streams: Sequence[Seen], addresses: Addresses, limit: int, *, total: int) -> JSON:
    """Write what grows."""
    return {**show_streams(streams, addresses, total=total), "limit": limit, "time_window_hours": 24}


def show_found(streams: Sequence[Seen], addresses: Addresses, *, total: int, has_more: bool) -> JSON:
    """Write what was searched for."""
    shown = [show_stream(seen, addresses) for seen in streams]
    return {"streams": shown, "total_count": total, "has_more": has_more}


def show_word(word: Word) -> JSON:
    """Write a tag of a stream."""
    return {"id": word.id, "name": word.name, "slug": word.slug}


def show_used_word(word: Word, uses: int) -> JSON:
    """Write a tag with how often it is used."""
    return {**show_word(word), "usage_count": uses}


class Shelves:
    """Categories with the live streams that stand on them, or below them."""

    def __init__(self, world: World, live: Sequence[Seen], addresses: Addresses) -> None:
        self._world, self._live, self._addresses = world, live, addresses

    def on(self, category: Category) -> list[Seen]:
        """List the live streams of a category and of all below it."""
        known = shelves.below(self._world, category.id)
        return [seen for seen in self._live if seen.show.category in known]

    def show(self, category: Category) -> JSON:
        """Write a category."""
        streams = self.on(category)
        return {
            "id": category.id,
            "name": category.name,
            "slug": category.slug,
            "description": category.description,
            "icon_url": None,
            "parent_id": category.parent,
            "is_active": True,
            "stream_count": len(streams),
            "viewer_count": sum(seen.viewers for seen in streams),
            "created_at": rfc3339(category.created_at),
        }

    def show_node(self, category: Category) -> JSON:
        """Write a category with all below it."""
        shown = self.show(category)
        children = [self.show_node(child) for child in shelves.categories(self._world, parent=category.id)]
        kept = ("id", "name", "slug", "stream_count", "viewer_count")
        return {**{name: shown[name] for name in kept}, "children": children}

    def show_tree(self) -> JSON:
        """Write all categories as a tree."""
        everything = shelves.categories(self._world)
        roots = [self.show_node(category) for category in everything if category.parent is None]
        return {"categories": roots, "total_categories": len(everything)}

    def show_with_streams(self, category: Category) -> JSON:
        """Write a category with what is live on it."""
        return {
            **self.show(category),
            "streams": [show_stream(seen, self._addresses) for seen in self.on(category)],
        }

    def show_list(self, categories: Sequence[Category], *, total: int) -> JSON:
        """Write some categories of so many."""
        return {"categories": [self.show(category) for category in categories], "total": total}

    def show_streams_of(self, category: Category, limit: int) -> JSON:
        """Write a category, and what is live on it."""
        found = self.on(category)
        return {"category": self.show(category), **show_streams(found[:limit], self._addresses, total=len(found))}

    def viewers(self, category: Category) -> int:
        """Count who watches a category."""
        return sum(seen.viewers for seen in self.on(category))


def demonstrate(answer: JSON) -> dict[str, str]:
    """Tell where a stream plays, of the answer that made it."""
    return played(answer["playback_url"])


def played(hls: str) -> dict[str, str]:
    """Tell where something plays by each protocol, of where it does by HLS."""
    return {"hls": hls, "dash": hls.replace(".m3u8", ".mpd")}
