"""Where parts begin (8216bis, 4.4.4.9): by duration alone, so that all but a segment's last are nearly equally long.

How long they are depends on the frames: the least number of them that lasts the length asked for. That number is
found from the first frames; where these are not of one length (an encoder that counts milliseconds), a part may be a
tenth longer, so that it holds the same number of frames all the time.
"""

from fractions import Fraction
from math import ceil

from offair.emulator.media.formats.samples import Fragment, join_fragments

SLACK = Fraction(11, 10)


class PartCutter:
    """Fragments of any size in, fragments that are parts out. ``length`` in ticks is what a part lasts at least."""

    def __init__(self, length: Fraction) -> None:
        self._length = length
        self.longest: Fraction | None = None  # ticks that a part may last, once the frames are known
        self.loose: list[Fragment] = []  # what is in no part yet

    def push(self, fragment: Fragment) -> list[Fragment]:
        """Take what comes next, give the parts that it completes."""
        self.loose.append(fragment)
        if self.longest is None:
            if _ticks(self.loose) < self._length:
                return []
            self.longest = self._measure()
        parts: list[Fragment] = []
        while (count := self._full(self.longest)) is not None:
            whole = join_fragments(self.loose)
            parts.append(whole.part(0, count))
            self.loose = [whole.part(count, len(whole.samples))] if count < len(whole.samples) else []
        return parts

    def flush(self) -> list[Fragment]:
        """Give what is left as a last, short part; nothing when nothing is."""
        parts = [join_fragments(self.loose)] if self.loose else []
        self.loose = []
        return parts

    def _full(self, longest: Fraction) -> int | None:
        """Count the samples of the first part, if it cannot take one more."""
        ticks, count, frame = 0, 0, 0
        for fragment in self.loose:
            for sample in fragment.samples:
                if count and ticks + sample.duration > longest:
                    return count
                ticks, count, frame = ticks + sample.duration, count + 1, sample.duration
        return count if count and ticks + frame > longest else None

    def _measure(self) -> Fraction:
        frames = [sample.duration for fragment in self.loose for sample in fragment.samples]
        mean = Fraction(sum(frames), len(frames))
        longest = ceil(self._length / mean) * mean
        return longest if len(set(frames)) == 1 else longest * SLACK


def _ticks(fragments: list[Fragment]) -> int:
    return fragments[-1].end - fragments[0].samples[0].dts
