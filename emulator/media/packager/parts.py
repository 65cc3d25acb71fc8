"""Where parts begin (8216bis, 4.4.4.9): by duration alone, so that all but a segment's last are nearly equally long.

How long they are depends on the frames: the least number of them that lasts the length asked for. That number is
found from the first frames; where these are not of one length (an encoder that counts milliseconds), a part may be a
tenth longer, so that it holds the same number of frames all the time. Where some are far longer than others (pictures
are missing, or come when there is something to see), a part may be so long that the longest of them always fits: it
is that full already, or has room for one.
"""

from fractions import Fraction
from math import ceil

from offair.emulator.media.formats.samples import Fragment, join_fragments

SLACK = Fraction(11, 10)
FULL = Fraction(85, 100)  # of what is told: no part but a segment's last is shorter


class PartCutter:
    """Fragments of any size in, fragments that are parts out. ``length`` in ticks is what a part lasts at least.

    ``told`` is what was told before that one may last, in ticks. With ``is_patient`` nothing is cut before the first
    segment is whole, so that all of its frames tell.
    """

    def __init__(self, length: Fraction, *, told: Fraction = Fraction(0), is_patient: bool = False) -> None:
        self._length = length
        self._told = told
        self._is_patient = is_patient
        self.longest: Fraction | None = None  # ticks that a part may last, once the frames are known
        self.loose: list[Fragment] = []  # what is in no part yet

    def push(self, fragment: Fragment) -> list[Fragment]:
        """Take what comes next, give the parts that it completes."""
        self.loose.append(fragment)
        if self.longest is None and (self._is_patient or _ticks(self.loose) < self._length):
            return []
        return self._cut()

    def flush(self) -> list[Fragment]:
        """Give what is left, and as the last what is short; nothing when nothing is."""
        if not self.loose:
            return []
        parts = self._cut()
        if self.loose:
            parts.append(join_fragments(self.loose))
        self.loose = []
        return parts

    def _cut(self) -> list[Fragment]:
        self.longest = self.longest or self._measure()
        parts: list[Fragment] = []
        while (count := self._full(self.longest)) is not None:
            whole = join_fragments(self.loose)
            parts.append(whole.part(0, count))
            self.loose = [whole.part(count, len(whole.samples))] if count < len(whole.samples) else []
            self.longest = max(self.longest, Fraction(_ticks(parts[-1:])))  # a single frame may last longer
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
        if self._told and _fits(self._told, mean, max(frames)):
            return self._told
        longest = ceil(max(self._length, self._told) / mean) * mean
        if len(set(frames)) == 1:
            return longest
        is_even = min(frames) >= FULL * SLACK * mean and max(frames) <= SLACK * mean
        return longest * SLACK if is_even else max(longest, max(frames) / (1 - FULL))


def _fits(longest: Fraction, mean: Fraction, frame: int) -> bool:
    """Say whether parts of at most ``longest`` are full, of frames of one length or of any up to ``frame``."""
    return frame <= longest and (longest // mean * mean >= FULL * longest or frame <= (1 - FULL) * longest)


def _ticks(fragments: list[Fragment]) -> int:
    return fragments[-1].end - fragments[0].samples[0].dts
