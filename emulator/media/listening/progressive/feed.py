"""One variant as an endless MP4: what was made since the last key frame, and everybody who reads on from there."""

import threading
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from offair.emulator.core.clock import Deadline
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import MediaKind, Track
from offair.emulator.media.listening.progressive.mux import Placed, place, write_init
from offair.emulator.media.listening.progressive.tap import FeedTap

MOST_KEPT = 16 << 20  # bytes since the last key frame; nobody can join until the next when there are more


class Recent(NamedTuple):
    """A fragment that new readers get too; ``end`` in seconds of the feed's line."""

    kind: MediaKind
    placed: Placed
    end: Fraction


class Feed:
    """Puts the tracks of one variant together and fans them out. Every method may be called from any thread.

    Runs of the encoder with the same codec parameters follow one another on one line of time; where they differ, the
    readers of the former run are ended, as an MP4 has one init section. ``on_key`` hears when readers may join,
    ``on_slow`` of every reader that was dropped; both with the feed's lock held.
    """

    def __init__(
        self, kinds: tuple[MediaKind, ...], *, on_key: Callable[[], None], on_slow: Callable[[], None]
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
        self._is_over = False

    @property
    def can_be_joined(self) -> bool:
        """There is a key frame to begin at."""
        return self._zero is not None and not self._is_over

    @property
    def readers(self) -> int:
        """How many read."""
        return len(self._taps)

    def join(self, sever: Callable[[], None]) -> FeedTap | None:
        """Let a reader in at the latest key frame; None while there is none."""
        with self._lock:
            if self._zero is None or self._is_over:
                return None
            init = write_init([self._tracks[kind] for kind in self._kinds])
            tap = FeedTap(init, [kept.placed for kept in self._kept], self._now, sever=sever, on_close=self._leave)
            self._taps.add(tap)
            return tap

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

    def finish(self) -> None:
        """End every reader after what waits for it."""
        with self._lock:
            self._is_over = True
            self._forget()
            self._end_all()

    def wait_for_readers(self, deadline: Deadline) -> None:
        """Wait until nobody reads any more, at most until the deadline."""
        with self._lock:
            self._lock.wait_for(lambda: not self._taps, deadline.remaining)

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
        self._continue(waiting[at])
        self._waiting = None
        self._forget()
        before = [fragment for fragment in waiting[:at] if fragment.track.kind != self._kinds[0]]
        for fragment in (*before, *waiting[at:]):
            self._emit(fragment)

    def _is_key(self, fragment: Fragment) -> bool:
        return fragment.track.kind == self._kinds[0] and fragment.samples[0].is_sync

    def _continue(self, key: Fragment) -> None:
        """Put this run behind the one before, or begin a line of its own where it is of another make."""
        if list(map(_make, self._tracks.values())) != [_make(self._coming[kind]) for kind in self._tracks]:
            self._end_all()
            self._tracks = {}
        later = Fraction(0)
        if self._tracks:
            later = self._ends[self._kinds[0]] - _seconds(key.track, key.samples[0].dts)
        else:
            self._tracks, self._ends = self._coming, {}
        self._later = {kind: round(later * track.timescale) for kind, track in self._tracks.items()}

    def _emit(self, fragment: Fragment) -> None:
        kind = fragment.track.kind
        track, later = self._tracks[kind], self._later[kind]
        covered = self._covered(fragment, later)
        if covered == len(fragment.samples):
            return
        fragment = fragment.part(covered, len(fragment.samples))
        self._sequence += 1
        number, time = self._kinds.index(kind) + 1, fragment.samples[0].dts + later
        placed = place(fragment, number=number, sequence=self._sequence, time=time)
        self._ends[kind] = end = _seconds(track, fragment.end + later)
        if self._is_key(fragment):
            self._rebase(_seconds(track, fragment.samples[0].pts + later))
        self._weigh(len(placed.content))
        self._kept.append(Recent(kind, placed, end))
        self._hand_on(placed)
        if self._is_key(fragment):
            self._on_key()

    def _covered(self, fragment: Fragment, later: int) -> int:
        """Count the samples that a former run's sound has covered; pictures follow it exactly."""
        kind, timescale = fragment.track.kind, fragment.track.timescale
        if kind == self._kinds[0] or kind not in self._ends:
            return 0
        ended = self._ends[kind] * timescale
        return sum(sample.dts + later < ended for sample in fragment.samples)

    def _rebase(self, zero: Fraction) -> None:
        """Keep of what came before a key frame only the sound that is heard with it."""
        kept = [kept for kept in self._kept if kept.kind != self._kinds[0] and kept.end > zero]
        self._kept, self._weight = kept, sum(len(each.placed.content) for each in kept)
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

    def _hand_on(self, placed: Placed) -> None:
        for tap in [tap for tap in self._taps if not tap.push(placed, self._now)]:
            self._taps.discard(tap)
            tap.cut()
            self._on_slow()


def _seconds(track: Track, ticks: int) -> Fraction:
    return Fraction(ticks, track.timescale)


def _make(track: Track) -> tuple[object, ...]:
    """Say what one init section must have in common with another to stand for it."""
    return track.format, track.timescale, track.default_duration, track.default_size, track.default_flags
