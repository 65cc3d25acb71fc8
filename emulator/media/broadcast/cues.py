"""What is said in a broadcast beside its pictures and sound: by its encoder, or by us, what time it is."""

from offair.emulator.core.clock import Clock, rfc3339
from offair.emulator.core.showing import Cue
from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import LONGEST_METADATA, Tag, TagKind

METADATA = "onMetaData"


def read_cue(tag: Tag) -> Cue | None:
    """Read a data message that names who is to hear it, and what; None for any other tag, and for one that is too long.

    Source: Adobe "RTMP Specification" 1.0, 7.1.2.
    """
    if tag.kind is not TagKind.SCRIPT or len(tag.payload) > LONGEST_METADATA:
        return None
    try:
        values = amf0.decode(tag.payload)
    except ProtocolError:
        return None
    match values:
        case [str(name), content, *_] if name.startswith("on"):
            return Cue(name=name, content=content)
    return None


class Metronome:
    """Says what time it is by the wall, every ``interval`` real seconds if somebody asks; None is never."""

    def __init__(self, interval: float | None, clock: Clock) -> None:
        self._interval = interval
        self._clock = clock
        self._due = clock.monotonic()

    def tick(self) -> Cue | None:
        """Give a timecode when it is time for one."""
        if self._interval is None:
            return None
        now = self._clock.monotonic()
        if now < self._due:
            return None
        self._due = max(self._due + self._interval, now)
        return Cue(name=METADATA, content={"timecode": rfc3339(self._clock.wall(), places=3)})
