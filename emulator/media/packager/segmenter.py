"""Where segments begin: on a grid that all tracks share, and, for pictures, at key frames only.

The grid is every multiple of the segment length on the presentation timeline. Sound is cut at the sample nearest
to a grid point, so how it was fragmented makes no difference. Pictures are cut at the first key frame at or after
one; where key frames are further apart than the grid, segments are as long as these are apart.

Pictures of which nobody promised where their key frames are have no use for the grid. Their segments end at the first
key frame that makes them long enough, so that an encoder with regular key frames gets segments of one length; a tenth
less is long enough, as a key frame may come late where a picture is missing, and the next one not.

For low latency a segment is handed out in parts before it ends: see :mod:`.parts`.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

from offair.emulator.media.formats.samples import Fragment, Sample, can_begin_at
from offair.emulator.media.formats.tracks import MediaKind
from offair.emulator.media.packager.parts import PartCutter

EARLY = Fraction(1, 10)  # of a segment: what an encoder's own may lack
LONGEST = 60  # seconds; a picture that has no key frame for that long is cut without one, as memory is finite


@dataclass(frozen=True, slots=True)
class Span:
    """Fragments that follow one another; ``start`` is the earliest presentation time, both times in ticks.

    ``is_independent`` says that it can be decoded without what came before.
    """

    fragments: tuple[Fragment, ...]
    start: int
    duration: int
    is_independent: bool

    @property
    def content(self) -> bytes:
        """Its bytes, as fMP4."""
        return b"".join(fragment.content for fragment in self.fragments)

    @property
    def samples(self) -> list[Sample]:
        """Its samples in decoding order."""
        return [sample for fragment in self.fragments for sample in fragment.samples]

    @property
    def timescale(self) -> int:
        """Ticks a second."""
        return self.fragments[0].track.timescale

    @property
    def seconds(self) -> Fraction:
        """Its exact duration in seconds."""
        return Fraction(self.duration, self.timescale)

    @property
    def end(self) -> Fraction:
        """When it is over, in seconds of the presentation."""
        return Fraction(self.start + self.duration, self.timescale)


class Segment(Span):
    """A media segment."""


class Part(Span):
    """A partial segment (8216bis, 3.1): it belongs to the segment that closes next."""


S = TypeVar("S", bound=Span)


class Segmenter:
    """Puts a track's fragments into segments of about ``length`` seconds.

    ``has_set_keys`` promises a key frame at every grid point: a segment of pictures then closes as soon as it
    reaches the grid, and not only when the next key frame is there. It is dropped when it turns out wrong. Pictures
    without it are not cut on the grid.
    With ``part`` (in seconds) every segment comes in parts first, and joins their very bytes; ``told_part`` is what was
    told before that one may last.
    """

    def __init__(
        self,
        kind: MediaKind,
        timescale: int,
        length: Fraction,
        *,
        has_set_keys: bool = True,
        part: Fraction | None = None,
        told_part: Fraction = Fraction(0),
    ) -> None:
        self._is_video = kind == "video"
        self._timescale = timescale
        self._step = length * timescale
        self._longest = max(Fraction(LONGEST * timescale), 2 * self._step)
        self._has_set_keys = has_set_keys
        self._is_on_grid = has_set_keys or not self._is_video
        self._has_begun = not self._is_video  # pictures begin with a key frame
        self._was_closed_early = False
        self._parts = (
            PartCutter(part * timescale, told=told_part * timescale, is_patient=not self._is_on_grid) if part else None
        )
        self._open: list[Fragment] = []
        self._first: Sample | None = None  # of the open segment
        self._twice_due = 0  # twice the moment at which the open segment is due to end

    @property
    def part_target(self) -> Fraction:
        """What a part lasts at most, in seconds; 0 while that is not known."""
        longest = self._parts.longest if self._parts else None
        return longest / self._timescale if longest else Fraction(0)

    def push(self, fragment: Fragment) -> list[Part | Segment]:
        """Take the next fragment, give the segments that it completes, and what parts of them are ready."""
        done: list[Part | Segment] = []
        begin = 0
        if not self._has_begun:
            begin = next((at for at, sample in enumerate(fragment.samples) if sample.is_sync), len(fragment.samples))
            self._has_begun = begin < len(fragment.samples)
        if self._was_closed_early:
            self._has_set_keys = self._has_set_keys and fragment.samples[0].is_sync
            self._was_closed_early = False
        for cut in self._cuts(fragment, begin):
            if cut > begin:
                done += self._add(fragment.part(begin, cut))
            done += self._close()
            begin = cut
        if begin < len(fragment.samples):
            done += self._add(fragment.part(begin, len(fragment.samples)))
        if self._is_full():
            done += self._close()
            self._first = None
            self._was_closed_early = self._is_video
        return done

    def flush(self) -> list[Part | Segment]:
        """Close the open segment, however short, if there is one."""
        return self._close()

    def _add(self, piece: Fragment) -> list[Part | Segment]:
        if self._parts is None:
            self._open.append(piece)
            return []
        return self._cut_off(self._parts.push(piece))

    def _cut_off(self, parts: list[Fragment]) -> list[Part | Segment]:
        self._open += parts
        return [_span(Part, (part,)) for part in parts]

    def _close(self) -> list[Part | Segment]:
        done = self._cut_off(self._parts.flush()) if self._parts else []
        if self._open:
            done.append(_span(Segment, tuple(self._open)))
            self._open = []
        return done

    def _cuts(self, fragment: Fragment, begin: int) -> list[int]:
        """Find the samples at which a new segment begins while one is open."""
        cuts: list[int] = []
        for index, sample in enumerate(fragment.samples[begin:], begin):
            if self._first is None:
                self._begin(sample)
            elif self._ends_before(self._first, sample):
                cuts.append(index)
                self._begin(sample)
        return cuts

    def _begin(self, sample: Sample) -> None:
        self._first = sample
        if not self._is_on_grid:
            self._twice_due = ceil(2 * (sample.pts + (1 - EARLY) * self._step))
            return
        middle = 2 * sample.pts + sample.duration
        periods = max(floor(Fraction(middle) / (2 * self._step)), 0) + 1  # priming belongs to the first segment
        self._twice_due = ceil(2 * self._step * periods)

    def _ends_before(self, first: Sample, sample: Sample) -> bool:
        """Half a frame early is on time: encoders round."""
        if 2 * sample.pts + sample.duration < self._twice_due:
            return False
        return not self._is_video or sample.is_sync or sample.dts - first.dts >= self._longest

    def _is_full(self) -> bool:
        """Say whether whatever comes next begins a segment."""
        fragments = self._open + (self._parts.loose if self._parts else [])
        if not fragments or (self._is_video and not self._has_set_keys):
            return False
        frame = fragments[-1].samples[-1].duration
        whole = _span(Segment, tuple(fragments))
        twice_end = 2 * (whole.start + whole.duration)
        if self._is_video and twice_end >= self._twice_due + 2 * frame:
            return False  # the key frame that was promised did not come in time: wait for it
        return twice_end + frame >= self._twice_due


def _span(kind: type[S], fragments: tuple[Fragment, ...]) -> S:
    first = fragments[0].samples[0]
    start = min(sample.pts for fragment in fragments for sample in fragment.samples)
    is_closed = start == first.pts  # pictures shown before it (open GOP) need the segment before
    is_independent = is_closed and can_begin_at(first, fragments[0].track)
    return kind(fragments, start, fragments[-1].end - first.dts, is_independent)
