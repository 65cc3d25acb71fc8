"""Where a stream is played, and what was kept of it: an entry for each rendition in parallel lists."""

from collections.abc import Iterable, Sequence
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.recordings import Recording, RecordingState
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.bintu.nouns import Group, Keeping, Quality
from offair.emulator.providers.bintu.processing import CLIP, REPLAY, THUMBS, has_own_recording
from offair.emulator.providers.bintu.profiles import read_profile

JSON = dict[str, Any]
DONE = frozenset({RecordingState.READY, RecordingState.SHIPPING, RecordingState.SHIPPED})


def show(
    group: Group,
    addresses: Addresses,
    *,
    chosen: Sequence[Quality],
    recordings: Sequence[Recording],
    limit: int | None,
    is_own: bool,
    is_secure: bool,
) -> JSON:
    """Show where to play the chosen renditions, and ``limit`` assets of each kind."""
    newest = [one for one in reversed(recordings) if one.stream == group.stream.id]
    pictured = chosen if group.stream.last_live_at is not None else ()
    can_replay = any(recording.capture.replay for recording in newest)
    return {
        "rtmp": [_rtmp(quality, addresses, is_secure=is_secure) for quality in chosen],
        "hls": [_hls(quality, addresses) for quality in chosen],
        "web": [
            *(_page(quality, addresses, is_own=is_own) for quality in chosen[:1]),
            *_cut((_vod(one, quality, addresses, place) for quality in chosen for place, one in _kept(newest, quality)),
                  limit),
        ],
        "h5live": [_h5live(quality, addresses, is_secure=is_secure) for quality in chosen],
        "thumbnails": _cut((_picture(one, addresses, "jpg", "image") for one in _with(pictured, THUMBS)), limit),
        "replay": _cut((_replay(one, addresses) for one in _with(chosen, REPLAY) if can_replay), limit),
        "motionclip": _cut((_picture(one, addresses, "gif", "gif") for one in _with(pictured, CLIP)), limit),
    }  # fmt: skip


def show_step(step: Keeping) -> JSON:
    """Show what is kept of a rendition."""
    shown: JSON = {"id": step.kind}
    if step.kind in {THUMBS, CLIP}:
        shown["interval"] = step.interval
    if step.kind != THUMBS:
        shown["duration"] = step.duration
    return shown


def _entry(quality: Quality) -> JSON:
    return {
        "id": quality.id,
        "type": "live",
        "index": quality.index,
        "tags": list(quality.tags),
        "processing": [show_step(step) for step in quality.steps],
    }


def _play(quality: Quality, addresses: Addresses, *, is_secure: bool) -> JSON:
    return {"url": f"{addresses.rtmp}/{'splay' if is_secure else 'play'}", "streamname": quality.name}


def _rtmp(quality: Quality, addresses: Addresses, *, is_secure: bool) -> JSON:
    return {**_play(quality, addresses, is_secure=is_secure), **_entry(quality)}


def _hls(quality: Quality, addresses: Addresses) -> JSON:
    return {"url": f"{addresses.cdn}/hls/{quality.name}/index.m3u8", "type": "live", "index": quality.index}


def _h5live(quality: Quality, addresses: Addresses, *, is_secure: bool) -> JSON:
    http, socket = ("authhttp", "authstream") if is_secure else ("http", "stream.mp4")
    server = f"{addresses.services['h5live']}/h5live"
    shown = {
        **_entry(quality),
        "rtmp": _play(quality, addresses, is_secure=is_secure),
        "server": {
            "websocket": f"{addresses.socket(server)}/{socket}",
            "hls": f"{server}/{http}/playlist.m3u8",
            "progressive": f"{server}/{http}/stream.mp4",
        },
    }
    if quality.profile is None:
        return shown
    recipe = read_profile(quality.profile)
    told = {"width": recipe.width, "height": recipe.height, "bitrate": recipe.kbps, "fps": recipe.fps}
    return {**shown, "info": {name: value for name, value in told.items() if value is not None}}


def _page(quality: Quality, addresses: Addresses, *, is_own: bool) -> JSON:
    entry = _entry(quality)
    return {
        "url": f"{addresses.api}/playout/{quality.id}",
        "type": "live",
        "createdAt": rfc3339(quality.created_at, places=3),
        "streamId": quality.id,
        "id": quality.id,
        "pushUrl": quality.push_url if is_own else None,
        "opcode": None,
        "processing": entry["processing"],
        "tags": entry["tags"],
    }


def _vod(recording: Recording, quality: Quality, addresses: Addresses, place: int) -> JSON:
    """The newest has the plain name, as documented; those before it say when they began."""
    session = f"-{recording.session}" if place else ""
    return {
        "url": f"{addresses.cdn}/vod/{quality.name}{session}.mp4",
        "type": "vod",
        "createdAt": rfc3339(recording.ended_at or recording.began_at, places=3),
        "streamId": quality.id,
        "index": place + 1,
    }


def _picture(quality: Quality, addresses: Addresses, suffix: str, kind: str) -> JSON:
    return {"url": f"{addresses.cdn}/vod/thumbnails/{quality.name}.{suffix}", "type": kind, **_whose(quality)}


def _replay(quality: Quality, addresses: Addresses) -> JSON:
    page = f"{addresses.api}/playout/{quality.id}?replay={quality.name}"
    return {"url": page, "type": "playout", "index": quality.index, **_whose(quality)}


def _whose(quality: Quality) -> JSON:
    return {"streamId": quality.id, "streamname": quality.name}


def _kept(newest: Sequence[Recording], quality: Quality) -> Iterable[tuple[int, Recording]]:
    """The recordings of a rendition: of the encoder's own pictures all, of a transcode where it was asked for."""
    if not has_own_recording(quality):
        return ()
    return enumerate(one for one in newest if one.capture.recording and one.state in DONE)


def _with(qualities: Sequence[Quality], kind: str) -> list[Quality]:
    return [quality for quality in qualities if any(step.kind == kind for step in quality.steps)]


def _cut(entries: Iterable[JSON], limit: int | None) -> list[JSON]:
    return list(entries)[:limit]
