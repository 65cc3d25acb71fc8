"""What those need who talk to machines elsewhere: an ffmpeg, a clock, and the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from offair.emulator.core.clock import Deadline
from offair.emulator.core.journal import Journal
from offair.emulator.core.streams import Stream
from offair.emulator.media.transcoding.ffmpeg import Choice


@dataclass(frozen=True, kw_only=True)
class Kit:
    """The ffmpeg that was chosen, real deadlines, and where to write what happened."""

    choice: Choice
    journal: Journal
    deadline: Callable[[float], Deadline]

    def write(self, stream: Stream, kind: str, summary: str, **details: Any) -> None:
        """Write what happened to a stream."""
        self.journal.write(kind, summary, cloud=stream.cloud, tenant=stream.tenant, stream=stream.id, **details)
