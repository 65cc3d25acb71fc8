"""What the media layer tells a server of its user's about live inputs, where a switch names one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from offair.emulator.core.events import PublicationBegan, PublicationEnded, StreamMoved
from offair.emulator.core.streams import Stream
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Delivery
from offair.emulator.providers.ainative.nouns.shows import SHOWS
from offair.emulator.providers.ainative.rules.streams import OVER
from offair.emulator.providers.ainative.wire.live_inputs import news_of


def on_began(event: PublicationBegan, rooms: Rooms) -> Iterable[Delivery]:
    """Tell that an encoder came."""
    return _news("connected", event.stream.id, rooms)


def on_ended(event: PublicationEnded, rooms: Rooms) -> Iterable[Delivery]:
    """Tell that an encoder is gone; a stream that the API started alone had none."""
    if event.publication.is_expected:
        return ()
    return _news("disconnected", event.stream.id, rooms)


def of_a_failure(event: StreamMoved, rooms: Rooms) -> Iterable[Delivery]:
    """Tell that an encoder's media could not be taken."""
    if event.words is None or event.origin in OVER:
        return ()
    return _news("errored", event.stream.id, rooms)


def point(rooms: Rooms, _stream: Stream, url: str) -> Rooms:
    """Have news of live inputs go to a URL."""
    return replace(rooms, switches=replace(rooms.switches, live_input_url=url))


def _news(what: str, stream: str, rooms: Rooms) -> Iterator[Delivery]:
    url, show = rooms.switches.live_input_url, rooms.world.get(SHOWS, stream)
    if url and show is not None:
        event = f"live_input.{what}"
        body = news_of(show.video, event, rooms.world.clock.now())
        yield Delivery(event=event, url=url, body=body, retries=(), tenant=show.tenant, stream=stream)
