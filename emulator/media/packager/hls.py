"""HLS playlists (RFC 8216, and for low latency draft-pantos-hls-rfc8216bis) as text: pure, from frozen records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil, floor
from typing import Literal

HOLD_BACK_PARTS = 3
SKIP_TARGETS = 6  # target durations from the end that a delta update never leaves out (8216bis, 4.4.3.8)


@dataclass(frozen=True, slots=True)
class PartialSegment:
    """A line of a low-latency playlist (8216bis, 4.4.4.9)."""

    uri: str
    duration: Fraction
    is_independent: bool


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a resource (4.3.2.2): ``length`` bytes from ``offset`` on."""

    length: int
    offset: int

    def __str__(self) -> str:
        return f"{self.length}@{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSegment:
    """A line of a media playlist: ``wall`` in seconds since the epoch, ``init`` the URI of its EXT-X-MAP.

    ``discontinuity`` is its Discontinuity Sequence Number: 6.2.1 and 4.3.3.3. ``byte_range`` and ``init_range`` are for
    what is a part of its resource. ``parts`` are those that are listed. A segment without a ``uri`` is still open: only
    its parts are there.
    """

    uri: str | None
    duration: Fraction
    wall: float
    discontinuity: int = 0
    init: str | None = None
    init_range: ByteRange | None = None
    byte_range: ByteRange | None = None
    is_independent: bool = True
    parts: Sequence[PartialSegment] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where another rendition's playlist ends (8216bis, 4.4.5.4)."""

    uri: str
    sequence: int
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LowLatency:
    """What only a low-latency playlist says; times in seconds. ``hint`` is the URI of the part that comes next.

    ``longest_target`` is the longest Part Target Duration of all renditions, if it is not its own: they promise alike.
    """

    part_target: Fraction
    hint: str
    longest_target: Fraction | None = None
    reports: Sequence[Report] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlaylist:
    """A media playlist: ``sequence`` is the first segment's number, ``before`` the segment that left last.

    ``kind`` promises that no segment leaves (EVENT), or that nothing changes any more (VOD): 4.3.3.5.
    """

    target: int
    sequence: int
    segments: Sequence[MediaSegment]
    before: MediaSegment | None = None
    is_over: bool = False
    kind: Literal["EVENT", "VOD"] | None = None
    low_latency: LowLatency | None = None

    @property
    def whole(self) -> int:
        """How many of its segments are whole."""
        return sum(1 for segment in self.segments if segment.uri is not None)

    @property
    def skippable(self) -> int:
        """How many segments a delta update may leave out: those beyond the skip boundary (8216bis, 6.2.5.1)."""
        ahead, count = Fraction(0), self.whole
        for number in range(count - 1, -1, -1):
            ahead += self.segments[number].duration
            if ahead > SKIP_TARGETS * self.target:
                return number
        return 0


def round_up_half(duration: Fraction) -> int:
    """Round to the nearest whole second, as 4.3.3.1 does before it compares with the target duration."""
    return floor(duration + Fraction(1, 2))


def render_media(playlist: MediaPlaylist, *, is_delta: bool = False) -> str:
    """Write a media playlist; as a delta update if that is asked for and there is something to leave out.

    A discontinuity's tag leaves together with the segment that it stands before, and is counted from then on.
    """
    fast = None if playlist.is_over else playlist.low_latency
    skipped = playlist.skippable if fast and is_delta else 0
    has_init = any(segment.init for segment in playlist.segments)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{9 if fast else 7 if has_init else 3}",
        f"#EXT-X-TARGETDURATION:{playlist.target}",
        f"#EXT-X-MEDIA-SEQUENCE:{playlist.sequence}",
    ]
    discontinuity = playlist.before.discontinuity if playlist.before else 0
    if discontinuity:
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuity}")
    if playlist.kind:
        lines.append(f"#EXT-X-PLAYLIST-TYPE:{playlist.kind}")
    if fast:
        lines += _promises(fast, playlist.target)
    if all(segment.is_independent for segment in playlist.segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    init: str | None = None
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
        init = playlist.segments[skipped - 1].init
        discontinuity = playlist.segments[skipped - 1].discontinuity
    for segment in playlist.segments[skipped:]:
        if segment.discontinuity > discontinuity:
            lines.append("#EXT-X-DISCONTINUITY")
            discontinuity = segment.discontinuity
        if segment.init and segment.init != init:
            init = segment.init
            part = f',BYTERANGE="{segment.init_range}"' if segment.init_range else ""
            lines.append(f'#EXT-X-MAP:URI="{init}"{part}')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{iso(segment.wall)}")
        if fast:
            lines += map(_part, segment.parts)
        if segment.uri is not None:
            lines.append(f"#EXTINF:{float(segment.duration):.5f},")
            lines += (f"#EXT-X-BYTERANGE:{segment.byte_range}",) if segment.byte_range else ()
            lines.append(segment.uri)
    if playlist.is_over:
        lines.append("#EXT-X-ENDLIST")
    elif fast:
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{fast.hint}"')
        lines += map(_report, fast.reports)
    return "\n".join(lines) + "\n"


def _promises(fast: LowLatency, target: int) -> tuple[str, str]:
    """Write what a player may rely on; it stays three parts from the end at least (8216bis, 4.4.3.8 and 6.2.4)."""
    part, longest = (
        Fraction(ceil(duration * 100_000), 100_000)  # as written: never less than what is meant
        for duration in (fast.part_target, fast.longest_target or fast.part_target)
    )
    control = f"CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={SKIP_TARGETS * target:.3f}"
    return (
        f"#EXT-X-SERVER-CONTROL:{control},PART-HOLD-BACK={float(HOLD_BACK_PARTS * longest):.5f}",
        f"#EXT-X-PART-INF:PART-TARGET={float(part):.5f}",
    )


def _part(part: PartialSegment) -> str:
    mark = ",INDEPENDENT=YES" if part.is_independent else ""
    return f'#EXT-X-PART:DURATION={float(part.duration):.5f},URI="{part.uri}"{mark}'


def _report(report: Report) -> str:
    return f'#EXT-X-RENDITION-REPORT:URI="{report.uri}",LAST-MSN={report.sequence},LAST-PART={report.part}'


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundGroup:
    """A separate audio rendition, in a group of its own."""

    group: str
    uri: str
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamVariant:
    """A choice of a master playlist: rates in bit/s, ``sound`` the audio group that goes with it."""

    uri: str
    bandwidth: int
    average: int
    codecs: Sequence[str]
    resolution: tuple[int, int] | None = None
    frame_rate: Fraction | None = None
    sound: str | None = None


def render_master(variants: Iterable[StreamVariant], sounds: Sequence[SoundGroup] = ()) -> str:
    """Write a master playlist; the first variant is the one that a player begins with."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{7 if sounds else 3}"]
    lines += (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{sound.group}",NAME="main",DEFAULT=YES,AUTOSELECT=YES,'
        f'CHANNELS="{sound.channels}",URI="{sound.uri}"'
        for sound in sounds
    )
    for variant in variants:
        attributes = [
            f"BANDWIDTH={variant.bandwidth}",
            f"AVERAGE-BANDWIDTH={variant.average}",
            f'CODECS="{",".join(variant.codecs)}"',
        ]
        if variant.resolution:
            attributes.append("RESOLUTION={}x{}".format(*variant.resolution))
        if variant.frame_rate:
            attributes.append(f"FRAME-RATE={float(variant.frame_rate):.3f}")
        if variant.sound:
            attributes.append(f'AUDIO="{variant.sound}"')
        lines += (f"#EXT-X-STREAM-INF:{','.join(attributes)}", variant.uri)
    return "\n".join(lines) + "\n"


def iso(wall: float) -> str:
    """Write a time in UTC with milliseconds."""
    text = datetime.fromtimestamp(round(wall, 3), tz=UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
