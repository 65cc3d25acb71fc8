"""One variant's MPEG-TS segments (and their parts): a span of pictures, and the sound that is heard meanwhile."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from offair.emulator.media.formats.elementary import adts, annex_b
from offair.emulator.media.formats.samples import Fragment, Sample
from offair.emulator.media.formats.tracks import Track
from offair.emulator.media.formats.ts import CLOCK, Multiplexer, Unit
from offair.emulator.media.packager.segmenter import Part, Segment

PATIENCE = 1  # segments of pictures that may wait for their sound
PATIENCE_IN_PARTS = 8  # and parts
LEAST_TAIL = Fraction(1, 10)  # seconds; sound that outlives the last picture by less is not worth a segment


@dataclass(frozen=True, slots=True)
class Woven:
    """A segment, or a part of one, as MPEG-TS; ``start`` and ``seconds`` are exact."""

    content: bytes
    start: Fraction
    seconds: Fraction
    is_independent: bool
    is_part: bool = False


class Weaver:
    """Takes a variant's pictures by the segment (after its parts, if there are any) and its sound by the fragment.

    A segment waits until its sound is there, but not for longer than the next segment takes: sound that comes
    later goes into a later segment, and sound that has not begun by then is left out until the encoder rejoins.
    """

    def __init__(self, counters: dict[int, int], *, has_sound: bool, has_parts: bool = False) -> None:
        self._counters = counters
        self._patience = PATIENCE_IN_PARTS if has_parts else PATIENCE
        self._parts: list[bytes] = []  # of the open segment
        self._is_heard = not has_sound
        self._sound_track: Track | None = None
        self._sound: deque[tuple[int, Unit]] = deque()  # with the middle of each frame in twice 90 kHz
        self._heard_until = Fraction(0)
        self._waiting: deque[Part | Segment] = deque()
        self._multiplexer: Multiplexer | None = None

    def hear(self, fragment: Fragment) -> list[Woven]:
        """Take sound."""
        if self._multiplexer is not None and self._sound_track is None:
            return []  # the tables that went out name no sound
        track = self._sound_track = fragment.track
        for sample, unit in zip(fragment.samples, _units(fragment.samples, track), strict=True):
            self._sound.append((2 * unit.dts + _rescale(sample.duration, track.timescale), unit))
        # half a frame is the most that the grid gives or takes
        self._heard_until = Fraction(2 * fragment.end + fragment.samples[-1].duration, 2 * track.timescale)
        self._is_heard = True
        return self._weave()

    def see(self, span: Part | Segment) -> list[Woven]:
        """Take the pictures of a segment or a part (or the sound, in a variant without pictures)."""
        self._waiting.append(span)
        return self._weave()

    def end(self) -> list[Woven]:
        """Give what waits, and the sound that is left."""
        woven: list[Woven] = []
        while self._waiting:
            is_last = not any(span.start > self._waiting[0].start for span in self._waiting)
            woven.append(self._next(None if is_last else self._waiting[0].end))
        if self._sound and self._multiplexer is not None:
            first, (middle, last) = self._sound[0][1], self._sound[-1]
            length = Fraction(middle - last.dts - first.dts, CLOCK)
            if length >= LEAST_TAIL:
                sound = [unit for _, unit in self._sound]
                content = self._multiplexer.segment([], sound)
                woven.append(Woven(content, Fraction(first.pts, CLOCK), length, is_independent=True))
        self._sound.clear()
        return woven

    def _weave(self) -> list[Woven]:
        woven: list[Woven] = []
        while self._waiting and (self._is_complete(self._waiting[0]) or len(self._waiting) > self._patience):
            woven.append(self._next(self._waiting[0].end))
        return woven

    def _is_complete(self, span: Part | Segment) -> bool:
        return self._is_heard and (self._sound_track is None or self._heard_until >= span.end)

    def _next(self, until: Fraction | None) -> Woven:
        """Multiplex the oldest that waits with the sound before a time, in seconds; with all of it for None.

        A segment whose parts went out is these parts.
        """
        span = self._waiting.popleft()
        is_part = isinstance(span, Part)
        if is_part or not self._parts:
            content = self._multiplex(span, until)
        else:
            content, self._parts = b"".join(self._parts), []
        if is_part:
            self._parts.append(content)
        start = Fraction(span.start, span.timescale)
        return Woven(content, start, span.seconds, span.is_independent, is_part=is_part)

    def _multiplex(self, span: Part | Segment, until: Fraction | None) -> bytes:
        track = span.fragments[0].track
        units = _units(span.samples, track)
        sound: list[Unit] = []
        if track.video is None:
            units, sound = [], units
        multiplexer = self._multiplexer = self._multiplexer or self._tune(track)
        end = None if until is None else ceil(2 * until * CLOCK)  # a whole number, which frames are compared with fast
        while self._sound and (end is None or self._sound[0][0] < end):
            sound.append(self._sound.popleft()[1])
        return multiplexer.segment(units, sound)

    def _tune(self, track: Track) -> Multiplexer:
        has_sound = track.video is None or self._sound_track is not None
        self._is_heard = True  # or never will be: nothing waits for it any more
        return Multiplexer(track.video.codec if track.video else None, "aac" if has_sound else None, self._counters)


def _rescale(ticks: int, timescale: int) -> int:
    return ticks if timescale == CLOCK else (2 * ticks * CLOCK + timescale) // (2 * timescale)


def _units(samples: Sequence[Sample], track: Track) -> list[Unit]:
    """Give the samples of a span, or of a fragment of sound, in the clock and the form of MPEG-TS."""
    scale, video, audio = track.timescale, track.video, track.audio
    units: list[Unit] = []
    for number, sample in enumerate(samples):
        if video is not None:
            content = annex_b(sample, video, is_first=not number)
        else:
            assert audio is not None  # noqa: S101 - for the type checker: a track is one or the other
            content = adts(sample, audio)
        dts = _rescale(sample.dts, scale)
        pts = dts if sample.pts == sample.dts else _rescale(sample.pts, scale)
        units.append(Unit(dts, pts, sample.is_sync, content))
    return units
