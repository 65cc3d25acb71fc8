"""Fragments become FLV tags again, for players of RTMP: what an MP4 says in its boxes, an FLV says in its tags.

Source: Adobe "Video File Format Specification" 10.1, E.4; Veovera "Enhanced RTMP" v2 for HEVC.
"""

from collections.abc import Sequence

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.boxes import Fields, need
from offair.emulator.media.formats.codecs import VideoFormat
from offair.emulator.media.formats.flv import (
    AAC,
    AVC,
    CODED_FRAMES,
    ENHANCED_KEY,
    ENHANCED_OTHER,
    SEQUENCE_START,
    Tag,
    TagKind,
)
from offair.emulator.media.formats.samples import Sample, read_fragment
from offair.emulator.media.formats.tracks import Track, read_tracks

AVC_KEY, AVC_OTHER = 0x10 | AVC, 0x20 | AVC
AVC_RECORD, AVC_UNITS = b"\0\0\0\0", b"\1"  # a record has no composition offset
AAC_SOUND = bytes((AAC << 4 | 0xF,))  # AAC says by itself how it is sampled (E.4.2.1)
AAC_SPECIFIC, AAC_RAW = b"\0", b"\1"
HEVC = b"hvc1"
MILLISECONDS = 1000
TIME = 0xFFFFFFFF


class Unfolding:
    """Reads what an init section announces, and then its fragments, whose times begin at 0."""

    def __init__(self, init: bytes, *, fps: float | None = None) -> None:
        self._tracks = {track.track_id: track for track in read_tracks(init)}
        self._fps = fps

    def heads(self, at: int) -> list[Tag]:
        """Give what a player must have before any media, at this time in ms: what there is, and how it is coded."""
        tracks = self._tracks.values()
        fields: dict[str, amf0.Value] = {}
        for track in tracks:
            fields |= _facts(track, self._fps)
        script = Tag(TagKind.SCRIPT, at, amf0.encode("onMetaData", amf0.EcmaArray(fields)))
        return [script, *(_head(track, at) for track in tracks)]

    def tags(self, fragments: Sequence[bytes]) -> list[Tag]:
        """Give the tags of fragments, in the order of their times."""
        found = [tag for fragment in fragments for tag in self._tags_of(fragment)]
        return sorted(found, key=lambda tag: tag.timestamp)

    def _tags_of(self, content: bytes) -> list[Tag]:
        tfhd = need(content, b"moof", b"traf", b"tfhd")
        track = self._tracks[Fields(content, tfhd.body + 4, tfhd.end).number(4)]
        fragment = read_fragment(track, content)
        return [_tag(track, sample) for sample in fragment.samples] if fragment else []


def _facts(track: Track, fps: float | None) -> dict[str, amf0.Value]:
    if track.audio is not None:
        rate, channels = track.audio.sample_rate, track.audio.channels
        return {"audiocodecid": float(AAC), "audiosamplerate": float(rate), "audiochannels": float(channels)}
    if track.video is None:
        return {}
    codec = float(AVC) if track.video.codec == "h264" else float(int.from_bytes(HEVC))
    size: dict[str, amf0.Value] = {"width": float(track.video.width), "height": float(track.video.height)}
    return {**size, "videocodecid": codec, **({"framerate": fps} if fps else {})}


def _head(track: Track, at: int) -> Tag:
    if track.audio is not None:
        return Tag(TagKind.AUDIO, at, AAC_SOUND + AAC_SPECIFIC + track.audio.specific)
    record = track.video.record if track.video else b""
    if _is_hevc(track):
        return Tag(TagKind.VIDEO, at, bytes((ENHANCED_KEY | SEQUENCE_START,)) + HEVC + record)
    return Tag(TagKind.VIDEO, at, bytes((AVC_KEY,)) + AVC_RECORD + record)


def _tag(track: Track, sample: Sample) -> Tag:
    at = sample.dts * MILLISECONDS // track.timescale & TIME
    if track.kind == "audio":
        return Tag(TagKind.AUDIO, at, b"".join((AAC_SOUND, AAC_RAW, sample.content)))
    offset = round((sample.pts - sample.dts) * MILLISECONDS / track.timescale).to_bytes(3, signed=True)
    if _is_hevc(track):
        first = (ENHANCED_KEY if sample.is_sync else ENHANCED_OTHER) | CODED_FRAMES
        return Tag(TagKind.VIDEO, at, b"".join((bytes((first,)), HEVC, offset, sample.content)))
    first = AVC_KEY if sample.is_sync else AVC_OTHER
    return Tag(TagKind.VIDEO, at, b"".join((bytes((first,)), AVC_UNITS, offset, sample.content)))


def _is_hevc(track: Track) -> bool:
    return isinstance(track.format, VideoFormat) and track.format.codec == "hevc"
