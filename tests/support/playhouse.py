"""A small cloud that does nothing but play: any stream of its own, by its name, over what it is told to serve."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from offair.contracts.contract import Contract
from offair.emulator.core.events import StreamCreated
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import (
    STREAMS,
    AudioRung,
    HlsPackaging,
    Ladder,
    Packaging,
    Source,
    State,
    Stream,
    VideoRung,
)
from offair.emulator.core.tenants import Tenant, enrol
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Surface

CLOUD = "playhouse"
GUARDED = "guarded"
RUNG = VideoRung(
    width=160, height=90, fps=25, gop=25, bitrate_kbps=100, codec="h264", audio=AudioRung(), preset="ultrafast"
)


@dataclass(frozen=True)
class Switches:
    """A playhouse leaves nothing open."""


def playhouse(folder: Path, service: Callable[[], Surface]) -> Provider:
    """Make the cloud, with the main document of a folder and one service."""
    promise = Contract.load(folder, cloud=CLOUD)
    operation = Operations(promise)
    operation("GET /plays")(lambda _call: Reply(200, []))
    return Provider(
        title="Playhouse",
        surfaces=(Surface(operations=operation, render=say_no), service()),
        invite=_invite,
        policy=lambda _switches: Policy(rest=State.IDLE),
        switch_type=Switches,
        usher=_usher,
        demo=Demo(operation="GET /plays", example="plays", stream_id=str, playback=lambda _answer: {}),
    )


def say_no(problem, _call):
    """Say a problem in the house's words."""
    return Reply(404, {"sorry": str(problem)})


def make_stream(emulator, name, *, video=(), source=True, extra=None, timecodes=None):
    """Put a stream on, whose key is its name; the encoder's own pictures, and rungs beside them."""
    world = emulator.world
    tenant = emulator.tenancy.house(CLOUD)
    stream = Stream(
        id=world.ids.uuid(),
        cloud=CLOUD,
        tenant=tenant.id,
        app="live",
        key=name,
        name=name,
        source=Source(kind="push", protocols=("rtmp",)),
        ladder=Ladder(video=tuple(video), source=source),
        packaging=Packaging(hls=HlsPackaging(segment_format="fmp4", low_latency=True)),
        created_at=world.clock.now(),
        updated_at=world.clock.now(),
        extra=extra or {},
        timecodes=timecodes,
    )
    with world.transaction():
        world.put(STREAMS, stream)
        world.events.publish(StreamCreated(stream))
    return stream


def _invite(world, name) -> Tenant:
    return enrol(world, Tenant(id=world.ids.uuid(), cloud=CLOUD, name=name, credentials={"key": world.ids.token(20)}))


def _usher(viewing, stream, _rooms):
    """Let into a guarded play only who shows the right token."""
    wanted = stream.extra.get(GUARDED) if stream else None
    if wanted is None or wanted in viewing.query.get("token", ()):
        return None
    return Refused(Reason.FORBIDDEN, "this play is guarded")
