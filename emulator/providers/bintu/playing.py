"""Where Bintu's streams play, and who may watch."""

from urllib.parse import urlencode

from offair.emulator.core.ports import Knock, Refused
from offair.emulator.core.streams import Stream
from offair.emulator.core.viewing import Viewing
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Question
from offair.emulator.provider.query import Query
from offair.emulator.provider.surface import Spot
from offair.emulator.providers.bintu import guarding, hooks
from offair.emulator.providers.bintu.guarding import STREAM, carried_in
from offair.emulator.providers.bintu.h5live.wish import Denied, Playable, Wish
from offair.emulator.providers.bintu.nouns import Quality
from offair.emulator.providers.bintu.profiles import variant
from offair.emulator.providers.bintu.rules import quality_named

INDEX = "index.m3u8"
MP4, PLAYLIST = ".mp4", ".m3u8"
ADAPTIVE = "-abr"  # behind a name: all renditions of its group
RTMP_APPS = frozenset({"play", "splay"})  # the second of those who show a token
PICTURES = {".jpg": "thumbnail.jpg", ".gif": "clip.gif"}


def locate(path: str, query: Query, rooms: Rooms) -> Spot | None:
    """Read the documented forms, and what the playlists there lead to.

    ``hls/<name>/index.m3u8``,
    ``vod/<name>[-<session>].mp4``, ``vod/thumbnails/<name>.jpg`` and ``.gif``, and
    ``vod/replay/[<organisation>/]<name>[-abr][-<session>].m3u8``.
    A link of a playlist keeps ``stream`` in its query, so that it is known whose it is.
    """
    match path.split("/"):
        case ["hls", name, "index.m3u8"] if STREAM not in query:
            return _index(quality_named(rooms.world, name), query, rooms)
        case ["vod", "thumbnails", file]:
            return _picture(file, rooms)
        case ["vod", "replay", file] if STREAM not in query:
            return _replay(file, query, rooms)
        case ["vod", "replay", folder, file] if STREAM not in query and file.startswith(f"{folder}-"):
            return _replay(file, query, rooms)
        case ["vod", "replay", *rest] if rest:
            return _linked("/".join(rest), query, rooms)
        case ["vod", file]:
            return _recording(file, rooms)
        case ["hls", *rest] if rest:
            return _linked("/".join(rest), query, rooms)
    return None


def find(wish: Wish, rooms: Rooms) -> Playable | Denied:
    """Say what a viewer of H5Live means: a rendition by its name, which alone chooses."""
    quality = quality_named(rooms.world, wish.stream) if wish.stream else None
    return Playable(stream=quality.stream, variant=variant(quality, rooms.media_profile)) if quality else Denied()


def plays(knock: Knock, rooms: Rooms) -> Spot | None:
    """Say what a player of RTMP means: a rendition by its name, whichever of the two applications it asks."""
    quality = quality_named(rooms.world, knock.name) if knock.app in RTMP_APPS else None
    if quality is None:
        return None
    return Spot(quality.stream, variant(quality, rooms.media_profile), urlencode({STREAM: quality.name}))


def usher(viewing: Viewing, stream: Stream | None, rooms: Rooms) -> Refused | Question | None:
    """Let in who may watch; where the webhook is to be asked too, ask it."""
    if stream is None:
        return None
    refused = guarding.objection(viewing, stream, rooms)
    return refused if refused is not None else hooks.ask_to_play(viewing, stream, rooms)


def _asked(query: Query, rooms: Rooms) -> Quality | None:
    return quality_named(rooms.world, query[STREAM]) if STREAM in query else None


def _index(quality: Quality | None, query: Query, rooms: Rooms) -> Spot | None:
    if quality is None:
        return None
    return Spot(
        quality.stream, f"{variant(quality, rooms.media_profile)}/{INDEX}", carried_in(query.lists, quality.name)
    )


def _linked(name: str, query: Query, rooms: Rooms) -> Spot | None:
    quality = _asked(query, rooms)
    return Spot(quality.stream, name, carried_in(query.lists, quality.name)) if quality else None


def _picture(file: str, rooms: Rooms) -> Spot | None:
    name, dot, suffix = file.rpartition(".")
    quality = quality_named(rooms.world, name)
    kind = PICTURES.get(dot + suffix)
    return Spot(quality.stream, kind) if quality and kind else None


def _replay(file: str, query: Query, rooms: Rooms) -> Spot | None:
    """Read a replay's name: of one rendition, or with ``-abr`` behind its name of the whole group."""
    name, behind = _session(file.removesuffix(PLAYLIST))
    quality = quality_named(rooms.world, name) if file.endswith(PLAYLIST) else None
    if quality is None:
        return None
    is_adaptive = f"{behind}-".startswith(f"{ADAPTIVE}-")
    session = behind.removeprefix(ADAPTIVE) if is_adaptive else behind
    folder = "" if is_adaptive else f"{variant(quality, rooms.media_profile)}/"
    newest = next((one.session for one in reversed(hooks.replays_of(rooms.world, quality.stream))), None)
    heading = f"#EXT-X-NANO-PLAYLIST:{name}{ADAPTIVE if is_adaptive else ''}{session or f'-{newest}'}{PLAYLIST}"
    return Spot(quality.stream, f"{folder}replay{session}{PLAYLIST}", carried_in(query.lists, quality.name), heading)


def _recording(file: str, rooms: Rooms) -> Spot | None:
    name, session = _session(file.removesuffix(MP4))
    quality = quality_named(rooms.world, name) if file.endswith(MP4) else None
    found = hooks.recordings_of(rooms.world, quality.stream) if quality else []
    kept = next((one for one in reversed(found) if session in {"", f"-{one.session}"}), None)
    if kept is None or quality is None:
        return None
    whole = [name for name in kept.files if name.endswith(MP4) and "/" not in name]
    own = f"recording.{variant(quality, rooms.media_profile)}{MP4}"
    mp4 = own if own in whole else next(iter(whole), None)
    return Spot(kept.stream, f"recordings/{kept.id}/{mp4}") if mp4 else None


def _session(text: str) -> tuple[str, str]:
    """Split ``AAAAA-BBBBB-1700000000000`` into the name and the session with its hyphen, which may be missing."""
    parts = text.split("-")
    return ("-".join(parts[:2]), "".join(f"-{part}" for part in parts[2:]))
