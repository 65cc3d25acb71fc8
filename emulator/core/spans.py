"""What is due while a broadcast runs: word every so often that it goes on, and its end. On the cloud's clock."""

from collections.abc import Mapping

from offair.emulator.core.events import PublicationBegan, PublicationGoesOn, StreamMoved
from offair.emulator.core.publication import PUBLICATIONS, Policy
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS, State
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World


class Spans:
    """Keeps an eye on every broadcast; what ended meanwhile is due for nothing. ``policies`` is by cloud."""

    def __init__(
        self, world: World, timers: Timers, publications: Publications, policies: Mapping[str, Policy]
    ) -> None:
        self._world = world
        self._timers = timers
        self._publications = publications
        self._policies = policies
        world.events.subscribe(PublicationBegan, self._on_began)
        world.events.subscribe(StreamMoved, self._on_moved)

    def _on_began(self, began: PublicationBegan) -> None:
        beat = self._policies[began.stream.cloud].beat
        if beat is not None:
            self._await_beat(began.publication.id, beat, began.publication.began_at + beat)

    def _await_beat(self, publication: str, beat: float, due: float) -> None:
        self._timers.at(due, lambda: self._tell(publication, beat, due))

    def _tell(self, publication: str, beat: float, due: float) -> None:
        """Tell once, however many beats a clock leapt over; the next one is due as if it had not been late."""
        upcoming = due + beat * (1 + self._world.clock.since(due) // beat)
        with self._world.transaction():
            row = self._world.get(PUBLICATIONS, publication)
            stream = self._world.get(STREAMS, row.stream) if row else None
            if row is None or stream is None:
                return
            seconds = self._world.clock.since(row.began_at)
            self._world.events.publish(PublicationGoesOn(publication=row, stream=stream, seconds=seconds))
        self._await_beat(publication, beat, upcoming)

    def _on_moved(self, moved: StreamMoved) -> None:
        stream = moved.stream
        if stream.longest is None or (moved.origin, stream.state) != (State.STARTING, State.LIVE):
            return

        def stop() -> None:
            with self._world.transaction():
                now = self._world.get(STREAMS, stream.id)
                is_same = now is not None and now.publication == stream.publication
                if now is not None and is_same and now.state in {State.LIVE, State.RECONNECTING}:
                    self._publications.stop(now, reason="max_duration_reached")

        self._timers.at(self._world.clock.now() + stream.longest, stop)
