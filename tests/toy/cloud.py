"""The smallest cloud, loaded as one from another distribution would be: one file of code, one of promise."""

from dataclasses import dataclass
from pathlib import Path

from offair.contracts.contract import Contract
from offair.emulator.core.problems import NoRoute, Problem, Unauthorized, Unbuilt, WrongMethod
from offair.emulator.core.publication import Policy
from offair.emulator.core.streams import STREAMS, AudioRung, HlsPackaging, Ladder, Packaging, Source, Stream, VideoRung
from offair.emulator.core.tenants import Tenant, enrol, tenant_of
from offair.emulator.core.world import World
from offair.emulator.provider import Call, Operations, Provider, Reply, Sample

operation = Operations(Contract.load(Path(__file__).parent))
RUNG = VideoRung(
    width=320, height=180, fps=15, gop=15, bitrate_kbps=200, codec="h264", audio=AudioRung(), preset="ultrafast"
)
STATUS = {Unauthorized: 403, NoRoute: 404, WrongMethod: 405, Unbuilt: 501}


@dataclass(frozen=True)
class Switches:
    """The toy has nothing to choose."""


@operation("POST /rooms")
def create_room(call: Call) -> Reply:
    """Make a room: a stream under another name."""
    now, ids = call.world.clock.now(), call.world.ids
    room = Stream(
        id=ids.uuid(), cloud="toy", tenant=call.caller.id, app="toy", key=ids.token(8), name=call.body["title"],
        source=Source(kind="push", protocols=("rtmp",)), ladder=Ladder(video=(RUNG,)),
        packaging=Packaging(hls=HlsPackaging(segment_format="fmp4")), created_at=now, updated_at=now,
    )  # fmt: skip
    call.world.put(STREAMS, room)
    watch = f"{call.addresses.cdn}/{room.id}/master.m3u8"
    return Reply(201, {"room": room.id, "push": f"{call.addresses.rtmp}/{room.app}/{room.key}", "watch": watch})


def identify(call: Call) -> Tenant:
    """Know a caller by its token."""
    tenant = tenant_of(call.world, "toy", call.headers.get("X-Toy") or "")
    if tenant is None:
        raise Unauthorized("who are you")
    return tenant


def invite(world: World, name: str) -> Tenant:
    """Make a caller."""
    token = world.ids.token(8)
    return enrol(
        world,
        Tenant(id=world.ids.uuid(), cloud="toy", name=name, credentials={"token": token}, headers={"X-Toy": token}),
    )


def render(problem: Problem) -> Reply:
    """Say no."""
    return Reply(STATUS.get(type(problem), 418), {"oops": str(problem)})


PROVIDER = Provider(
    title="Toy",
    operations=operation,
    identify=identify,
    render=render,
    invite=invite,
    deliveries=lambda _moved, _switches: (),
    retries=(),
    policy=lambda _switches: Policy(grace=2.0, patience=2.0),
    switch_type=Switches,
    sample=Sample(
        operation="POST /rooms", example="room", stream_id=lambda a: a["room"], playback=lambda a: {"hls": a["watch"]}
    ),
)
