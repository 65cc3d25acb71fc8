"""What Tenbyte's operations do, in our vocabulary: no HTTP, no wire names.

Where the documents are silent the reference's recommendation holds; ``NOTES.md`` lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from offair.emulator.core.events import PublicationRevoked, StreamCreated
from offair.emulator.core.moves import ended_now, place
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS, Capture, Ladder, Packaging, Source, State, Stream
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import Order, World
from offair.emulator.providers.tenbyte.auth import CLOUD

APP = "live"
DEFAULT_PAGE_SIZE = 10
LARGEST_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A stream as it was asked for."""

    name: str
    source: Source
    ladder: Ladder
    packaging: Packaging
    capture: Capture
    hook_url: str | None
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of streams, and how many there are."""

    number: int
    size: int
    total: int
    streams: tuple[Stream, ...]

    @property
    def count(self) -> int:
        """How many pages there are; none for no streams."""
        return -(-self.total // self.size)


def create(world: World, tenant: Tenant, wanted: Wanted, *, longest: float | None) -> Stream:
    """Make a stream with a key and a hook secret of its own; it is idle. A broadcast may last ``longest`` seconds."""
    now = world.clock.now()
    stream = Stream(
        id=world.ids.uuid(),
        cloud=CLOUD,
        tenant=tenant.id,
        app=APP,
        key=world.ids.uuid(),
        name=wanted.name,
        source=wanted.source,
        relays=(wanted.source.backup,) if wanted.source.kind == "push" and wanted.source.backup else (),
        ladder=wanted.ladder,
        packaging=wanted.packaging,
        capture=wanted.capture,
        longest=longest,
        hook_url=wanted.hook_url,
        hook_secret=world.ids.token(64),
        created_at=now,
        updated_at=now,
        extra=wanted.extra,
    )
    world.put(STREAMS, stream)
    world.events.publish(StreamCreated(stream))
    return stream


def find(world: World, tenant: Tenant, stream_id: str) -> Stream:
    """Find a stream of this organization; Missing for anybody else's."""
    stream = world.get(STREAMS, stream_id)
    if stream is None or stream.tenant != tenant.id:
        raise Missing(f"there is no stream {stream_id}")
    return stream


def page(world: World, tenant: Tenant, *, number: int, size: int, order: Order) -> Page:
    """List an organization's streams by age; a page past the end is empty."""
    total = world.count(STREAMS, tenant=tenant.id)
    offset = min((number - 1) * size, total)
    streams = world.find(STREAMS, tenant=tenant.id, order=order, limit=size, offset=offset)
    return Page(number, size, total, tuple(streams))


def delete(publications: Publications, stream: Stream, *, stops_live: bool) -> None:
    """Remove a stream; Conflict while it is on air, unless ``stops_live`` ends it first."""
    if stream.state.is_on_air and not stops_live:
        raise Conflict(f"cannot delete stream while {stream.state}")
    publications.forget(stream)


def stop(publications: Publications, stream: Stream) -> Stream:
    """Send the encoder away; Conflict when there is nothing to stop."""
    if stream.state in {State.IDLE, State.STOPPING}:
        raise Conflict(f"cannot stop stream while {stream.state}")
    return publications.stop(stream, reason="the stream was stopped")


def restart(publications: Publications, stream: Stream) -> Stream:
    """Start the transcoder anew; Conflict while the stream is live."""
    if stream.state is State.LIVE:
        raise Conflict("cannot restart stream while live")
    return publications.restart(stream)


def reset_key(world: World, publications: Publications, stream: Stream) -> Stream:
    """Give a stream a new key: the old one is dead at once, and whoever publishes with it is sent away."""
    if stream.state is State.STOPPING:
        raise Conflict("cannot reset stream key while stopping")
    renewed = replace(stream, key=world.ids.uuid(), updated_at=world.clock.now())
    world.put(STREAMS, renewed)
    if renewed.source.kind == "push" and renewed.state.is_on_air:
        return publications.stop(renewed, reason="the stream key was reset")
    return renewed


def report(world: World, stream: Stream, state: State, *, reason: str, words: str | None) -> Stream:
    """Believe a transcoder: the stream is now in this state, whatever the state table says."""
    changes: dict[str, Any] = ended_now(world, stream) if state is not State.RECONNECTING else {}
    if state is State.LIVE:
        changes = {} if stream.state is State.LIVE else {"last_live_at": world.clock.now()}
    if state in {State.IDLE, State.ERRORED} and stream.publication is not None:
        world.events.publish(PublicationRevoked(stream.publication, f"the transcoder reported {state}"))
        changes["publication"] = None
    return place(world, stream, state, reason=reason, words=words, **changes)
