"""HLS playlists (RFC 8216) as text: pure, from frozen records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import floor


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSegment:
    """A line of a media playlist: ``wall`` in seconds since the epoch, ``init`` the URI of its EXT-X-MAP.

    ``discontinuity`` is its Discontinuity Sequence Number: 6.2.1 and 4.3.3.3.
    """

    uri: str
    duration: Fraction
    wall: float
    discontinuity: int = 0
    init: str | None = None
    is_independent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlaylist:
    """A media playlist: ``sequence`` is the first segment's number, ``before`` the segment that left last."""

    target: int
    sequence: int
    segments: Sequence[MediaSegment]
    before: MediaSegment | None = None
    is_over: bool = False


def round_up_half(duration: Fraction) -> int:
    """Round to the nearest whole second, as 4.3.3.1 does before it compares with the target duration."""
    return floor(duration + Fraction(1, 2))


def render_media(playlist: MediaPlaylist) -> str:
    """Write a media playlist.

    A discontinuity's tag leaves together with the segment that it stands before, and is counted from then on.
    """
    has_init = any(segment.init for segment in playlist.segments)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{7 if has_init else 3}",
        f"#EXT-X-TARGETDURATION:{playlist.target}",
        f"#EXT-X-MEDIA-SEQUENCE:{playlist.sequence}",
    ]
    discontinuity = playlist.before.discontinuity if playlist.before else 0
    if discontinuity:
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuity}")
    if all(segment.is_independent for segment in playlist.segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    init: str | None = None
    for segment in playlist.segments:
        if segment.discontinuity > discontinuity:
            lines.append("#EXT-X-DISCONTINUITY")
            discontinuity = segment.discontinuity
        if segment.init and segment.init != init:
            init = segment.init
            lines.append(f'#EXT-X-MAP:URI="{init}"')
        lines += (
            f"#EXT-X-PROGRAM-DATE-TIME:{iso(segment.wall)}",
            f"#EXTINF:{float(segment.duration):.5f},",
            segment.uri,
        )
    if playlist.is_over:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


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
