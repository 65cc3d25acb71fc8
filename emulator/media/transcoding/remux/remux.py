"""FLV tags in, fragments of each track out: the same bytes as a transcoder's pipes would carry. Nothing is decoded.

Times count from the first tag. A picture's are the encoder's milliseconds. Sound is laid end to end, as its frames
are all of one length, and follows the encoder's clock only where that is a frame away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from offair.emulator.media.formats.flv import VIDEO, Facts, Tag, TagKind, elapsed
from offair.emulator.media.formats.pieces import Written
from offair.emulator.media.formats.samples import Fragment, Sample, write_fragment
from offair.emulator.media.formats.tracks import Track, read_track
from offair.emulator.media.transcoding.remux.sections import audio_section, video_section

VIDEO_CODECS = frozenset({"avc1", "hvc1"})
AAC_FRAME = 1024  # ticks; in HE-AAC each stands for two that are heard
MILLISECONDS = 1000
ONE_PICTURE = 3000  # ticks that a picture lasts when it is the only one


def can_remux(facts: Facts) -> bool:
    """Say whether an encoder's tracks can pass through without a transcoder."""
    return facts.video in {None, *VIDEO_CODECS} and facts.audio in {None, "mp4a"}


Begun = tuple[int, int, bool, memoryview]  # dts, pts, is_sync and content of a sample: the next one tells its duration


@dataclass(slots=True)
class Lane:
    """One track. A sample's duration is known when the next one comes, so the latest is always held back."""

    track: Track
    usual: int  # ticks that the latest sample lasts, if nothing follows it
    is_open: bool = False
    sequence: int = 0
    begun: list[Begun] = field(default_factory=list)  # what is in no fragment yet

    @property
    def next_dts(self) -> int:
        """When the next sample begins at the earliest, in ticks."""
        return self.begun[-1][0] + 1 if self.begun else 0

    @property
    def is_key_alone(self) -> bool:
        """A key frame is ready, and nothing else."""
        return len(self.begun) == 2 and self.begun[0][2]

    def has(self, seconds: float) -> bool:
        """So much is ready, and not nothing."""
        begun = self.begun
        return len(begun) > 1 and begun[-1][0] - begun[0][0] >= seconds * self.track.timescale

    def cut(self, *, is_last: bool = False) -> bytes:
        """Write what is ready as a fragment, after the init section if it is the first; at the end all there is."""
        begun = self.begun
        ends = [dts for dts, *_ in begun[1:]]
        if ends:
            self.usual = ends[-1] - begun[-2][0]
        if is_last and begun:
            ends.append(begun[-1][0] + self.usual)
        self.begun = begun[len(ends) :]
        if not ends:
            return b""
        self.sequence += 1
        samples = tuple(
            [Sample(dts, pts, end - dts, is_sync, content)
             for (dts, pts, is_sync, content), end in zip(begun, ends, strict=False)]
        )  # fmt: skip
        fragment = Fragment(self.track, self.sequence, write_fragment(self.track, self.sequence, samples), samples)
        was_open, self.is_open = self.is_open, True
        return Written(fragment) if was_open else Written(self.track, fragment)


class Remux:
    """Writes fragments of at least ``seconds``, each track's at the same moments, and anew at each key frame.

    MalformedMediaError and UnsupportedMediaError for a sequence header that nothing can be written from.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lanes: dict[TagKind, Lane] = {}
        self._now = 0  # milliseconds since the first tag, which do not wrap
        self._latest: int | None = None  # the timestamp that this was at

    def push(self, tag: Tag) -> Mapping[TagKind, bytes]:
        """Take the next tag, give the bytes that it completes, by kind of track."""
        if tag.is_sequence_header:
            if tag.kind not in self._lanes:
                self._lanes[tag.kind] = _open(tag)
            return {}
        lane = self._lanes.get(tag.kind)
        if lane is None:
            return {}
        self._now += 0 if self._latest is None else elapsed(self._latest, tag.timestamp)
        self._latest = tag.timestamp
        sample = _picture(tag, lane, self._now) if tag.kind is VIDEO else _sound(tag, lane, self._now)
        if sample is None:
            return {}
        lane.begun.append(sample)
        return self._cut() if self._is_due(tag, lane) else {}

    def end(self) -> Mapping[TagKind, bytes]:
        """Give what is left."""
        return self._cut(is_last=True)

    def _is_due(self, tag: Tag, lane: Lane) -> bool:
        """Cut before a key frame, and behind it: the segment before it ends there, and nobody has to wait for that."""
        if tag.kind is VIDEO:
            return tag.is_keyframe or lane.is_key_alone or lane.has(self._seconds)
        return lane.has(self._seconds * (2 if VIDEO in self._lanes else 1))

    def _cut(self, *, is_last: bool = False) -> Mapping[TagKind, bytes]:
        cuts = {kind: lane.cut(is_last=is_last) for kind, lane in self._lanes.items()}
        return {kind: content for kind, content in cuts.items() if content}


def _open(header: Tag) -> Lane:
    record = header.configuration
    is_video = header.kind is VIDEO
    init = video_section(header.codec or "", record) if is_video else audio_section(record)
    return Lane(read_track(init), usual=ONE_PICTURE if is_video else AAC_FRAME)


def _picture(tag: Tag, lane: Lane, now: int) -> Begun | None:
    coded = tag.picture
    if coded is None:
        return None
    offset, content = coded
    scale = lane.track.timescale // MILLISECONDS
    dts = max(now * scale, lane.next_dts)
    return dts, max(dts + offset * scale, 0), tag.is_keyframe, content


def _sound(tag: Tag, lane: Lane, now: int) -> Begun:
    heard = now * lane.track.timescale // MILLISECONDS
    due = lane.begun[-1][0] + AAC_FRAME if lane.begun else heard
    dts = max(heard if abs(heard - due) > AAC_FRAME else due, lane.next_dts)
    return dts, dts, True, memoryview(tag.payload)[2:]  # sound can be heard from anywhere
