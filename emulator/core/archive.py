"""Recordings in the world: entering them, moving them, finding them."""

from dataclasses import replace
from typing import Any

from offair.emulator.core.events import RecordingForgotten, RecordingMoved
from offair.emulator.core.recordings import RECORDINGS, Recording, RecordingState
from offair.emulator.core.streams import Stream
from offair.emulator.core.world import World


class Archive:
    """Every recording of every cloud; fills the port ``Archivist``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self, stream: Stream, publication: str) -> Recording:
        """Enter a recording of a broadcast that begins now, and tell everybody."""
        with self._world.transaction():
            recording = Recording(
                id=self._world.ids.uuid(),
                cloud=stream.cloud,
                tenant=stream.tenant,
                stream=stream.id,
                publication=publication,
                name=stream.name,
                capture=stream.capture,
                began_at=self._world.clock.now(),
            )
            self._world.put(RECORDINGS, recording)
            self._world.events.publish(RecordingMoved(recording=recording, origin=None))
        return recording

    def move(self, recording: str, state: RecordingState, **facts: Any) -> Recording | None:
        """Enter how far a recording is, and tell everybody; None when it was forgotten meanwhile."""
        with self._world.transaction():
            known = self._world.get(RECORDINGS, recording)
            if known is None:
                return None
            moved = self._world.put(RECORDINGS, replace(known, state=state, **facts))
            self._world.events.publish(RecordingMoved(recording=moved, origin=known.state))
        return moved

    def find(self, **where: Any) -> list[Recording]:
        """List the recordings with these values, oldest first."""
        return self._world.find(RECORDINGS, **where)

    def forget(self, **where: Any) -> None:
        """Remove recordings, and tell everybody; nothing to remove is fine."""
        with self._world.transaction():
            gone = self.find(**where)
            self._world.delete(RECORDINGS, **where)
            for recording in gone:
                self._world.events.publish(RecordingForgotten(recording))
