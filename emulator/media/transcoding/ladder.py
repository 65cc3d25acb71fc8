"""From what a stream asked for to what is encoded and packaged: pure, and the place where the media profile acts.

``faithful`` is what the API asked for; ``light`` keeps the shape of the ladder (as many rungs, the same key-frame
times and codecs) at a size that two cores encode with ease; ``passthrough`` copies the encoder's own pictures.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from offair.emulator.core.streams import AudioRung, DashPackaging, HlsPackaging, Stream, VideoRung
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.fourcc import spoken
from offair.emulator.media.packager.names import sound_name
from offair.emulator.media.packager.plan import DashPlan, HlsPlan, PackagePlan, TrackPlan, VariantPlan

KBIT = 1000
LIGHT_HEIGHT = 180
LIGHT_FPS = 15
LIGHT_BITRATE = 150  # kbit/s of the highest rung
SHORTEST_SEGMENT = 0.5
LONGEST_SEGMENT = 10.0
DEFAULT_SEGMENT = 2.0
DEFAULT_PLAYLIST_SIZE = 6
DEFAULT_WINDOW = 60.0
PART = 0.2  # seconds; shorter parts make players stall
COPIED = frozenset({"avc1", "hvc1"})  # what HLS and DASH players know in both containers
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A video track to make: None for ``rung`` copies the source, which is coded as ``source`` says."""

    name: str
    rung: VideoRung | None
    source: str | None = None


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
        return all(r.rung is None for r in self.renditions) and all(s.rung is None for s in self.sounds)


class Unplayable(ValueError):
    """What the encoder sends cannot become what the stream asked for; the message says why."""


def plan(stream: Stream, facts: Facts, profile: str) -> Plan:
    """Decide what to make of an encoder's media for a stream; Unplayable when nothing would come out."""
    if profile == "passthrough":
        return _copy(stream, facts)
    ladder = stream.ladder
    video = ladder.video if facts.has_video else ()
    if ladder.video and not facts.has_video:
        raise Unplayable("the stream asks for video and the encoder sends none")
    if not ladder.video and not facts.has_audio:
        raise Unplayable("the stream asks for audio and the encoder sends none")
    rungs = [_lighter(rung, ladder.video) for rung in video] if profile == "light" else list(video)
    renditions = tuple(
        Rendition(name=name, rung=rung)
        for name, rung in zip(_names(r.name or f"{r.height}p" for r in video), rungs, strict=True)
    )
    wanted = [rung.audio for rung in rungs] if rungs else list(ladder.audio)
    distinct = list(dict.fromkeys(replace(rung, name=None) for rung in wanted)) if facts.has_audio else []
    sounds = tuple(
        Sound(name=name, rung=rung)
        for name, rung in zip(_sound_names(f"{r.bitrate_kbps}k" for r in distinct), distinct, strict=True)
    )
    by_rung = {sound.rung: sound.name for sound in sounds}
    if renditions:
        variants = tuple(
            VariantPlan(name=rendition.name, video=rendition.name, audio=by_rung.get(replace(rung.audio, name=None)))
            for rendition, rung in zip(renditions, rungs, strict=True)
        )
    else:
        variants = tuple(VariantPlan(name=sound.name, video=None, audio=sound.name) for sound in sounds)
    return _packaged(stream, renditions, sounds, variants, is_light=profile == "light")


def segment_seconds(rungs: Iterable[VideoRung]) -> float:
    """How long a segment is: the longest key-frame interval of the ladder, in whole GOPs, from 0.5 to 10 s."""
    longest = max((rung.gop_seconds for rung in rungs), default=DEFAULT_SEGMENT)
    if longest < SHORTEST_SEGMENT:
        return longest * -(-SHORTEST_SEGMENT // longest)
    return min(longest, LONGEST_SEGMENT)


def _copy(stream: Stream, facts: Facts) -> Plan:
    renditions = (Rendition(name="source", rung=None, source=facts.video),) if facts.has_video else ()
    rung = None if facts.is_aac else AudioRung()
    sounds = (Sound(name=sound_name("source"), rung=rung),) if facts.has_audio else ()
    if not (renditions or sounds):
        raise Unplayable("the encoder sends neither video nor audio")
    if facts.video is not None and facts.video not in COPIED:
        raise Unplayable(
            f"the encoder sends {spoken(facts.video)}, and only H.264 and HEVC can be passed through: publish one of "
            "these, or use the media profile faithful or light"
        )
    video = renditions[0].name if renditions else None
    audio = sounds[0].name if sounds else None
    variants = (VariantPlan(name=video or audio or "source", video=video, audio=audio),)
    return _packaged(stream, renditions, sounds, variants, is_light=False)


def _packaged(
    stream: Stream,
    renditions: tuple[Rendition, ...],
    sounds: tuple[Sound, ...],
    variants: tuple[VariantPlan, ...],
    *,
    is_light: bool,
) -> Plan:
    segment = segment_seconds(stream.ladder.video)
    package = PackagePlan(
        tracks=tuple(map(_video_track, renditions)) + tuple(map(_audio_track, sounds)),
        variants=variants,
        segment=segment,
        hls=_hls(stream.packaging.hls),
        dash=_dash(stream.packaging.dash, segment),
    )
    return Plan(renditions=renditions, sounds=sounds, segment=segment, is_light=is_light, package=package)


def _video_track(rendition: Rendition) -> TrackPlan:
    rung = rendition.rung
    if rung is None:
        return TrackPlan(
            name=rendition.name, kind="video", bitrate=0, peak_bitrate=0, frame_rate=None, has_set_keys=False
        )
    peak = rung.max_bitrate_kbps or rung.bitrate_kbps
    return TrackPlan(
        name=rendition.name,
        kind="video",
        bitrate=rung.bitrate_kbps * KBIT,
        peak_bitrate=peak * KBIT,
        frame_rate=Fraction(rung.fps),
    )


def _audio_track(sound: Sound) -> TrackPlan:
    rate = sound.rung.bitrate_kbps * KBIT if sound.rung else 0
    return TrackPlan(name=sound.name, kind="audio", bitrate=rate, peak_bitrate=rate, frame_rate=None)


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
        buf_size_kbps=bitrate * 2,
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


def _sound_names(wanted: Iterable[str]) -> list[str]:
    return [sound_name(name) for name in _names(wanted)]


def _names(wanted: Iterable[str]) -> list[str]:
    names: list[str] = []
    for text in wanted:
        safe = UNSAFE.sub("-", text).strip("-") or "rendition"
        name, number = safe, 2
        while name in names:
            name, number = f"{safe}-{number}", number + 1
        names.append(name)
    return names
