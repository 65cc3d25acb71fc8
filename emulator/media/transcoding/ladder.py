"""From what a stream asked for to what is encoded and packaged: pure, and the place where the media profile acts.

``faithful`` is what the API asked for; ``light`` keeps the shape of the ladder (as many rungs, the same key-frame
times and codecs) at a size that two cores encode with ease; ``passthrough`` makes no rung of it, and copies the
encoder's own pictures. These are the first rendition in every profile where the ladder asks for its ``source``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from offair.emulator.core.naming import SOURCE, name_apart, name_pictures, name_sounds, plain
from offair.emulator.core.streams import AudioRung, DashPackaging, HlsPackaging, Ladder, Stream, VideoRung
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.fourcc import spoken
from offair.emulator.media.packager.names import sound_name
from offair.emulator.media.packager.plan import DashPlan, HlsPlan, PackagePlan, TrackPlan, VariantPlan

KBIT = 1000
LIGHT_HEIGHT = 180
LIGHT_FPS = 15
LIGHT_BITRATE = 150  # kbit/s of the highest rung
HEADROOM = Fraction(1, 4)  # of a segment at the highest rate: what a buffer that nobody chose lets run ahead
SHORTEST_SEGMENT = 0.5
LONGEST_SEGMENT = 10.0
DEFAULT_SEGMENT = 2.0
DEFAULT_PLAYLIST_SIZE = 6
DEFAULT_WINDOW = 60.0
PART = 0.2  # seconds; shorter parts make players stall
COPIED = frozenset({"avc1", "hvc1"})  # what HLS and DASH players know in both containers
REMADE = frozenset({"vp09"})  # what browsers publish that have no H.264: it becomes that, at its own size
OWN_SOUND = sound_name(SOURCE)
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")  # an option's value that can be nothing but one


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A video track to make: None for ``rung`` gives the source, which is coded as ``source`` says."""

    name: str
    rung: VideoRung | None
    source: str | None = None

    @property
    def is_copied(self) -> bool:
        """Its pictures are the encoder's, as they came."""
        return self.rung is None and self.source not in REMADE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """An audio track to make: None for ``rung`` copies the source."""

    name: str
    rung: AudioRung | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one ffmpeg makes, and how it is packaged; ``segment`` in seconds."""

    renditions: tuple[Rendition, ...]
    sounds: tuple[Sound, ...]
    segment: float
    is_light: bool
    package: PackagePlan

    @property
    def is_copy(self) -> bool:
        """Nothing is encoded: every track is the source's own."""
        return all(r.is_copied for r in self.renditions) and all(s.rung is None for s in self.sounds)


class Unplayable(ValueError):
    """What the encoder sends cannot become what the stream asked for; the message says why."""


def plan(stream: Stream, facts: Facts, profile: str) -> Plan:
    """Decide what to make of an encoder's media for a stream; Unplayable when nothing would come out."""
    ladder = Ladder(source=True) if profile == "passthrough" and stream.ladder != Ladder() else stream.ladder
    _check(ladder, facts, could_encode=not stream.ladder.source)
    _check_words(ladder.video)
    renditions = _renditions(ladder, facts, is_light=profile == "light")
    rungs = [rendition.rung for rendition in renditions if rendition.rung is not None]
    sounds = _sounds(ladder, [rung.audio for rung in rungs] or ladder.audio, facts)
    return _packaged(stream, renditions, sounds, _variants(ladder, renditions, sounds), is_light=profile == "light")


def word(text: str, what: str) -> str:
    """Let a word of an encoder's pass; Unplayable for a text that could be more than the value of one option.

    Options of encoders are written one after another in a single text (``x265-params``), so a value with a colon in it
    is a further option, and some of these name files (CWE-88).
    """
    if WORD.fullmatch(text) is None:
        raise Unplayable(f"{what} {text!r} is none that an encoder knows: it is one word, such as main, fast or 4.0")
    return text


def segment_seconds(rungs: Iterable[VideoRung]) -> float:
    """How long a segment is: the longest key-frame interval of the ladder, in whole GOPs, from 0.5 to 10 s."""
    longest = max((rung.gop_seconds for rung in rungs), default=DEFAULT_SEGMENT)
    if longest < SHORTEST_SEGMENT:
        return longest * -(-SHORTEST_SEGMENT // longest)
    return min(longest, LONGEST_SEGMENT)


def buffer(rung: VideoRung, segment: float) -> tuple[int, int]:
    """Give an encoder's highest rate in kbit/s and its buffer in kbit, which say what a segment has at most.

    A buffer that was asked for is kept, unless it is larger than a segment: a smaller one is as good a promise.
    """
    peak = rung.max_bitrate_kbps or rung.bitrate_kbps
    longest = ceil(peak * segment)
    return peak, max(1, min(rung.buf_size_kbps or round(longest * HEADROOM), longest))


def _check(ladder: Ladder, facts: Facts, *, could_encode: bool) -> None:
    if ladder == Ladder():
        raise Unplayable("the stream asks for nothing: give its ladder a rung, or the encoder's own pictures (source)")
    if not ladder.source:
        if ladder.video and not facts.has_video:
            raise Unplayable("the stream asks for video and the encoder sends none")
        if not ladder.video and not facts.has_audio:
            raise Unplayable("the stream asks for audio and the encoder sends none")
        return
    if not (facts.has_video or facts.has_audio):
        raise Unplayable("the encoder sends neither video nor audio")
    if facts.video is not None and facts.video not in COPIED | REMADE:
        otherwise = ", or use the media profile faithful or light" if could_encode else ""
        raise Unplayable(
            f"the encoder sends {spoken(facts.video)}, and only H.264 and HEVC can be passed through: publish one of "
            f"these{otherwise}"
        )


def _check_words(rungs: Iterable[VideoRung]) -> None:
    for rung in rungs:
        for what in ("codec", "preset", "profile", "level"):
            if text := getattr(rung, what):
                word(text, f"the {what}")


def _renditions(ladder: Ladder, facts: Facts, *, is_light: bool) -> list[Rendition]:
    """The pictures, the encoder's own first; what is asked for cannot be made of an encoder that sends none."""
    if not facts.has_video:
        return []
    own = [Rendition(name=SOURCE, rung=None, source=facts.video)] if ladder.source else []
    rungs = [_lighter(rung, ladder.video) for rung in ladder.video] if is_light else ladder.video
    return own + [Rendition(name=name, rung=rung) for name, rung in zip(name_pictures(ladder), rungs, strict=True)]


def _sounds(ladder: Ladder, wanted: Sequence[AudioRung], facts: Facts) -> list[Sound]:
    """The sounds, each once, the encoder's own first; what is no AAC is encoded."""
    if not facts.has_audio:
        return []
    own = [Sound(name=OWN_SOUND, rung=None if facts.is_aac else AudioRung())] if ladder.source else []
    return own + [Sound(name=sound_name(name), rung=rung) for rung, name in name_sounds(wanted).items()]


def _variants(ladder: Ladder, renditions: Sequence[Rendition], sounds: Sequence[Sound]) -> list[VariantPlan]:
    """What players choose from: every rendition of pictures with its sound, and sounds that were asked for alone."""
    own = next((sound.name for sound in sounds if sound.name == OWN_SOUND), None)
    by_rung = {sound.rung: sound.name for sound in sounds if sound.name != OWN_SOUND}
    variants: list[VariantPlan] = []
    for one in renditions:
        sound = by_rung.get(plain(one.rung.audio)) if one.rung else own
        variants.append(VariantPlan(name=one.name, video=one.name, audio=sound))
    if own and not renditions:
        variants.append(VariantPlan(name=SOURCE, video=None, audio=own))
    alone = {(rung.name, by_rung[plain(rung)]): None for rung in ladder.audio if plain(rung) in by_rung}
    names = iter(name_apart((name for name, _ in alone if name), taken=[SOURCE] if ladder.source else []))
    if not any(one.rung for one in renditions):
        variants += [VariantPlan(name=next(names) if name else sound, video=None, audio=sound) for name, sound in alone]
    return variants


def _packaged(
    stream: Stream,
    renditions: Sequence[Rendition],
    sounds: Sequence[Sound],
    variants: Sequence[VariantPlan],
    *,
    is_light: bool,
) -> Plan:
    segment = segment_seconds(stream.ladder.video)
    package = PackagePlan(
        tracks=tuple(_video_track(one, segment) for one in renditions) + tuple(map(_audio_track, sounds)),
        variants=tuple(variants),
        segment=segment,
        hls=_hls(stream.packaging.hls),
        dash=_dash(stream.packaging.dash, segment),
    )
    return Plan(renditions=tuple(renditions), sounds=tuple(sounds), segment=segment, is_light=is_light, package=package)


def _video_track(rendition: Rendition, segment: float) -> TrackPlan:
    rung = rendition.rung
    if rung is None:
        return TrackPlan(
            name=rendition.name, kind="video", bitrate=0, peak_bitrate=0, frame_rate=None, has_set_keys=False
        )
    peak, ahead = buffer(rung, segment)
    return TrackPlan(
        name=rendition.name,
        kind="video",
        bitrate=rung.bitrate_kbps * KBIT,
        peak_bitrate=ceil(peak + ahead / segment) * KBIT,
        frame_rate=Fraction(rung.fps),
    )


def _audio_track(sound: Sound) -> TrackPlan:
    rate = sound.rung.bitrate_kbps * KBIT if sound.rung else 0
    return TrackPlan(
        name=sound.name,
        kind="audio",
        bitrate=rate,
        peak_bitrate=ceil(rate * (1 + HEADROOM)),  # AAC has no buffer that can be set, and strays by less
        frame_rate=None,
        has_set_keys=sound.name != OWN_SOUND,
    )


def _hls(packaging: HlsPackaging | None) -> HlsPlan | None:
    if packaging is None:
        return None
    return HlsPlan(
        segment_format=packaging.segment_format,
        playlist_size=packaging.playlist_size or DEFAULT_PLAYLIST_SIZE,
        preserved_segments=packaging.preserved_segments or 0,
        part=PART if packaging.low_latency else None,
    )


def _dash(packaging: DashPackaging | None, segment: float) -> DashPlan | None:
    if packaging is None:
        return None
    return DashPlan(
        window=float(packaging.window_s or DEFAULT_WINDOW),
        min_buffer=float(packaging.min_buffer_s or segment),
    )


def _lighter(rung: VideoRung, ladder: tuple[VideoRung, ...]) -> VideoRung:
    top = max(ladder, key=lambda other: other.height)
    shrink = min(1.0, LIGHT_HEIGHT / top.height)
    fps = min(rung.fps, LIGHT_FPS)
    share = rung.bitrate_kbps / max(other.bitrate_kbps for other in ladder)
    bitrate = min(rung.bitrate_kbps, max(30, round(LIGHT_BITRATE * share)))
    return replace(
        rung,
        width=_even(rung.width * shrink),
        height=_even(rung.height * shrink),
        fps=fps,
        gop=max(1, round(rung.gop_seconds * fps)),
        bitrate_kbps=bitrate,
        max_bitrate_kbps=bitrate * 5 // 4,
        buf_size_kbps=None,
        crf=None,
        preset="ultrafast",
        profile=None,
        level=None,
        bframes=None,
        ref_frames=None,
        rc_lookahead=None,
    )


def _even(length: float) -> int:
    return max(16, round(length / 2) * 2)
