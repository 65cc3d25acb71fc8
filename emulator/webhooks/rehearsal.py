"""A rehearsal: a cloud is shown what did not happen, and of all that it does only its hook is kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Delivery, Question
from offair.emulator.provider.provider import Provider, Say
from offair.emulator.webhooks.occasions import goes_on, knock_of, occasions, viewing_of
from offair.emulator.webhooks.outbox import Outbox, Parcel

Scene = Callable[[Rooms], Iterable[Delivery]]


class _OverError(Exception):
    """Ends a rehearsal, so that its transaction is undone."""


class Rehearsal:
    """Sends a cloud's own hooks out of turn: made by the cloud, signed, kept and tried again as always."""

    def __init__(
        self, world: World, outbox: Outbox, providers: Mapping[str, Provider], rooms: Callable[[str], Rooms]
    ) -> None:
        self._world = world
        self._outbox = outbox
        self._providers = providers
        self._rooms = rooms

    def trigger(self, stream_id: str, event: str, *, url: str | None = None) -> list[Parcel]:
        """Send a stream's hook of this name, and change nothing else; what a question is answered has no effect.

        It goes to the ``url``, where one is named: also from a stream whose hooks go nowhere yet.

        Missing when there is no such stream, or the cloud documents no such hook; Conflict when it would send none.
        """
        stream = self._world.get(STREAMS, as_written(stream_id))
        if stream is None:
            raise Missing(f"there is no stream {stream_id}; GET /state lists those that are there")
        provider = self._providers.get(stream.cloud)
        if provider is None:
            raise Missing(f"the stream is of the cloud {stream.cloud}, which is not installed")
        documented = provider.promise.webhooks
        if event not in documented:
            there = ", ".join(documented) or "none"
            raise Missing(f"{provider.title} documents no hook {event}; it documents {there}")
        deliveries = self._rehearse(provider, stream, event, url)
        if url is not None:
            deliveries = [replace(delivery, url=url) for delivery in deliveries]
        if not deliveries:
            raise Conflict(
                f"{provider.title} would send no {event} for {stream.name}: no URL is set that its hooks go to, or a "
                f"switch keeps this one back ('offair settings {provider.name}' lists them)"
            )
        with self._world.transaction():
            return [self._outbox.keep(provider, one, tenant=stream.tenant, stream=stream.id) for one in deliveries]

    def _rehearse(self, provider: Provider, stream: Stream, event: str, url: str | None) -> list[Delivery]:
        """Show the cloud one thing after another, until it would send what is looked for."""
        shown, rooms = replace(stream, hook_url=stream.hook_url or url), self._rooms(provider.name)
        for show in self._scenes(provider, shown):
            found: list[Delivery] = []
            with suppress(_OverError), self._world.transaction():
                there = provider.point(rooms, shown, url) if provider.point and url else rooms
                found += (delivery for delivery in show(there) if delivery.event == event)
                raise _OverError
            if found:
                return found
        return []

    def _scenes(self, provider: Provider, stream: Stream) -> Iterator[Scene]:
        for event in occasions(self._world, stream):
            reaction = provider.reactions.get(type(event))
            if reaction is not None:
                yield partial(reaction, event)
        if provider.admit is not None:
            yield _asked(partial(provider.admit, knock_of(stream), stream))
        if provider.renew is not None:
            yield _asked(partial(provider.renew, goes_on(self._world, stream)))
        if provider.usher is not None:
            yield _asked(partial(provider.usher, viewing_of(stream), stream))


def _asked(say: Callable[[Rooms], Say]) -> Scene:
    def show(rooms: Rooms) -> list[Delivery]:
        said = say(rooms)
        return [said.delivery] if isinstance(said, Question) else []

    return show
