"""Fragments of every track in; HLS and DASH of one publication out.

A broadcast may have several runs of the encoder. Each gets init sections of its own, a discontinuity in HLS and
a period in DASH, and is published from the moment when every rendition has its first segment of it (its first part,
for low latency); a run that ends before leaves no trace.

When a file cannot be written (a full disk), the run is over: what was published stays as it was, ``on_trouble`` hears
of it once, and whatever else the encoder sends is dropped. The next :meth:`Packager.begin` tries again.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import ceil

from offair.emulator.media.packager.history import History, Kept
from offair.emulator.media.packager.hls import LowLatency, MediaPlaylist, render_media, round_up_half
from offair.emulator.media.packager.manifests import (
    Broadcast,
    Opening,
    index_playlist,
    manifest,
    master_playlist,
    media_playlist,
    report,
)
from offair.emulator.media.packager.names import (
    FMP4,
    INDEX,
    MANIFEST,
    MASTER,
    PLAYLIST,
    TS,
    init_name,
    part_name,
    segment_name,
)
from offair.emulator.media.packager.plan import PackagePlan, check_name
from offair.emulator.media.packager.rates import Rates
from offair.emulator.media.packager.shelf import Shelf
from offair.emulator.media.packager.take import Cut, Place, Take, makes_fragments, makes_transport, places

OWN_ROOM = Fraction(1, 10)  # seconds by which an encoder's own segments may differ
LEAST_DEPTH = 2  # segments that the DASH window holds: one to be behind the edge, and one more
Action = Callable[[], None]


class Packager:
    """Packages one broadcast onto a shelf. Every method may be called from any thread.

    ``broadcast`` goes into every segment's name, so that no two broadcasts share an immutable URL. ``wall`` gives
    seconds since the epoch. ``on_playable`` is called once for each :meth:`begin` whose renditions all have a segment,
    ``on_trouble`` once for each that ended because a file could not be written; both without a lock held.
    """

    def __init__(
        self,
        plan: PackagePlan,
        *,
        shelf: Shelf,
        broadcast: str,
        wall: Callable[[], float],
        time_url: str | None,
        on_playable: Callable[[], None],
        on_trouble: Callable[[OSError], None],
    ) -> None:
        check_name(broadcast, "a broadcast")
        self._plan = plan
        self._broadcast = broadcast
        self._wall = wall
        self._time_url = time_url
        self._on_playable = on_playable
        self._on_trouble = on_trouble
        self._shelf = shelf
        self._lock = threading.Lock()
        self._counters: dict[str, dict[int, int]] = {variant.name: {} for variant in plan.variants}
        self._histories = {place: self._new_history(place) for place in places(plan)}
        self._rates = Rates(plan)
        suffix = TS if makes_transport(plan) else FMP4
        self._listed_places = {place for place in self._histories if plan.hls and place.suffix == suffix}
        own = {track.name for track in plan.tracks if track.kind == "video" and not track.has_set_keys}
        own |= {variant.name for variant in plan.variants if variant.video in own}
        self._own_places = {place for place in self._histories if place.folder in own}  # cut where the encoder likes
        self._target = ceil(plan.target)
        self._begun = 0
        self._take: Take | None = None
        self._pending: list[Cut] | None = None  # None once the take is published
        self._early: list[Cut] = []  # whose time has not come
        self._unplayable: set[Place] = set()  # renditions without a segment of this take
        self._playlists: dict[str, MediaPlaylist] = {}
        self._part_targets: dict[Place, Fraction] = {}
        self._openings: list[Opening] = []
        self._opened = 0
        self._available_from = 0.0
        self._published = 0.0
        self._is_troubled = False  # in this run of the encoder
        self._is_over = False

    def begin(self) -> Mapping[str, Callable[[bytes], None]]:
        """Let an encoder join (again): a sink for each track, whose first bytes are an init section.

        A sink raises MalformedMediaError for bytes that are not fragmented MP4 of one track; it ignores what comes
        after the run is over. Raises RuntimeError when the broadcast is finished.
        """
        self.flush()
        with self._lock:
            if self._is_over:
                raise RuntimeError(
                    f"the broadcast {self._broadcast} is finished; a new one needs a packager of its own"
                )
            ends = [history.listed[-1].wall_end for history in self._histories.values() if history.listed]
            take = Take(
                self._plan,
                self._counters,
                wall=self._wall,
                not_before=max(ends, default=0.0),
                told_parts=self._part_targets,
            )
            self._begun += 1
            self._take, self._pending, self._early = take, [], []
            self._unplayable = set(self._histories)
            self._is_troubled = False
            return {track.name: partial(self._feed, take, track.name) for track in self._plan.tracks}

    def flush(self) -> None:
        """Close the segments of an encoder that is gone; the playlists stay open for the next one."""
        calls: list[Action] = []
        with self._lock:
            take, self._take = self._take, None
            if take is not None:
                self._guard(calls, lambda: self._accept(take, take.end(), calls, is_last=True))
        _run(calls)

    def finish(self) -> None:
        """Close the playlists for good: EXT-X-ENDLIST, and a static MPD. Once is enough, twice is fine."""
        self.flush()
        calls: list[Action] = []
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            if self._openings:
                self._guard(calls, self._write_manifests)
        _run(calls)

    @property
    def progress(self) -> int:
        """How many segments there are of the rendition that has most; none before every rendition has one."""
        counts = [history.count for history in self._histories.values()]
        fewest, most = min(counts, default=0), max(counts, default=0)
        return most if fewest else 0

    def playlist(self, name: str) -> MediaPlaylist | None:
        """Give what the media playlist of this name says now; None while there is none."""
        return self._playlists.get(name)

    def _new_history(self, place: Place) -> History:
        plan = self._plan
        is_listed = plan.hls is not None and (place.suffix == TS or not makes_transport(plan))
        return History(
            least_listed=plan.hls.least_listed if plan.hls and is_listed else 1,
            preserved=plan.hls.preserved_segments if plan.hls and is_listed else 0,
            window=plan.dash.window if plan.dash and place.suffix == FMP4 else None,
            segment=plan.segment,
        )

    def _feed(self, take: Take, name: str, content: bytes) -> None:
        calls: list[Action] = []
        with self._lock:
            if take is self._take:
                cuts = take.feed(name, content)
                if cuts or self._pending or self._early:
                    self._guard(calls, lambda: self._accept(take, cuts, calls))
        _run(calls)

    def _guard(self, calls: list[Action], write: Action) -> None:
        """End the run when it cannot be written."""
        try:
            write()
        except OSError as error:
            self._take = None
            calls[:] = [] if self._is_troubled else [partial(self._on_trouble, error)]
            self._is_troubled = True

    def _accept(self, take: Take, cuts: Sequence[Cut], calls: list[Action], *, is_last: bool = False) -> None:
        """Publish segments and parts, the first of a run only when every rendition has one, none before its time."""
        if self._pending is not None:
            self._pending += cuts
            if not self._can_open(take, self._pending) or not (is_last or take.anchor.settles()):
                return
            cuts, self._pending = self._pending, None
            self._open(take, cuts)
        else:
            cuts = self._due(take, cuts, is_last=is_last)
        for cut in cuts:
            self._keep(cut)
            if cut.is_part:
                self._note_part_target(take, cut.place)
        whole = {cut.place for cut in cuts if not cut.is_part}
        if self._unplayable and not self._unplayable - whole:
            calls.append(self._on_playable)
        self._unplayable -= whole
        if whole or (cuts and not self._playlists):
            self._write_manifests()
        elif cuts:
            self._write_playlists({cut.place for cut in cuts})

    def _due(self, take: Take, cuts: Sequence[Cut], *, is_last: bool) -> list[Cut]:
        """Give what may be shown by now; an encoder's burst waits for its time, unless nothing follows it."""
        zero, waiting, self._early = self._openings[-1].anchor, [*self._early, *cuts], []
        due: list[Cut] = []
        for cut in waiting:
            (due if is_last or take.anchor.is_due(cut.end, zero) else self._early).append(cut)
        return due

    def _can_open(self, take: Take, cuts: Sequence[Cut]) -> bool:
        """Say whether every rendition that players are shown first has begun, and every init section is known.

        How long the segments of an encoder's own pictures are tells their first whole one.
        """
        begun, whole = {cut.place for cut in cuts}, {cut.place for cut in cuts if not cut.is_part}
        awaited = self._listed_places if self._plan.part else set(self._histories)
        is_known = all(place.folder in take.tracks or place.suffix == TS for place in self._histories)
        return is_known and awaited <= begun and self._own_places <= whole

    def _open(self, take: Take, cuts: Sequence[Cut]) -> None:
        inits: dict[str, str] = {}
        if makes_fragments(self._plan):
            for name, track in take.tracks.items():
                inits[name] = init_name(self._broadcast, self._begun - 1)
                self._shelf.put(f"{name}/{inits[name]}", track.init)
        origin = min(Fraction(cut.start, cut.timescale) for cut in cuts)
        anchor = take.anchor.zero or 0.0
        if not self._openings:
            self._available_from = round(anchor + float(origin), 3)
        self._openings.append(
            Opening(
                number=self._opened,
                anchor=anchor,
                origin=origin,
                tracks=take.tracks,
                inits=inits,
                rates=take.frame_rates,
            )
        )
        self._opened += 1

    def _keep(self, cut: Cut) -> None:
        history, opening = self._histories[cut.place], self._openings[-1]
        name = self._name(cut, history)
        self._shelf.put(f"{cut.place.folder}/{name}", cut.content)
        kept = Kept(
            name=name,
            opening=opening.number,
            start=cut.start,
            length=cut.length,
            timescale=cut.timescale,
            wall=opening.anchor + cut.start / cut.timescale,
            size=len(cut.content),
            is_independent=cut.is_independent,
            init=opening.inits[cut.place.folder] if cut.place.suffix == FMP4 else None,
        )
        if cut.is_part:
            history.add_part(kept)
            return
        history.add(kept)
        self._fit_target(cut.place, history)
        for other in self._histories.values():
            other.deepen(LEAST_DEPTH * float(history.longest))

    def _fit_target(self, place: Place, history: History) -> None:
        """Let the one target of all playlists (RFC 8216, 6.2.4) cover a segment.

        It never changes once it is told (6.2.1), unless a segment has no key frame to end at. So an encoder's own
        segments get some room from the first on, as they are not all of quite the same length.
        """
        room = OWN_ROOM if place in self._own_places else Fraction(0)
        is_first = history.count == 1
        if is_first or round_up_half(history.longest) > self._target:
            self._target = max(self._target, round_up_half(history.longest + room))

    def _name(self, cut: Cut, history: History) -> str:
        if cut.is_part:
            return part_name(self._broadcast, history.parts_count, cut.place.suffix)
        return segment_name(self._broadcast, history.count, cut.place.suffix)

    def _note_part_target(self, take: Take, place: Place) -> None:
        """Let a part target be what was measured; it grows only where frames last longer, and then parts are new."""
        longest = max(take.part_target(place), self._histories[place].longest_part)
        if longest > self._part_targets.get(place, 0):
            self._part_targets[place] = longest
            self._histories[place].renew_parts()

    def _write_manifests(self) -> None:
        """Write what changed, media playlists before what leads to them; then delete what nobody can ask for."""
        plan = self._plan
        self._rates.note(self._histories, is_over=self._is_over)
        self._write_playlists(set(self._histories))
        broadcast = self._describe()
        if plan.hls:
            for variant in plan.variants:
                index = index_playlist(broadcast, variant, self._histories)
                self._shelf.put_text(f"{variant.name}/{INDEX}", index)
            self._shelf.put_text(MASTER, master_playlist(broadcast, self._histories))
        if plan.dash and all(history.has_window for place, history in self._histories.items() if place.suffix == FMP4):
            self._shelf.put_text(MANIFEST, manifest(broadcast, self._histories))
        for place, history in self._histories.items():
            for gone in history.expire(self._target):
                self._shelf.remove(f"{place.folder}/{gone.name}")
        self._forget_openings()

    def _write_playlists(self, changed: set[Place]) -> None:
        for place in self._listed_places & changed:
            history = self._histories[place]
            history.slide(self._target)
            playlist = media_playlist(
                history, self._target, is_over=self._is_over, low_latency=self._low_latency(place, history)
            )
            name = f"{place.folder}/{PLAYLIST}"
            self._playlists[name] = playlist
            self._shelf.put_text(name, render_media(playlist))

    def _low_latency(self, place: Place, history: History) -> LowLatency | None:
        if self._plan.part is None:
            return None
        others = sorted(self._listed_places - {place})
        reports = (report(self._histories[other], f"../{other.folder}/{PLAYLIST}") for other in others)
        return LowLatency(
            part_target=self._part_targets[place],
            longest_target=max(self._part_targets.values()),
            hint=part_name(self._broadcast, history.parts_count, place.suffix),
            reports=[one for one in reports if one],
        )

    def _describe(self) -> Broadcast:
        self._published = max(self._published, self._wall())  # it may never go back (ISO/IEC 23009-1, 5.3.1.2)
        return Broadcast(
            plan=self._plan,
            openings=self._openings,
            rates=self._rates,
            published=self._published,
            available_from=self._available_from,
            time_url=self._time_url,
            name=self._broadcast,
            is_over=self._is_over,
        )

    def _forget_openings(self) -> None:
        """Delete the init sections of runs that no segment is left of."""
        alive = min((history.oldest_opening for history in self._histories.values()), default=0)
        while self._openings[0].number < alive:
            for name, init in self._openings.pop(0).inits.items():
                self._shelf.remove(f"{name}/{init}")


def _run(calls: Sequence[Action]) -> None:
    for call in calls:
        call()
