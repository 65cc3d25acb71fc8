"""One variant as an endless MP4: what was made since the last key frame, and everybody who reads on from there."""

import threading
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil

from offair.emulator.core.clock import Deadline
from offair.emulator.core.showing import Course, Cue, Onlooker, Parting, Sight
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import MediaKind, Track
from offair.emulator.media.listening.progressive.fanout import ENDED, Fanout
from offair.emulator.media.listening.progressive.recent import Recent
from offair.emulator.media.listening.progressive.showing import Showing
from offair.emulator.media.listening.progressive.sight import see
from offair.emulator.media.listening.progressive.tap import FeedTap

MOST_KEPT = 16 << 20  # bytes since the last key frame; nobody can join until the next when there are more


def _raise(error: Exception) -> None:
    raise error


class Feed:
    """Puts the tracks of one variant together and fans them out. Every method may be called from any thread.

    Runs of the encoder with the same codec parameters follow one another on one line of time; where they differ, the
    readers of the former run are ended, as an MP4 has one init section, and onlookers are shown another. ``on_key``
    hears when readers may join, ``on_slow`` of every reader that was dropped; both with the feed's lock held, but for
    onlookers. ``on_error`` hears what one of these raised, which ends it. Feeds of one ``broadcast`` share its line.
    """

    def __init__(
        self,
        kinds: tuple[MediaKind, ...],
        *,
        on_key: Callable[[], None],
        on_slow: Callable[[], None],
        on_error: Callable[[Exception], None] = _raise,
        broadcast: str = "",
        frame_rate: Fraction | None = None,
    ) -> None:
        self._kinds = kinds  # the first one leads: readers join at its key frames
        self._on_key = on_key
        self._on_slow = on_slow
        self._lock = threading.Condition()
        self._tracks: dict[MediaKind, Track] = {}  # of the line of time that readers are on
        self._coming: dict[MediaKind, Track] = {}  # of the run that begins
        self._waiting: list[Fragment] | None = []  # until the run has a key frame; then None
        self._later: dict[MediaKind, int] = {}  # ticks that put this run behind the one before
        self._ends: dict[MediaKind, Fraction] = {}
        self._kept: list[Recent] = []
        self._weight = 0  # bytes that are kept, or wait
        self._zero: Fraction | None = None  # when the key frame is shown that is kept
        self._sequence = 0
        self._taps: set[FeedTap] = set()
        self._broadcast = broadcast
        self._frame_rate = frame_rate
        self._lines = 1  # of time, of which each has a name
        self._fanout = Fanout(on_slow, on_error)
        self._early: set[Showing] = set()  # onlookers who wait for a key frame
        self._is_over = False

    @property
    def can_be_joined(self) -> bool:
        """There is a key frame to begin at."""
        return self._zero is not None and not self._is_over

    @property
    def readers(self) -> int:
        """How many read, or look on, of those that count."""
        return sum(tap.is_counted for tap in tuple(self._taps)) + len(self._fanout)

    @property
    def is_watched(self) -> bool:
        """Somebody reads, or looks on, whether or not it counts."""
        return bool(self._taps) or len(self._fanout) > 0

    def join(self, sever: Callable[[], None], *, is_counted: bool = True) -> FeedTap | None:
        """Let a reader in at the latest key frame; None while there is none."""
        with self._lock:
            if self._zero is None or self._is_over:
                return None
            sight = self._see()
            first = [kept.placed for kept in self._kept]
            tap = FeedTap(
                sight.init, first, self._now, sever=sever, on_close=self._leave, media_type=sight.media_type,
                is_counted=is_counted,
            )  # fmt: skip
            self._taps.add(tap)
            return tap

    def show(self, onlooker: Onlooker, course: Course) -> Showing | None:
        """Show an onlooker what follows the latest key frame, or the next where there is none; None when it is over."""
        with self._lock:
            if self._is_over:
                return None
            showing = Showing(onlooker, course, self._dismiss)
            self._early.add(showing)
            if self.can_be_joined:
                self._admit_early()
            return showing

    def begin(self) -> None:
        """Let a run of the encoder begin."""
        with self._lock:
            self._waiting, self._coming = [], {}
            self._forget()

    def describe(self, track: Track) -> None:
        """Hear what a track of this run is."""
        with self._lock:
            self._coming[track.kind] = track
            self._try_to_start()

    def hear(self, fragment: Fragment) -> None:
        """Take a track's next fragment."""
        with self._lock:
            if self._waiting is None:
                self._emit(fragment)
                return
            self._weigh(len(fragment.content))
            self._waiting.append(fragment)
            self._try_to_start()

    def tell(self, cue: Cue) -> None:
        """Let every onlooker hear what is said now; nobody hears it before anything was shown."""
        with self._lock:
            if self._ends:
                self._fanout.tell(replace(cue, at=self._now))

    def finish(self) -> None:
        """End every reader after what waits for it."""
        with self._lock:
            self._is_over = True
            self._forget()
            self._end_all()
            early, self._early = self._early, set()
            self._fanout.end()
        for showing in early:
            showing.end(Parting.OVER, ENDED)

    def wait_for_readers(self, deadline: Deadline) -> None:
        """Wait until nobody reads any more, at most until the deadline."""
        with self._lock:
            self._lock.wait_for(lambda: not self._taps, deadline.remaining)
        self._fanout.wait(deadline)

    def cut(self) -> None:
        """End every reader that is still there, at once."""
        with self._lock:
            self._is_over = True
            for tap in self._taps:
                tap.cut()

    @property
    def _now(self) -> float:
        return float(max(self._ends.values()))

    def _leave(self, tap: FeedTap) -> None:
        with self._lock:
            self._taps.discard(tap)
            self._lock.notify_all()

    def _dismiss(self, showing: Showing) -> None:
        with self._lock:
            self._early.discard(showing)
        self._fanout.dismiss(showing)

    def _admit_early(self) -> None:
        early, self._early = self._early, set()
        for showing in early:
            self._fanout.admit(showing, self._see(), self._line, tuple(self._kept))

    @property
    def _line(self) -> str:
        return f"{self._broadcast}.{self._lines}"

    def _see(self) -> Sight:
        return see([self._tracks[kind] for kind in self._kinds], self._kept, self._frame_rate)

    def _end_all(self) -> None:
        for tap in self._taps:
            tap.end()

    def _try_to_start(self) -> None:
        """Begin to emit once every track is known and the leading one has a key frame."""
        waiting = self._waiting
        if waiting is None or self._coming.keys() != set(self._kinds):
            return
        at = next((at for at, fragment in enumerate(waiting) if self._is_key(fragment)), None)
        if at is None:
            return
        is_another = self._continue(waiting[at])
        self._waiting = None
        self._forget()
        if is_another:
            self._lines += 1
            self._fanout.change(self._see(), self._line)
        before = [fragment for fragment in waiting[:at] if fragment.track.kind != self._kinds[0]]
        for fragment in (*before, *waiting[at:]):
            self._emit(fragment)

    def _is_key(self, fragment: Fragment) -> bool:
        return fragment.track.kind == self._kinds[0] and fragment.samples[0].is_sync

    def _continue(self, key: Fragment) -> bool:
        """Put this run behind the one before, or begin a line of its own where it is of another make: then say True."""
        is_another = list(map(_make, self._tracks.values())) != [_make(self._coming[kind]) for kind in self._tracks]
        if is_another:
            self._end_all()
            self._tracks = {}
        later = Fraction(0)
        if self._tracks:
            later = self._ends[self._kinds[0]] - _seconds(key.track, key.samples[0].dts)
        else:
            self._tracks, self._ends = self._coming, {}
        self._later = {kind: round(later * track.timescale) for kind, track in self._tracks.items()}
        return is_another

    def _emit(self, fragment: Fragment) -> None:
        kind = fragment.track.kind
        track, later = self._tracks[kind], self._later[kind]
        covered = self._covered(fragment, later)
        if covered == len(fragment.samples):
            return
        fragment = fragment.part(covered, len(fragment.samples))
        self._sequence += 1
        self._ends[kind] = end = _seconds(track, fragment.end + later)
        if self._is_key(fragment):
            self._rebase(_seconds(track, fragment.samples[0].pts + later))
        self._weigh(len(fragment.content))
        recent = Recent(
            fragment=fragment,
            number=self._kinds.index(kind) + 1,
            sequence=self._sequence,
            time=fragment.samples[0].dts + later,
            end=end,
            now=self._now,
        )
        self._kept.append(recent)
        self._hand_on(recent)
        if self._is_key(fragment):
            self._admit_early()
            self._on_key()

    def _covered(self, fragment: Fragment, later: int) -> int:
        """Count the samples that a former run's sound has covered; pictures follow it exactly."""
        kind, timescale = fragment.track.kind, fragment.track.timescale
        if kind == self._kinds[0] or kind not in self._ends:
            return 0
        ended = ceil(self._ends[kind] * timescale)
        return sum(sample.dts + later < ended for sample in fragment.samples)

    def _rebase(self, zero: Fraction) -> None:
        """Keep of what came before a key frame only the sound that is heard with it."""
        kept = [kept for kept in self._kept if kept.kind != self._kinds[0] and kept.end > zero]
        self._kept, self._weight = kept, sum(each.size for each in kept)
        self._zero = zero

    def _forget(self) -> None:
        self._kept, self._zero, self._weight = [], None, 0

    def _weigh(self, size: int) -> None:
        self._weight += size
        if self._weight > MOST_KEPT:
            self._forget()
            self._weight = size
            if self._waiting:
                self._waiting.clear()

    def _hand_on(self, recent: Recent) -> None:
        self._fanout.push(recent)
        for tap in [tap for tap in self._taps if not tap.push(recent.placed, recent.now)]:
            self._taps.discard(tap)
            tap.cut()
            if tap.is_counted:
                self._on_slow()


def _seconds(track: Track, ticks: int) -> Fraction:
    return Fraction(ticks, track.timescale)


def _make(track: Track) -> tuple[object, ...]:
    """Say what one init section must have in common with another to stand for it."""
    return track.format, track.timescale, track.default_duration, track.default_size, track.default_flags
