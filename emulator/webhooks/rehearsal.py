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
        shown = replace(stream, hook_url=stream.hook_url or url)
        deliveries = self._rehearse(provider, shown, event)
        if url is not None:
            deliveries = [replace(delivery, url=url) for delivery in deliveries]
        if not deliveries:
            raise Conflict(
                f"{provider.title} would send no {event} for {stream.name}: no URL is set that its hooks go to, or a "
                f"switch keeps this one back ('offair settings {provider.name}' lists them)"
            )
        with self._world.transaction():
            return [self._outbox.keep(provider, one, tenant=stream.tenant, stream=stream.id) for one in deliveries]

    def _rehearse(self, provider: Provider, stream: Stream, event: str) -> list[Delivery]:
        """Show the cloud one thing after another, until it would send what is looked for."""
        for show in self._scenes(provider, stream):
            found: list[Delivery] = []
            with suppress(_OverError), self._world.transaction():
                found += (delivery for delivery in show() if delivery.event == event)
                raise _OverError
            if found:
                return found
        return []

    def _scenes(self, provider: Provider, stream: Stream) -> Iterator[Callable[[], Iterable[Delivery]]]:
        rooms = self._rooms(provider.name)
        for event in occasions(self._world, stream):
            reaction = provider.reactions.get(type(event))
            if reaction is not None:
                yield partial(reaction, event, rooms)
        if provider.admit is not None:
            yield partial(_asked, partial(provider.admit, knock_of(stream), stream, rooms))
        if provider.renew is not None:
            yield partial(_asked, partial(provider.renew, goes_on(self._world, stream), rooms))
        if provider.usher is not None:
            yield partial(_asked, partial(provider.usher, viewing_of(stream), stream, rooms))


def _asked(say: Callable[[], Say]) -> list[Delivery]:
    said = say()
    return [said.delivery] if isinstance(said, Question) else []
