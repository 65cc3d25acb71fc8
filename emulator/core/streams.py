"""A stream as every cloud knows it: what was asked for, its key, its state, and the legal moves.

These records speak our vocabulary; how a cloud spells them is said in that cloud's ``wire.py`` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from offair.emulator.core.table import Table


class State(StrEnum):
    """Where a stream is in its life. A cloud shows the names that it documents, and maps the others."""

    IDLE = "idle"
    STARTING = "starting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    STOPPING = "stopping"
    ENDED = "ended"
    ERRORED = "errored"

    @property
    def is_on_air(self) -> bool:
        """Something runs for this stream, or is about to."""
        return self in ON_AIR

    @property
    def wants_input(self) -> bool:
        """An encoder feeds it, or is awaited; a source is called and read."""
        return self in {State.STARTING, State.LIVE, State.RECONNECTING}


ON_AIR = frozenset({State.STARTING, State.LIVE, State.RECONNECTING, State.STOPPING})

# idle ─► starting ─► live ◄─► reconnecting        every state on air may go to stopping or errored;
#   ▲         │        │          │                stopping goes to idle, or to ended where a cloud never
#   └─────────┴────► stopping ◄───┘                lets a finished stream start again, nor one called off
MOVES: Mapping[State, frozenset[State]] = {
    State.IDLE: frozenset({State.STARTING, State.ENDED}),
    State.STARTING: frozenset({State.STARTING, State.LIVE, State.IDLE, State.STOPPING, State.ERRORED}),
    State.LIVE: frozenset({State.RECONNECTING, State.STOPPING, State.ERRORED}),
    State.RECONNECTING: frozenset({State.STARTING, State.LIVE, State.STOPPING, State.ERRORED}),
    State.STOPPING: frozenset({State.IDLE, State.ENDED, State.ERRORED, State.STARTING}),
    State.ENDED: frozenset(),
    State.ERRORED: frozenset({State.STARTING, State.STOPPING, State.IDLE}),
}


class IllegalMoveError(Exception):
    """A stream was asked to go where the state table has no arrow."""

    def __init__(self, origin: State, target: State) -> None:
        super().__init__(
            f"a stream that is {origin} cannot become {target}; it may become "
            f"{', '.join(sorted(MOVES[origin])) or 'nothing else'}"
        )
        self.origin = origin
        self.target = target


def check_move(origin: State, target: State) -> None:
    """Let a legal move pass; raise IllegalMoveError for any other."""
    if target not in MOVES[origin]:
        raise IllegalMoveError(origin, target)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioRung:
    """One audio rendition: ``sample_rate`` in Hz, ``bitrate_kbps`` in kbit/s."""

    codec: str = "aac"
    channels: int = 2
    sample_rate: int = 48_000
    bitrate_kbps: int = 128
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRung:
    """One video rendition with its sound: ``gop`` in frames, rates in kbit/s; None means the encoder's default."""

    width: int
    height: int
    fps: int
    gop: int
    bitrate_kbps: int
    codec: str
    audio: AudioRung
    name: str | None = None
    max_bitrate_kbps: int | None = None
    buf_size_kbps: int | None = None
    crf: int | None = None
    preset: str | None = None
    profile: str | None = None
    level: str | None = None
    rate_control: str | None = None
    bframes: int | None = None
    ref_frames: int | None = None
    rc_lookahead: int | None = None

    @property
    def gop_seconds(self) -> float:
        """How far apart key frames are."""
        return self.gop / self.fps


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The renditions of a stream: video rungs, each with its own audio, or audio rungs alone.

    With ``source`` the encoder's own pictures and sound are the first rendition, never re-encoded, or the only one.
    """

    video: tuple[VideoRung, ...] = ()
    audio: tuple[AudioRung, ...] = ()
    source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsPackaging:
    """How HLS is cut. ``preserved_segments`` stay fetchable after they left the playlist."""

    segment_format: Literal["mpegts", "fmp4"]
    playlist_size: int | None = None
    preserved_segments: int | None = None
    low_latency: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DashPackaging:
    """How DASH is cut: ``window_s`` is the time-shift buffer, ``min_buffer_s`` the client's, both in seconds."""

    segment_format: Literal["fmp4"] = "fmp4"
    window_s: int | None = None
    min_buffer_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """Which protocols play; None is a protocol that was not asked for."""

    hls: HlsPackaging | None = None
    dash: DashPackaging | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A place to pull from, or to send to. What leads there is the scheme of the ``url``.

    A target gets what the encoder sends, or this ``variant`` of it.
    """

    protocol: str
    url: str
    variant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the pictures come from: an encoder that pushes, or a URL that we pull."""

    kind: Literal["push", "pull"]
    protocols: tuple[str, ...] = ()
    primary: Endpoint | None = None
    backup: Endpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """An S3 bucket that recordings are brought to, with the credentials for it; ``prefix`` goes before every key."""

    endpoint: str
    name: str
    region: str
    access_key_id: str
    secret_access_key: str
    prefix: str = ""
    storage_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A short moving picture of ``duration`` seconds, made anew every ``interval`` seconds of the broadcast."""

    interval: float
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What is kept of a broadcast: an MP4 and HLS (``recording``), HLS from its beginning (``replay``), pictures.

    The MP4 is of the best variant, or one is made of each that is named in ``apart``. ``thumbnails`` is how many
    seconds of the broadcast lie between two of them. A recording goes to the ``bucket``
    too, where there is one, under the bucket's prefix and then this ``prefix``.
    """

    recording: bool = False
    apart: tuple[str, ...] = ()
    replay: bool = False
    thumbnails: float | None = None
    motion: Motion | None = None
    bucket: Bucket | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream: identity, credentials, what was asked for, and where it is now.

    Times are seconds since the epoch on the cloud's clock. ``extra`` holds what only this cloud knows.
    ``publication`` is the running (or last) broadcast session, ``relays`` are where it is sent to as well.
    ``also`` are further applications that lead to it; an empty one is for encoders that name none. ``closed`` says why
    nobody may publish, None that somebody may; ``longest`` is how many cloud seconds a broadcast may last,
    ``timecodes`` how many real seconds lie between two, which whoever looks on is told; None is none.
    """

    id: str
    cloud: str
    tenant: str
    app: str
    key: str
    name: str
    source: Source
    ladder: Ladder
    packaging: Packaging
    capture: Capture = field(default_factory=Capture)
    created_at: float
    updated_at: float
    state: State = State.IDLE
    publication: str | None = None
    relays: tuple[Endpoint, ...] = ()
    also: tuple[str, ...] = ()
    closed: str | None = None
    longest: float | None = None
    timecodes: float | None = None
    hook_url: str | None = None
    hook_secret: str | None = None
    last_live_at: float | None = None
    last_ended_at: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Tell streams apart, and a stream from what it was before, without looking at all of it."""
        return hash((self.id, self.updated_at))


STREAMS = Table("streams", Stream, indexed=("tenant", "cloud", "key"))
