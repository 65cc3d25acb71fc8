"""A stream's numbers while it is on air: what comes in, what comes out, who watches.

Rates are means over the last five real seconds, fall to 0 when nothing comes, and do not follow the cloud's clock.
``bitrate`` is in bit/s, ``bytes`` and ``frames`` count since the broadcast began, reconnects included. None stands
for what is not known (yet), or cannot be: the height of a sound. ``key_frame_seconds`` is how much media lies between
the latest two key frames.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNumbers:
    """What the encoder sends; codecs by name or four-CC, size and sound as its own sequence headers say."""

    is_connected: bool
    video_codec: str | None = None
    width: int | None = None
    height: int | None = None
    audio_codec: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
    fps: float
    bitrate: int
    frames: int
    bytes: int
    key_frame_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionNumbers:
    """What came out of the transcoder for one track; ``codec`` as in RFC 6381, ``frames`` are those of its own kind."""

    name: str
    kind: Literal["video", "audio"]
    codec: str
    width: int | None = None
    height: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    fps: float | None = None
    bitrate: int
    frames: int
    bytes: int
    key_frame_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscoderNumbers:
    """What ffmpeg says of itself: ``speed`` is 1 where it keeps up; frames dropped and duplicated in all renditions.

    ``restarts`` counts the runs after the first, whoever caused them. The other numbers are of the present run. ``lag``
    is for how many seconds the encoder's media waited, at the last piece: above a second, this machine is too slow.
    """

    restarts: int
    lag: float = 0.0
    speed: float | None = None
    dropped: int = 0
    duplicated: int = 0


@dataclass(frozen=True, slots=True)
class AudienceNumbers:
    """How many distinct players watch now, watched at once at most, and came in all, in one broadcast.

    ``renditions`` are those who watch now by what they fetch; who changed from one to another counts for both a while.
    """

    viewers: int = 0
    peak: int = 0
    total: int = 0
    renditions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """One look at a broadcast. ``uptime`` in real seconds; readers are those of the progressive MP4."""

    publication: str
    uptime: float
    source: SourceNumbers
    transcoder: TranscoderNumbers
    renditions: tuple[RenditionNumbers, ...]
    audience: AudienceNumbers
    readers: int
    readers_dropped: int
