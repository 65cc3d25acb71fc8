"""What a stream was asked to make, and why what comes is less or something else. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from offair.emulator.core.naming import SOURCE, name_pictures, name_sounds
from offair.emulator.core.numbers import Numbers, RenditionNumbers
from offair.emulator.core.streams import AudioRung, Stream, VideoRung

KILO = 1000
SOUND = "audio."  # what the name of a rendition of sound begins with, where it is measured
SLOW = 1.0  # seconds for which media may wait for ffmpeg on a machine that is fast enough
NEAR = 0.1  # a share of a number by which it may miss another, and be it all the same
NOT_CONNECTED = "no encoder is connected: it comes with the next one"
PASSED_ON = "the media profile passthrough makes no rendition: it passes on what the encoder sends"
SMALL = "the media profile light makes it small, so that two cores encode it with ease"
ALONE = "a sound of its own is made only where no pictures are asked for"
NO_MEDIA = "nothing of the encoder's media has come yet"
NO_KEYS = "the encoder has sent one key frame at most, and what is made begins and ends at key frames"
NOT_YET = "ffmpeg has given nothing of it yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A rendition that was asked for, by the name that it comes under; rates in bit/s, None where nothing was said."""

    name: str
    kind: Literal["video", "audio"]
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    fps: int | None = None
    bitrate: int | None = None
    key_frame_seconds: float | None = None
    sample_rate: int | None = None
    channels: int | None = None


def asked_of(stream: Stream, numbers: Numbers | None, profile: str) -> list[dict[str, Any]]:
    """List the renditions that a stream was asked for, each with ``words`` where it is not what comes, or not yet."""
    orders = ordered_of(stream)
    if numbers is None:
        words = NO_MEDIA if stream.state.is_on_air else None
        return [{**asdict(order), "words": words} for order in orders]
    came = {(one.kind, one.name.removeprefix(SOUND)): one for one in numbers.renditions}
    return [
        {**asdict(order), "words": why(order, came.get((order.kind, order.name)), numbers, profile)} for order in orders
    ]


def ordered_of(stream: Stream) -> list[Order]:
    """Read off a stream's ladder what it was asked for, the encoder's own pictures first."""
    ladder = stream.ladder
    own = [Order(name=SOURCE, kind="video")] if ladder.source else []
    video = [_picture(name, rung) for name, rung in zip(name_pictures(ladder), ladder.video, strict=True)]
    sounds = name_sounds((*(rung.audio for rung in ladder.video), *ladder.audio))
    return [*own, *video, *(_sound(name, rung) for rung, name in sounds.items())]


def why(order: Order, came: RenditionNumbers | None, numbers: Numbers, profile: str) -> str | None:
    """Say why nothing comes of an order, or something else; None where it comes as it was asked for."""
    return next(_absent(order, numbers, profile) if came is None else _different(order, came, numbers, profile), None)


def _absent(order: Order, numbers: Numbers, profile: str) -> Iterator[str]:
    source = numbers.source
    if not source.is_connected:
        yield NOT_CONNECTED
    if source.video_codec is None and source.audio_codec is None:
        yield NO_MEDIA
    if order.kind == "video" and source.video_codec is None:
        yield "the encoder sends no pictures"
    if order.kind == "audio" and source.audio_codec is None:
        yield "the encoder sends no sound"
    if profile == "passthrough" and order.name != SOURCE:
        yield PASSED_ON
    if source.video_codec is not None and source.key_frame_seconds is None:
        yield NO_KEYS
    yield from _late(numbers)
    if order.kind == "audio" and any(one.kind == "audio" for one in numbers.renditions):
        yield ALONE
    yield NOT_YET


def _different(order: Order, came: RenditionNumbers, numbers: Numbers, profile: str) -> Iterator[str]:
    yield from _late(numbers)
    source, is_smaller = numbers.source, (came.width, came.height) != (order.width, order.height)
    if order.width is None or order.height is None:
        return
    if profile == "light" and is_smaller:
        yield SMALL
    if source.width and source.height and (source.width < order.width or source.height < order.height):
        yield f"the encoder sends {source.width}x{source.height}, which is enlarged and gains nothing by it"
    apart, wanted = came.key_frame_seconds, order.key_frame_seconds
    if apart and wanted and abs(apart - wanted) > NEAR * wanted:
        yield f"its key frames are {apart:g} s apart, and were to be {wanted:g} s"


def _late(numbers: Numbers) -> Iterator[str]:
    lag = numbers.transcoder.lag
    if lag > SLOW:
        yield f"ffmpeg is {lag:.1f} s behind the encoder: this machine is too slow for all that is asked of it"


def _picture(name: str, rung: VideoRung) -> Order:
    return Order(
        name=name, kind="video", codec=rung.codec, width=rung.width, height=rung.height, fps=rung.fps,
        bitrate=rung.bitrate_kbps * KILO, key_frame_seconds=rung.gop_seconds,
    )  # fmt: skip


def _sound(name: str, rung: AudioRung) -> Order:
    return Order(
        name=name, kind="audio", codec=rung.codec, sample_rate=rung.sample_rate, channels=rung.channels,
        bitrate=rung.bitrate_kbps * KILO,
    )  # fmt: skip
