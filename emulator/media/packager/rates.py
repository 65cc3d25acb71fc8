"""How many bits a second are announced for each rendition: no more often than what came makes untrue. Pure.

Of what we encode it is known beforehand: an encoder within its buffer takes no more than its highest rate and what the
buffer lets run ahead in a segment, and what wraps it is counted here. Of what is copied only measuring can tell, and
what it takes later nobody knows: so one and a half times the first segment's rate is announced, and whenever that
turns out too low, for everything that is copied, twice the highest rate so far; a mean when it is a tenth off. A rate
that moved with every segment would be true each time, and false for whoever read it before (RFC 8216, 4.3.4.2). What
is over is announced as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from offair.emulator.media.packager.history import History
from offair.emulator.media.packager.names import FMP4, TS
from offair.emulator.media.packager.plan import PackagePlan, TrackPlan
from offair.emulator.media.packager.take import Place, places

STEP = 1000  # bit/s: rates are given in these
OFF = Fraction(1, 10)  # of a mean
FIRST, GROWN = Fraction(3, 2), 2  # of what was measured
SLACK = 10_000  # bit/s: what encoders of very low rates take beyond theirs
SOUND_FRAMES = 50  # a second, at 48 kHz
FRAGMENT, SAMPLE = 128, 16  # bytes of boxes around them
FRAGMENTS = 10  # a second at most
PACKET, ROOM = 188, 184
PES = 140  # bytes around a unit: headers, a delimiter, and half a packet of stuffing
ADTS = 7
TABLES = 2 * PACKET
CLOCKS = 10  # packets a second that carry nothing but the time


@dataclass(frozen=True, slots=True)
class BitRate:
    """What is announced, in bit/s: the peak of any segment, and the mean."""

    peak: int
    mean: int


class Rates:
    """What is announced for every rendition of a broadcast."""

    def __init__(self, plan: PackagePlan) -> None:
        planned = {place: _planned(plan, place) for place in places(plan)}
        self._said = {place: rate for place, rate in planned.items() if rate}
        self._unknown = {place for place, rate in planned.items() if rate is None}

    def note(self, histories: Mapping[Place, History], *, is_over: bool = False) -> None:
        """Measure what only measuring can tell, and all of it once no segment will come any more."""
        if is_over:
            self._said |= {place: _measured(history) for place, history in histories.items() if history.count}
        measured = {place: _measured(histories[place]) for place in self._unknown}
        for place in self._unknown - self._said.keys():
            self._said[place] = BitRate(_stepped(Fraction(FIRST * histories[place].peak)), measured[place].mean)
        has_grown = any(histories[place].peak > self._said[place].peak for place in self._unknown)
        for place, now in measured.items():
            said = self._said[place]
            peak = max(said.peak, _stepped(Fraction(GROWN * histories[place].peak))) if has_grown else said.peak
            mean = said.mean if abs(said.mean - now.mean) <= OFF * now.mean else now.mean
            self._said[place] = BitRate(peak, mean)

    def of(self, several: Iterable[Place]) -> BitRate:
        """Give what is announced for several renditions together; KeyError before the first :meth:`note`."""
        rates = [self._said[place] for place in several]
        peak = sum(rate.peak for rate in rates)
        return BitRate(peak, min(peak, sum(rate.mean for rate in rates)))


def announced_peak(measured: Iterable[int]) -> int:
    """Give what is announced of one copied rendition by now, whose segments had these rates, in their order."""
    said = 0
    for rate in measured:
        if not said:
            said = _stepped(FIRST * rate)
        elif rate > said:
            said = _stepped(Fraction(GROWN * rate))
    return said


def wrapped_peak(track: TrackPlan) -> int:
    """Give what a track that we encode takes at most in fMP4; 0 where only measuring can tell."""
    return _stepped(Fraction(track.peak_bitrate + SLACK + _boxes(track))) if track.peak_bitrate else 0


def _measured(history: History) -> BitRate:
    return BitRate(_stepped(Fraction(history.peak)), _stepped(Fraction(history.average)))


def _planned(plan: PackagePlan, place: Place) -> BitRate | None:
    if place.suffix == FMP4:
        track = plan.track(place.folder)
        mean = _stepped(Fraction(track.bitrate + _boxes(track)))
        return BitRate(wrapped_peak(track), mean) if track.peak_bitrate else None
    assert place.suffix == TS  # noqa: S101 - there are two kinds of places
    variant = next(variant for variant in plan.variants if variant.name == place.folder)
    tracks = [plan.track(name) for name in variant.tracks]
    if not all(track.peak_bitrate for track in tracks):
        return None
    cuts = 1 / (plan.part or plan.target)
    around = sum(_packets(track, cuts) for track in tracks) + 8 * (cuts * TABLES + CLOCKS * PACKET)
    peak, mean = (
        _stepped(Fraction(PACKET, ROOM) * bits + around)
        for bits in (sum(track.peak_bitrate + SLACK for track in tracks), sum(track.bitrate for track in tracks))
    )
    return BitRate(peak, mean)


def _boxes(track: TrackPlan) -> int:
    """Count the bits a second of boxes around a track's samples."""
    return 8 * (FRAGMENTS * FRAGMENT + SAMPLE * round(track.frame_rate or SOUND_FRAMES))


def _packets(track: TrackPlan, cuts: Fraction) -> Fraction:
    """Count the bits a second of packets around a track's units; sound comes four frames together, or up to a cut."""
    if track.kind == "video":
        return 8 * PES * (track.frame_rate or Fraction(SOUND_FRAMES))
    return 8 * (PES * (Fraction(SOUND_FRAMES, 4) + cuts) + ADTS * SOUND_FRAMES)


def _stepped(rate: Fraction) -> int:
    return -(-rate // STEP) * STEP
