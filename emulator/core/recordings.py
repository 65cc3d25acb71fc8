"""A recording as every cloud knows it: what was kept of one broadcast, and how far it is.

It belongs to the tenant and not to the stream: it stays when the stream is deleted.
"""

from dataclasses import dataclass
from enum import StrEnum

from offair.emulator.core.streams import Capture
from offair.emulator.core.table import UUID, Table


class RecordingState(StrEnum):
    """How far a recording is. ``shipping`` and ``shipped`` are for those that go to a bucket."""

    RECORDING = "recording"  # its broadcast runs
    PROCESSING = "processing"  # the broadcast is over, and its files are made
    READY = "ready"
    SHIPPING = "shipping"  # ready here, and on its way to the bucket
    SHIPPED = "shipped"
    FAILED = "failed"  # ``words`` say why, and which files are there all the same

    @property
    def is_unfinished(self) -> bool:
        """Something is still to be done for it."""
        return self in UNFINISHED


UNFINISHED = frozenset({RecordingState.RECORDING, RecordingState.PROCESSING, RecordingState.SHIPPING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What is kept of a broadcast. Times are the cloud's, ``seconds`` the media's length, ``size`` in bytes.

    ``capture`` is what the stream asked for when the broadcast began; ``files`` are names below the recording's own
    folder; ``words`` say what is out of the ordinary.
    """

    id: str
    cloud: str
    tenant: str
    stream: str
    publication: str
    name: str
    capture: Capture
    began_at: float
    state: RecordingState = RecordingState.RECORDING
    ended_at: float | None = None
    seconds: float | None = None
    size: int = 0
    files: tuple[str, ...] = ()
    words: str | None = None

    @property
    def session(self) -> int:
        """The moment of its beginning in milliseconds since the epoch, which tells a stream's recordings apart."""
        return round(self.began_at * 1000)


RECORDINGS = Table("recordings", Recording, indexed=("tenant", "stream", "state"), ids=UUID)
