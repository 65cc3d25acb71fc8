"""Occasions: what may happen to a stream, as events that did not happen. Pure, but for what is there already."""

from collections.abc import Iterator
from dataclasses import replace

from offair.emulator.core.events import (
    Event,
    PublicationBegan,
    PublicationEnded,
    PublicationGoesOn,
    PullWanted,
    RecordingForgotten,
    RecordingMoved,
    RelaysChanged,
    StreamCreated,
    StreamDeleted,
    StreamMoved,
    ViewerCame,
    ViewerLeft,
)
from offair.emulator.core.ports import Knock
from offair.emulator.core.publication import PUBLICATIONS, Publication, Totals
from offair.emulator.core.recordings import RECORDINGS, Recording, RecordingState
from offair.emulator.core.streams import MOVES, Stream
from offair.emulator.core.viewing import Viewing
from offair.emulator.core.world import World

PEER = "127.0.0.1"
MASTER = "master.m3u8"
REASON = "triggered"


def occasions(world: World, stream: Stream) -> Iterator[Event]:
    """Give every event that a cloud may react to, for this stream and now; moves from where it is come first."""
    now = world.clock.now()
    broadcast = broadcast_of(world, stream)
    for origin in (stream.state, *MOVES):
        for target in sorted(MOVES[origin] - {origin}):
            moved = replace(stream, state=target, updated_at=now)
            yield StreamMoved(stream=moved, origin=origin, reason=REASON)
    yield StreamCreated(stream)
    yield PublicationBegan(publication=broadcast, stream=stream)
    yield goes_on(world, stream)
    seconds = world.clock.since(broadcast.began_at)
    yield PublicationEnded(publication=broadcast, stream=stream, seconds=seconds, totals=Totals())
    recording = _recording_of(world, stream, broadcast)
    for state in RecordingState:
        origin_of = None if state is RecordingState.RECORDING else RecordingState.PROCESSING
        yield RecordingMoved(recording=replace(recording, state=state), origin=origin_of)
    yield RecordingForgotten(recording)
    yield PullWanted(stream)
    yield RelaysChanged(stream)
    yield ViewerCame(viewing_of(stream))
    yield ViewerLeft(viewing_of(stream), 0.0, 0)
    yield StreamDeleted(stream)


def broadcast_of(world: World, stream: Stream) -> Publication:
    """Give the stream's running broadcast, or one that might begin now."""
    found = world.get(PUBLICATIONS, stream.publication) if stream.publication else None
    return found or Publication(
        id=world.ids.uuid(),
        tenant=stream.tenant,
        stream=stream.id,
        protocol=_protocol(stream),
        peer=PEER,
        began_at=world.clock.now(),
        app=stream.app,
        is_simulated=True,
    )


def goes_on(world: World, stream: Stream) -> PublicationGoesOn:
    """Give what is told of a broadcast that still runs."""
    broadcast = broadcast_of(world, stream)
    return PublicationGoesOn(publication=broadcast, stream=stream, seconds=world.clock.since(broadcast.began_at))


def knock_of(stream: Stream) -> Knock:
    """Give the knock of an encoder that has the stream's key."""
    return Knock(protocol=_protocol(stream), app=stream.app, name=stream.key, peer=PEER)


def viewing_of(stream: Stream) -> Viewing:
    """Give the wish of somebody who shows nothing."""
    return Viewing(stream=stream.id, name=MASTER, protocol="http", peer=PEER)


def _protocol(stream: Stream) -> str:
    return next(iter(stream.source.protocols), "rtmp")


def _recording_of(world: World, stream: Stream, broadcast: Publication) -> Recording:
    for latest in world.find(RECORDINGS, stream=stream.id, order="desc", limit=1):
        return latest
    return Recording(
        id=world.ids.uuid(),
        cloud=stream.cloud,
        tenant=stream.tenant,
        stream=stream.id,
        publication=broadcast.id,
        name=stream.name,
        capture=stream.capture,
        began_at=broadcast.began_at,
        ended_at=world.clock.now(),
        seconds=world.clock.since(broadcast.began_at),
    )
