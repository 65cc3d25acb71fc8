"""A stream as Bintu shows it: to its own people, to everybody, and to a player."""

from collections.abc import Mapping, Sequence
from typing import Any

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.recordings import Recording
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.bintu.listing import stands
from offair.emulator.providers.bintu.nouns import Group, OptionGroup, Quality
from offair.emulator.providers.bintu.wire import playout
from offair.emulator.providers.bintu.wire.asking import MILLISECONDS

JSON = dict[str, Any]
SECRET = ("ingest", "push_url")  # who may publish, and where it goes, is its own people's affair


def show_stream(
    group: Group,
    addresses: Addresses,
    *,
    chosen: Quality | None = None,
    recordings: Sequence[Recording] = (),
    limit: int | None = None,
    is_own: bool = True,
    shows_vod: bool = True,
    is_secure: bool = False,
) -> JSON:
    """Show a stream with all of its renditions, or the ``chosen`` one alone; ``limit`` assets of each kind at most."""
    stream, first = group.stream, chosen or group.first
    shown: JSON = {
        "id": first.id,
        "streamgroup": stream.id,
        "state": stands(group),
        "type": stream.extra["type"],
        "created_at": moment(stream.created_at),
        "updated_at": moment(stream.updated_at if group.buried_at is None else group.buried_at),
        "tags": list(first.tags),
        "push_url": first.push_url,
        "secure": is_secure,
        "webrtc": stream.extra["webrtc"],
        "transcoding": stream.extra["transcoding"],
        "timecode": None if stream.timecodes is None else {"interval": round(stream.timecodes * MILLISECONDS)},
        "ingest": {"rtmp": {"url": f"{addresses.rtmp}/{stream.app}", "streamname": stream.key}},
        "playout": playout.show(
            group,
            addresses,
            chosen=[chosen] if chosen else group.qualities,
            recordings=recordings if is_own or shows_vod else (),
            limit=limit,
            is_own=is_own,
            is_secure=is_secure,
        ),
    }
    return shown if is_own else {name: value for name, value in shown.items() if name not in SECRET}


def for_player(shown: JSON) -> JSON:
    """Keep what a player needs."""
    wanted = ("rtmp", "hls", "h5live")
    return {
        **{name: shown[name] for name in ("id", "streamgroup", "state")},
        "playout": {name: shown["playout"][name] for name in wanted},
    }


def show_options(group: OptionGroup) -> JSON:
    """Show a group of options."""
    return {"name": group.name, "options": dict(group.options)}


def show_name(name: str, quality: Quality | None) -> JSON:
    """Say whether a name is taken."""
    return {"valid": quality is not None, "streamname": name, "id": quality.id if quality else None}


def show_counts(counts: Mapping[str, int]) -> JSON:
    """Say how many there are of each state."""
    return dict(counts)


def moment(at: float) -> str:
    """Write a time as the cloud does."""
    return rfc3339(at, places=3)
