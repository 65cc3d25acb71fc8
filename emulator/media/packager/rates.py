"""How many bits a second are announced for each rendition: once, for as long as the broadcast lasts. Pure.

Of what we encode it is known beforehand: an encoder within its buffer takes no more than its highest rate and what the
buffer lets run ahead in a segment, and what wraps it is counted here. Of what is copied only measuring can tell, and
what it takes later nobody knows: so one and a half times the first segment's rate is announced, and when that turns
out too low, once and for everything that is copied, twice the highest rate so far. A rate that moved with every
segment would be true each time, and false for whoever read it before (RFC 8216, 4.3.4.2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from offair.emulator.media.packager.history import History
from offair.emulator.media.packager.names import FMP4, TS
from offair.emulator.media.packager.plan import PackagePlan, TrackPlan
from offair.emulator.media.packager.take import Place, places

STEP = 1000  # bit/s: rates are given in these
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
        self._has_grown = False

    def note(self, histories: Mapping[Place, History]) -> None:
        """Measure what only measuring can tell."""
        for place in self._unknown - self._said.keys():
            history = histories[place]
            self._said[place] = BitRate(_stepped(FIRST * history.peak), _stepped(Fraction(history.average)))
        if not self._has_grown and any(histories[place].peak > self._said[place].peak for place in self._unknown):
            self._has_grown = True
            for place in self._unknown:
                said, history = self._said[place], histories[place]
                peak = max(said.peak, _stepped(Fraction(GROWN * history.peak)))
                self._said[place] = BitRate(peak, max(said.mean, _stepped(Fraction(history.average))))

    def of(self, several: Iterable[Place]) -> BitRate:
        """Give what is announced for several renditions together; KeyError before the first :meth:`note`."""
        rates = [self._said[place] for place in several]
        peak = sum(rate.peak for rate in rates)
        return BitRate(peak, min(peak, sum(rate.mean for rate in rates)))


def announced_peak(measured: Iterable[int]) -> int:
    """Give what is announced of one copied rendition by now, whose segments had these rates, in their order."""
    said, has_grown = 0, False
    for rate in measured:
        if not said:
            said = _stepped(FIRST * rate)
        elif rate > said and not has_grown:
            said, has_grown = _stepped(Fraction(GROWN * rate)), True
    return said


def wrapped_peak(track: TrackPlan) -> int:
    """Give what a track that we encode takes at most in fMP4; 0 where only measuring can tell."""
    return _stepped(Fraction(track.peak_bitrate + SLACK + _boxes(track))) if track.peak_bitrate else 0


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
