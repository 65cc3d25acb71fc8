"""What an ffmpeg must be able to for a publication: pure, in the words of :mod:`.abilities`."""

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.fourcc import CODECS, spoken
from offair.emulator.media.transcoding.ladder import Plan

ENCODERS = {"h264": "libx264", "h265": "libx265"}
ESSENTIALS = {
    "encoder": ("libx264", "aac"), "muxer": ("mp4", "flv", "mpegts"), "demuxer": ("flv", "mpegts"),
    "decoder": ("h264", "aac"),
}  # fmt: skip
BASE = frozenset(f"{kind} {name}" for kind, names in ESSENTIALS.items() for name in names)
USEFUL = frozenset({"encoder libx265", "Enhanced RTMP", "decoder av1", "decoder hevc", "decoder opus", "decoder ac3",
                    "protocol rtmp", "protocol rtmps", "protocol srt", "demuxer rtsp"})  # fmt: skip
FROM_TS = {"mpeg1": "mpeg1video", "mpeg2": "mpeg2video", "mp4v": "mpeg4", "mp4a-latm": "aac_latm", "mp3": "mp3"}
FROM_FLV = {"h263": "flv", "screen": "flashsv", "screen2": "flashsv2", "vp6f": "vp6f", "vp6a": "vp6a", "speex": "speex",
            "nelly": "nellymoser", "alaw": "pcm_alaw", "ulaw": "pcm_mulaw", "adpcm": "adpcm_swf"}  # fmt: skip
PICTURES, SOUND = ("fps", "scale", "setsar"), ("aresample",)


def needs_of(plan: Plan, facts: Facts, container: str) -> frozenset[str]:
    """Tell what one run of a broadcast takes: what reads the encoder's media, what makes each rung, and the filters."""
    rungs = [rendition.rung for rendition in plan.renditions if rendition.rung]
    sounds = [sound.rung for sound in plan.sounds if sound.rung]
    remade = [rendition for rendition in plan.renditions if not (rendition.rung or rendition.is_copied)]
    needs = {f"demuxer {container}", "muxer mp4"}
    needs |= {f"encoder {ENCODERS[rung.codec]}" for rung in rungs} | {f"encoder {rung.codec}" for rung in sounds}
    needs |= {f"filter {name}" for name in PICTURES if rungs} | {f"filter {name}" for name in SOUND if sounds}
    needs |= {name for name, many in (("filter split", rungs), ("filter asplit", sounds)) if len(many) > 1}
    needs |= {f"encoder {ENCODERS['h264']}" for _ in remade}
    for codec, made in ((facts.video, [*rungs, *remade]), (facts.audio, sounds)):
        decoder = _decoder(codec)
        if made and decoder:
            needs.add(f"decoder {decoder}")
    if facts.is_enhanced:
        needs.add("Enhanced RTMP")
    return frozenset(needs)


def advice(facts: Facts, lacking: list[str], unread: str | None = None) -> str:
    """Say what of an encoder's media is not read, and what to publish instead; what is lacking otherwise."""
    wrong = [(kind, codec) for kind, codec in (("H.264", facts.video), ("AAC", facts.audio))
             if codec and (codec == unread or f"decoder {_decoder(codec)}" in lacking)]  # fmt: skip
    if not wrong and "Enhanced RTMP" in lacking:
        wrong = [(kind, codec) for kind, codec in (("H.264", facts.video), ("AAC", facts.audio))
                 if codec and codec not in {"avc1", "mp4a"}]  # fmt: skip
    if not wrong:
        return f"the stream needs {', '.join(lacking)}"
    sent = " and ".join(spoken(codec) for _, codec in wrong)
    manner = " in Enhanced RTMP" if facts.is_enhanced else ""
    return f"the encoder sends {sent}{manner}: publish {' and '.join(kind for kind, _ in wrong)}"


def _decoder(codec: str | None) -> str | None:
    if codec in CODECS:
        return CODECS[codec][1]
    return {**FROM_TS, **FROM_FLV}.get(codec or "")
