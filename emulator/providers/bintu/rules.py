"""What Bintu's streams do, in our vocabulary: no HTTP, no names of its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from offair.emulator.core.events import StreamCreated
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS, Endpoint, HlsPackaging, Packaging, Source, State, Stream
from offair.emulator.core.tenants import Tenant
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.providers.bintu import catalogue, labels
from offair.emulator.providers.bintu.catalogue import Declined
from offair.emulator.providers.bintu.nouns import (
    CLOUD,
    GRAVES,
    OPTIONS,
    QUALITIES,
    Grave,
    Group,
    Keeping,
    Quality,
)
from offair.emulator.providers.bintu.people import organisation_of
from offair.emulator.providers.bintu.processing import capture_of, spread
from offair.emulator.providers.bintu.profiles import SOURCE, ladder_of, variant

APP, RECORDING_APP, NO_APP = "live", "rec", ""
SUFFIX = 5  # letters and digits of a name that are its own
LOCKED = "this stream is locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcode:
    """A further rendition as it was asked for."""

    profile: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A stream as it was asked for; ``steps`` by rendition, or once for all."""

    tags: tuple[str, ...] = ()
    transcodes: tuple[Transcode, ...] = ()
    steps: tuple[tuple[Keeping, ...], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def create(world: World, tenant: Tenant, wanted: Wanted, *, low_latency: bool) -> Group:
    """Make a stream and all of its renditions."""
    now, stream_id = world.clock.now(), world.ids.uuid()
    steps = spread(wanted.steps, 1 + len(wanted.transcodes)) if wanted.steps else [()] * (1 + len(wanted.transcodes))
    own = Quality(
        id=stream_id, tenant=tenant.id, stream=stream_id, name=_name(world, tenant), index=0, tags=wanted.tags,
        steps=steps[0], created_at=now,
    )  # fmt: skip
    qualities = (
        own,
        *(
            _quality(world, own, one, index, kept)
            for index, (one, kept) in enumerate(zip(wanted.transcodes, steps[1:], strict=True), 1)
        ),
    )
    stream = Stream(
        id=stream_id,
        cloud=CLOUD,
        tenant=tenant.id,
        app=APP,
        also=(RECORDING_APP, NO_APP),
        key=own.name,
        name=own.name,
        source=Source(kind="push", protocols=("rtmp", "srt", "whip")),
        ladder=ladder_of(qualities),
        packaging=Packaging(hls=HlsPackaging(segment_format="fmp4", low_latency=low_latency)),
        capture=capture_of(quality.steps for quality in qualities),
        created_at=now,
        updated_at=now,
        extra=wanted.extra,
    )
    world.put(STREAMS, stream)
    for quality in qualities:
        world.put(QUALITIES, quality)
        labels.use(world, tenant.id, quality.tags)
    world.events.publish(StreamCreated(stream))
    return Group(stream=stream, qualities=qualities)


def find_quality(world: World, quality_id: str, *, tenant: Tenant | None = None) -> Quality:
    """Find a rendition, of an organisation where one is named; Declined for anybody else's."""
    found = world.get(QUALITIES, quality_id)
    if found is None or (tenant is not None and found.tenant != tenant.id):
        raise Declined(catalogue.NO_STREAM, id=quality_id)
    return found


def quality_named(world: World, name: str) -> Quality | None:
    """Find a rendition by its name, whose case counts."""
    return next(iter(world.find(QUALITIES, name=name)), None)


def group_of(world: World, stream_id: str) -> Group:
    """Give a stream with its renditions; Declined where it is gone."""
    stream = world.get(STREAMS, stream_id)
    if stream is None:
        raise Declined(catalogue.NO_STREAM, id=stream_id)
    return Group(stream=stream, qualities=_ordered(world.find(QUALITIES, stream=stream_id)))


def groups(world: World, tenant: Tenant) -> list[Group]:
    """List an organisation's streams, newest first."""
    by_stream: dict[str, list[Quality]] = {}
    for quality in world.find(QUALITIES, tenant=tenant.id):
        by_stream.setdefault(quality.stream, []).append(quality)
    found = world.find(STREAMS, tenant=tenant.id, cloud=CLOUD, order="desc")
    return [Group(stream=one, qualities=_ordered(by_stream[one.id])) for one in found if one.id in by_stream]


def graves(world: World, tenant: Tenant) -> list[Group]:
    """List an organisation's deleted streams, newest first."""
    return [grave.group for grave in world.find(GRAVES, tenant=tenant.id, order="desc")]


def change(world: World, quality: Quality, **fields: Any) -> Group:
    """Change a rendition, and note when its stream was changed."""
    world.put(QUALITIES, replace(quality, **fields))
    labels.use(world, quality.tenant, fields.get("tags", ()))
    return _touched(world, quality.stream)


def push(rooms: Rooms, quality: Quality, url: str | None) -> Group:
    """Send a rendition elsewhere too, or no more."""
    return send_on(rooms, change(rooms.world, quality, push_url=url))


def send_on(rooms: Rooms, group: Group) -> Group:
    """Have each rendition sent to where its push URL says, and to nowhere else."""
    targets = tuple(
        Endpoint(protocol=one.push_url.partition(":")[0], url=one.push_url, variant=_sent(one, rooms))
        for one in group.qualities
        if one.push_url
    )
    if targets == group.stream.relays:
        return group
    return replace(group, stream=rooms.publications.relay(group.stream, targets))


def stop(world: World, publications: Publications, stream: Stream) -> Group:
    """Send the encoder away; nothing happens to a stream that has none."""
    if stream.state.is_on_air and stream.state is not State.STOPPING:
        publications.stop(stream, reason="the stream was stopped")
    return group_of(world, stream.id)


def lock(world: World, publications: Publications, stream: Stream) -> Group:
    """Send the encoder away and let nobody publish."""
    closed = world.put(STREAMS, replace(stream, closed=LOCKED, updated_at=world.clock.now()))
    return stop(world, publications, closed)


def unlock(world: World, stream: Stream) -> Group:
    """Let encoders publish again."""
    world.put(STREAMS, replace(stream, closed=None, updated_at=world.clock.now()))
    return group_of(world, stream.id)


def set_timecodes(world: World, stream: Stream, seconds: float | None) -> Group:
    """Have timecodes told in the next broadcast, so many seconds apart; None is none."""
    world.put(STREAMS, replace(stream, timecodes=seconds, updated_at=world.clock.now()))
    return group_of(world, stream.id)


def set_steps(world: World, group: Group, wanted: Sequence[Sequence[Keeping]], quality: Quality) -> Group:
    """Say what is kept of the next broadcast: of all renditions, or of one that is addressed by its own id."""
    chosen = group.qualities if quality.index == 0 else (quality,)
    for one, steps in zip(chosen, spread(wanted, len(chosen)), strict=True):
        world.put(QUALITIES, replace(one, steps=steps))
    return _remade(world, group.stream)


def add_transcode(world: World, group: Group, wanted: Transcode) -> Group:
    """Add a rendition behind the others; the next broadcast has it."""
    made = _quality(world, group.first, wanted, len(group.qualities), group.first.steps)
    world.put(QUALITIES, made)
    labels.use(world, made.tenant, made.tags)
    return _remade(world, group.stream)


def edit_transcode(world: World, group: Group, quality_id: str, wanted: Transcode) -> Group:
    """Give a rendition another profile and other tags; it keeps its id, name and place."""
    quality = _transcode(group, quality_id)
    world.put(QUALITIES, replace(quality, profile=wanted.profile, tags=wanted.tags))
    labels.use(world, quality.tenant, wanted.tags)
    return _remade(world, group.stream)


def remove_transcode(world: World, group: Group, quality_id: str) -> Group:
    """Remove a rendition, and renumber those after it."""
    gone = _transcode(group, quality_id)
    _forget(world, gone)
    for quality in group.qualities:
        if quality.index > gone.index:
            world.put(QUALITIES, replace(quality, index=quality.index - 1))
    return _remade(world, group.stream)


def delete(world: World, publications: Publications, group: Group) -> None:
    """Remove a stream with all that is its own; that it was there is remembered."""
    publications.forget(group.stream)
    for quality in group.qualities:
        _forget(world, quality)
    buried = replace(group, buried_at=world.clock.now())
    world.put(GRAVES, Grave(id=group.stream.id, tenant=group.stream.tenant, group=buried))


def _forget(world: World, quality: Quality) -> None:
    world.delete(QUALITIES, id=quality.id)
    world.delete(OPTIONS, stream=quality.id)


def _transcode(group: Group, quality_id: str) -> Quality:
    found = next((one for one in group.qualities if one.id == quality_id and one.index > 0), None)
    if found is None:
        raise Declined(catalogue.NO_STREAM, id=quality_id)
    return found


def _sent(quality: Quality, rooms: Rooms) -> str | None:
    """Name the variant that is sent: of the encoder's own pictures what it sends itself."""
    name = variant(quality, rooms.media_profile)
    return None if name == SOURCE else name


def _touched(world: World, stream_id: str) -> Group:
    group = group_of(world, stream_id)
    stream = world.put(STREAMS, replace(group.stream, updated_at=world.clock.now()))
    return replace(group, stream=stream)


def _remade(world: World, stream: Stream) -> Group:
    """Have a stream's ladder and capture follow its renditions."""
    group = group_of(world, stream.id)
    kept = capture_of(quality.steps for quality in group.qualities)
    made = replace(
        group.stream, ladder=ladder_of(group.qualities), capture=kept, updated_at=world.clock.now()
    )  # fmt: skip
    return replace(group, stream=world.put(STREAMS, made))


def _ordered(qualities: Sequence[Quality]) -> tuple[Quality, ...]:
    return tuple(sorted(qualities, key=lambda quality: quality.index))


def _quality(world: World, own: Quality, wanted: Transcode, index: int, steps: tuple[Keeping, ...]) -> Quality:
    name = own.name.partition("-")[0]
    return Quality(
        id=world.ids.uuid(), tenant=own.tenant, stream=own.stream, name=_free(world, name), index=index,
        profile=wanted.profile, tags=wanted.tags, steps=steps, created_at=world.clock.now(),
    )  # fmt: skip


def _name(world: World, tenant: Tenant) -> str:
    return _free(world, organisation_of(world, tenant.id).hash)


def _free(world: World, organisation_hash: str) -> str:
    while True:
        name = f"{organisation_hash}-{world.ids.letters(SUFFIX)}"
        if quality_named(world, name) is None:
            return name
