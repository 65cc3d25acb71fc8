"""A running stream as it is shown to somebody who is sent it piece by piece: what it consists of, and who looks on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

from offair.emulator.core.sockets import Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """What is seen: ``codec`` as in RFC 6381, ``fps`` None where only measuring could tell."""

    codec: str
    width: int
    height: int
    fps: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audible:
    """What is heard: ``codec`` as in RFC 6381, ``sample_rate`` in Hz."""

    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one variant consists of; ``init`` is the init section that all its fragments need (ISO/IEC 14496-12)."""

    init: bytes
    picture: Visible | None
    sound: Audible | None

    @property
    def media_type(self) -> str:
        """The media type with its codecs, as MediaSource wants it (RFC 6381)."""
        codecs = ", ".join(each.codec for each in (self.picture, self.sound) if each is not None)
        return f'{"audio" if self.picture is None else "video"}/mp4; codecs="{codecs}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is said in a running stream, beside its pictures and sound: an RTMP data message, or what stands for one.

    ``name`` is of whoever is to hear it (onMetaData, onCuePoint), ``content`` of strings, numbers, lists and objects.
    ``at`` is when, in seconds on the line of time of whoever is told.
    """

    name: str
    content: Any
    at: float = 0.0


class Parting(StrEnum):
    """Why somebody is shown nothing more."""

    OVER = "over"  # the broadcast is
    ABSENT = "absent"  # it never began
    REFUSED = "refused"
    SLOW = "slow"  # too much waited for too long


@dataclass(slots=True)
class Course:
    """One viewer's line of time, over all that it is shown: it begins at 0 and goes on, whatever is shown next.

    ``zero`` is where it lies on the line of the ``broadcast``, in seconds, and ``reached`` how far it got. Only who
    shows something touches it.
    """

    broadcast: str | None = None
    zero: Fraction = field(default_factory=Fraction)
    reached: Fraction = field(default_factory=Fraction)

    def begin(self, broadcast: str, start: Fraction) -> None:
        """Go on with what starts there on a broadcast's line: where it belongs, or else right behind what there was."""
        if broadcast != self.broadcast or start < self.zero:
            self.broadcast, self.zero = broadcast, start - self.reached


class Onlooker(Protocol):
    """Somebody to whom a stream is shown. Calls come one after another, from any thread, and none may wait."""

    def begun(self, sight: Sight) -> None:
        """Hear what fragments follow, the first of which begins with a key frame; again when the encoder changes."""
        ...

    def shown(self, fragments: Sequence[Pieces]) -> int:
        """Take the next fragments, and tell how many bytes wait: while it is many, none come. None only asks."""
        ...

    def told(self, cue: Cue) -> None:
        """Hear what is said in the stream; who is behind misses it."""
        ...

    def over(self, ending: Parting, words: str) -> None:
        """Hear, once, that nothing follows, and why."""
        ...
