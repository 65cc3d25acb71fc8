"""The ffmpeg command line for a plan: pure, built with ffmpeg-python, one output pipe a track.

The options are the ones that keep a live ladder live: a probe no longer than need be, key frames at set times, no
look-ahead, fragments that are flushed as they are made.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ffmpeg

from offair.emulator.core.streams import AudioRung, VideoRung
from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.transcoding.endpoints import Manner
from offair.emulator.media.transcoding.ladder import Plan, Rendition, buffer, word
from offair.emulator.media.transcoding.needs import ENCODERS

LEAST_PROBED = 0.5  # seconds
PROBE_SIZE = 5_000_000  # bytes: more than the gate for MPEG-TS holds
PROBE_BEYOND = 0.1  # seconds more than needed: time stamps of decoding are not those of presentation
FRAGMENT_US = 500_000
SHORT_FRAGMENT_US = 100_000  # for sound, which may not come later than its picture, and for key frames we do not set
MOVFLAGS = "+cmaf+frag_keyframe+delay_moov+default_base_moof+skip_trailer"
FRAGMENTS = {"f": "mp4", "flush_packets": 1, "map_metadata": -1}
COPY_AAC = {"flv": {"c:a": "copy"}, "mpegts": {"c:a": "copy", "bsf:a": "aac_adtstoasc"}}  # ADTS is not for MP4
DEFAULT_PRESET = "veryfast"
LIGHT_SCALER = "fast_bilinear"
CLIP_GOP = 30
QUIET = ("-nostdin", "-nostats", "-loglevel", "warning")
OWN_H264: Mapping[str, Any] = {
    "c:v": "libx264", "preset": "veryfast", "tune": "zerolatency", "pix_fmt": "yuv420p", "g": 60, "crf": 23,
    "maxrate": "4M", "bufsize": "4M", "forced-idr": 1,
}  # fmt: skip
# what targets do not take, and what it becomes; by the codec's name
TAKEN: Mapping[str, Mapping[str, Any]] = {"Opus": {"c:a": "aac", "b:a": "128k", "ar": 48_000}, "vp09": OWN_H264}
NOTHING_KNOWN = Facts()
TERSE = ("-nostdin", "-nostats", "-hide_banner", "-loglevel", "error")


def transcode(
    executable: str,
    plan: Plan,
    pipes: Mapping[str, int],
    *,
    progress: int,
    container: str = "flv",
    probing: float = 0.0,
) -> list[str]:
    """Build the argv that reads FLV (or another ``container``) from stdin and writes each track to its descriptor.

    To the descriptor ``progress`` it reports once a second how it gets on. ``probing`` is how many seconds it has to
    read until it knows all tracks.
    """
    source = ffmpeg.input("pipe:0", f=container, **_probe(probing + PROBE_BEYOND))
    outputs = []
    pictures = _split_video(source, plan)
    for rendition in plan.renditions:
        rung = rendition.rung
        options = _own_options(rendition, plan) if rung is None else video_options(rung, plan.segment)
        cutting = _fragments(plan, SHORT_FRAGMENT_US if rung is None else FRAGMENT_US)
        outputs.append(_output(pictures[rendition.name], pipes[rendition.name], options | cutting))
    sounds = _split_audio(source, plan)
    for sound in plan.sounds:
        options = COPY_AAC[container] if sound.rung is None else audio_options(sound.rung)
        cutting = _fragments(plan, SHORT_FRAGMENT_US)
        outputs.append(_output(sounds[sound.name], pipes[sound.name], options | cutting))
    report = ("-progress", f"pipe:{progress}", "-stats_period", "1")
    merged = ffmpeg.merge_outputs(*outputs).global_args(*QUIET, *report)
    return list(ffmpeg.compile(merged, cmd=executable))


def video_options(rung: VideoRung, segment: float) -> dict[str, Any]:
    """The encoder's options for a rung; Unplayable when a text of it could be more than the value of its option.

    ``rc_lookahead`` is left out on purpose: it would hold every picture back by that many frames.
    """
    options: dict[str, Any] = {
        "c:v": ENCODERS[rung.codec],
        "preset": word(rung.preset or DEFAULT_PRESET, "the preset"),
        "tune": "zerolatency",
        "pix_fmt": "yuv420p",
        "g": rung.gop,
        "sc_threshold": 0,
        "forced-idr": 1,
        "force_key_frames": f"expr:gte(t,n_forced*{segment:g})",
        **_rates(rung, segment),
    }
    if rung.codec == "h265":
        options |= {"tag:v": "hvc1", "x265-params": _x265(rung)}
    elif rung.level:
        options["level:v"] = word(rung.level, "the level")
    if rung.profile:
        options["profile:v"] = word(rung.profile, "the profile")
    if rung.bframes:
        options["bf"] = rung.bframes
    if rung.ref_frames:
        options["refs"] = rung.ref_frames
    return options


def audio_options(rung: AudioRung) -> dict[str, Any]:
    """The encoder's options for a sound."""
    return {"c:a": "aac", "b:a": f"{rung.bitrate_kbps}k", "ar": rung.sample_rate, "ac": rung.channels}


def _probe(seconds: float = 0.0) -> dict[str, Any]:
    """Say how much is read before anything is written; nobody asks for the frame rate."""
    microseconds = round(max(seconds, LEAST_PROBED) * 1_000_000)
    return {"analyzeduration": microseconds, "probesize": PROBE_SIZE, "fpsprobesize": 0}


def _own_options(rendition: Rendition, plan: Plan) -> dict[str, Any]:
    if not rendition.is_copied:  # a browser changes its size: ffmpeg keeps that of the first picture (-autoscale)
        return {**OWN_H264, "force_key_frames": f"expr:gte(t,n_forced*{plan.segment:g})"}
    is_hevc = rendition.source == "hvc1"  # ffmpeg would call it hev1, which Safari does not play
    return {"c:v": "copy"} | ({"tag:v": "hvc1"} if is_hevc else {})


def _rates(rung: VideoRung, segment: float) -> dict[str, Any]:
    peak, ahead = buffer(rung, segment)
    limits = {"maxrate": f"{peak}k", "bufsize": f"{ahead}k"}
    if rung.crf is not None and rung.rate_control != "cbr":
        return {"crf": rung.crf, **limits}
    return {"b:v": f"{rung.bitrate_kbps}k", **limits}


def _x265(rung: VideoRung) -> str:
    params = ["log-level=error"]
    if rung.level:
        params.append(f"level-idc={word(rung.level, 'the level')}")
    return ":".join(params)


def _split_video(source: Any, plan: Plan) -> dict[str, Any]:
    encoded = [rendition for rendition in plan.renditions if rendition.rung is not None]
    pictures = {rendition.name: source["v:0"] for rendition in plan.renditions if rendition.rung is None}
    if not encoded:
        return pictures
    branches = source["v:0"].filter_multi_output("split", len(encoded)) if len(encoded) > 1 else [source["v:0"]]
    for number, rendition in enumerate(encoded):
        rung = rendition.rung
        assert rung is not None  # noqa: S101 - for the type checker: only encoded renditions are here
        scaling = {"flags": LIGHT_SCALER} if plan.is_light else {}
        # key frames are counted from the first picture: one that is late after its sound would put them off the grid
        scaled = (
            branches[number]
            .filter("fps", fps=rung.fps, start_time=0)
            .filter("scale", rung.width, rung.height, **scaling)
        )
        pictures[rendition.name] = scaled.filter("setsar", 1)
    return pictures


def _split_audio(source: Any, plan: Plan) -> dict[str, Any]:
    encoded = [sound for sound in plan.sounds if sound.rung is not None]
    sounds = {sound.name: source["a:0"] for sound in plan.sounds if sound.rung is None}
    branches = source["a:0"].filter_multi_output("asplit", len(encoded)) if len(encoded) > 1 else [source["a:0"]]
    for number, sound in enumerate(encoded):
        # fills the holes that a lossy source leaves, so that sound and picture stay together
        sounds[sound.name] = branches[number].filter("aresample", **{"async": 1})
    return sounds


def _fragments(plan: Plan, microseconds: int) -> dict[str, Any]:
    """Say how long fragments are: a single frame where the packager makes parts of them."""
    if plan.package.part is None:
        return {"movflags": MOVFLAGS, "frag_duration": microseconds}
    return {"movflags": f"{MOVFLAGS}+frag_every_frame"}


def _output(stream: Any, descriptor: int, options: Mapping[str, Any]) -> Any:
    return ffmpeg.output(stream, f"pipe:{descriptor}", **{**FRAGMENTS, **options})


def pull(executable: str, url: str, manner: Manner, descriptor: int, *, probing: float = 0.0) -> list[str]:
    """Build the argv that reads a source and writes its first picture and sound to a descriptor, as MPEG-TS.

    ``probing`` is how many seconds it may read until it knows all tracks.
    """
    allowed = {"protocol_whitelist": ",".join(manner.protocols)}
    source = ffmpeg.input(url, f=manner.container, **manner.options, **allowed, **_probe(probing))
    options = {"c": "copy", "f": "mpegts", "flush_packets": 1, "muxdelay": 0, "muxpreload": 0}
    output = ffmpeg.output(source["v:0?"], source["a:0?"], f"pipe:{descriptor}", **options)
    return list(ffmpeg.compile(output.global_args(*TERSE), cmd=executable))


def relay(
    executable: str, url: str, manner: Manner, *, container: str, progress: int, facts: Facts = NOTHING_KNOWN
) -> list[str]:
    """Build the argv that sends what comes on stdin to a target, and tells a descriptor how far it got.

    It is sent as it is, but for what browsers publish and targets do not take: Opus becomes AAC, and VP9 H.264.
    """
    source = ffmpeg.input("pipe:0", f=container, **_probe())
    recoded = {**TAKEN.get(facts.video or "", {}), **TAKEN.get(facts.audio or "", {})}
    options = {"c": "copy", **recoded, "f": manner.container, "flush_packets": 1, **manner.options}
    if manner.container == "flv":
        options["flvflags"] = "no_duration_filesize"  # a target cannot be wound back
    output = ffmpeg.output(source["v:0?"], source["a:0?"], url, **options)
    told = output.global_args(*TERSE, "-progress", f"pipe:{progress}")
    return list(ffmpeg.compile(told, cmd=executable))


def encode_file(executable: str, descriptor: int, source: Path, *, seconds: float | None) -> list[str]:
    """Build the argv that writes a file's media as FLV, in real time, to a descriptor."""
    limit = {} if seconds is None else {"t": seconds}
    media = ffmpeg.input(f"file:{source}", re=None)  # whatever it is called, it is a file
    options = {
        "c:v": "libx264", "preset": "ultrafast", "tune": "zerolatency", "pix_fmt": "yuv420p", "g": CLIP_GOP,
        "b:v": "800k", "maxrate": "800k", "bufsize": "800k", "c:a": "aac", "b:a": "96k", "ar": 48_000, "ac": 2,
    }  # fmt: skip
    streams = [media["v:0?"], media["a:0?"]]
    output = ffmpeg.output(*streams, f"pipe:{descriptor}", f="flv", flush_packets=1, **options, **limit)
    return list(ffmpeg.compile(output.global_args(*QUIET), cmd=executable))


def blacken(executable: str, *, parameter_set: int) -> list[str]:
    """Build the argv that reads FLV with a key frame, and writes two black ones of its size as FLV.

    ``parameter_set`` is the id of their parameter sets (H.264, 7.4.2.1).
    """
    picture = ffmpeg.input("pipe:0", f="flv")["v:0"].filter("drawbox", color="black", t="fill")
    twice = picture.filter("tpad", stop=1, stop_mode="clone")
    options = {
        "c:v": "libx264", "preset": "ultrafast", "pix_fmt": "yuv420p", "g": 1, "bf": 0, "frames:v": 2,
        "x264-params": f"sps-id={parameter_set}",
    }  # fmt: skip
    return list(ffmpeg.compile(ffmpeg.output(twice, "pipe:1", f="flv", **options).global_args(*QUIET), cmd=executable))
