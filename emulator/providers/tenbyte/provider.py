"""The form, filled in for Tenbyte."""

from typing import Any

from offair.contracts.violation import Violation
from offair.emulator.core.events import StreamMoved
from offair.emulator.core.limits import Limit
from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import Stream
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.surface import Surface
from offair.emulator.providers.tenbyte.auth import credentials, identify, invite, mint
from offair.emulator.providers.tenbyte.errors import render
from offair.emulator.providers.tenbyte.hooks import RETRIES, deliveries
from offair.emulator.providers.tenbyte.operations import operation
from offair.emulator.providers.tenbyte.switches import Switches
from offair.emulator.providers.tenbyte.wire import show_stream

MINUTE = 60.0


def _policy(switches: Switches) -> Policy:
    return Policy(
        grace=switches.grace_seconds,
        patience=switches.patience_seconds,
    )


def _limits(switches: Switches) -> dict[str, Limit]:
    if switches.requests_per_minute is None:
        return {}
    limit = Limit(switches.requests_per_minute, MINUTE)
    return {documented.operation_id: limit for documented, _ in operation}


def _playback(answer: Any) -> dict[str, str]:
    return {name: url for name, url in answer["data"]["playback"].items() if url}


def _plays_at(stream: Stream, rooms: Rooms) -> dict[str, str]:
    return _playback({"data": show_stream(stream, rooms.addresses, null_playback=False)})


def _overlooks(violation: Violation, switches: Switches) -> bool:
    return switches.any_region and violation.path == ("region",) and violation.rule == "pattern"


PROVIDER = Provider(
    title="Tenbyte Livestream",
    surfaces=(Surface(operations=operation, identify=identify, render=render, limits=_limits, overlooks=_overlooks),),
    invite=invite,
    credentials=credentials,
    mint=mint,
    policy=_policy,
    switch_type=Switches,
    reactions={StreamMoved: deliveries},
    retries=RETRIES,
    plays_at=_plays_at,
    orders={
        "stop": "POST /streams/{streamId}/stop",
        "restart": "POST /streams/{streamId}/restart",
        "reset key": "POST /streams/{streamId}/reset-key",
        "delete": "DELETE /streams/{streamId}",
    },
    switched={
        "delete_stops_live": ["DELETE /streams/{streamId}"],
        "null_playback": ["POST /streams", "GET /streams/{streamId}", "POST /streams/{streamId}/reset-key"],
        "probes_need_credentials": ["GET /ping", "GET /health"],
        "any_region": ["POST /streams"],
        "event_seconds": ["POST /streams"],
    },
    demo=Demo(
        operation="POST /streams",
        example="create-video-push",
        stream_id=lambda answer: str(answer["data"]["id"]),
        playback=_playback,
    ),
)
