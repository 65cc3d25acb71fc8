"""FLV tags in, fragments of each track out: the same bytes as a transcoder's pipes would carry. Nothing is decoded.

Times count from the first tag. A picture's are the encoder's milliseconds. Sound is laid end to end, as its frames
are all of one length, and follows the encoder's clock only where that is a frame away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from offair.emulator.media.formats.flv import Facts, Tag, TagKind, elapsed
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


@dataclass(slots=True)
class Lane:
    """One track. A sample's duration is known when the next one comes, so one is always held back."""

    track: Track
    is_open: bool = False
    sequence: int = 0
    last: Sample | None = None
    usual: int = ONE_PICTURE
    ready: list[Sample] = field(default_factory=list)

    @property
    def next_dts(self) -> int:
        """When the next sample begins at the earliest, in ticks."""
        return self.last.dts + 1 if self.last else 0

    @property
    def seconds(self) -> float:
        """How much is ready."""
        if not self.ready:
            return 0.0
        return (self.ready[-1].dts + self.ready[-1].duration - self.ready[0].dts) / self.track.timescale

    @property
    def is_key_alone(self) -> bool:
        """A key frame is ready, and nothing else."""
        return len(self.ready) == 1 and self.ready[0].is_sync

    def add(self, sample: Sample) -> None:
        """Take a sample, and learn from it how long the one before lasts."""
        self.close_last(sample.dts)
        self.last = sample

    def close_last(self, until: int | None) -> None:
        """Make the sample that is held back ready; it lasts as long as the one before where nothing follows."""
        if self.last is not None:
            self.usual = self.usual if until is None else until - self.last.dts
            self.ready.append(self.last._replace(duration=self.usual))
            self.last = None

    def cut(self) -> bytes:
        """Write what is ready as a fragment, after the init section if it is the first."""
        if not self.ready:
            return b""
        self.sequence += 1
        content = write_fragment(self.track, self.sequence, self.ready)
        fragment = Fragment(self.track, self.sequence, content, tuple(self.ready))
        self.ready = []
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
        sample = _picture(tag, lane, self._now) if tag.kind is TagKind.VIDEO else _sound(tag, lane, self._now)
        if sample is None:
            return {}
        lane.add(sample)
        return dict(self._cut()) if self._is_due(tag.kind, lane, sample) else {}

    def end(self) -> Mapping[TagKind, bytes]:
        """Give what is left."""
        for lane in self._lanes.values():
            lane.close_last(None)
        return dict(self._cut())

    def _is_due(self, kind: TagKind, lane: Lane, sample: Sample) -> bool:
        """Cut before a key frame, and behind it: the segment before it ends there, and nobody has to wait for that."""
        if kind is TagKind.VIDEO:
            return sample.is_sync or lane.is_key_alone or lane.seconds >= self._seconds
        return lane.seconds >= self._seconds * (2 if TagKind.VIDEO in self._lanes else 1)

    def _cut(self) -> Iterator[tuple[TagKind, bytes]]:
        for kind, lane in self._lanes.items():
            content = lane.cut()
            if content:
                yield kind, content


def _open(header: Tag) -> Lane:
    record = header.configuration
    is_video = header.kind is TagKind.VIDEO
    init = video_section(header.codec or "", record) if is_video else audio_section(record)
    return Lane(read_track(init), usual=ONE_PICTURE if is_video else AAC_FRAME)


def _picture(tag: Tag, lane: Lane, now: int) -> Sample | None:
    coded = tag.picture
    if coded is None:
        return None
    offset, content = coded
    scale = lane.track.timescale // MILLISECONDS
    dts = max(now * scale, lane.next_dts)
    return Sample(dts, max(dts + offset * scale, 0), 0, tag.is_keyframe, content)


def _sound(tag: Tag, lane: Lane, now: int) -> Sample:
    heard = now * lane.track.timescale // MILLISECONDS
    due = lane.last.dts + AAC_FRAME if lane.last else heard
    dts = max(heard if abs(heard - due) > AAC_FRAME else due, lane.next_dts)
    return Sample(dts, dts, 0, True, memoryview(tag.payload)[2:])  # noqa: FBT003 - sound can be heard from anywhere
