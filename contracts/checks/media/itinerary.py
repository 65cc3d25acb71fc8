"""What a recorder should fetch next, so that every rule has something to judge; it does no I/O and reads no clock."""

import heapq
from collections.abc import Mapping
from itertools import count
from typing import NamedTuple
from urllib.parse import urlencode

from offair.contracts.checks.media.fetch import DIRECTIVE, Fetch, without_directives
from offair.contracts.checks.media.manifests import Manifest, length
from offair.contracts.checks.media.playlists import Master, MediaPlaylist, Playlist
from offair.contracts.checks.media.timeline import Timeline

FIRST = 3  # segments that are fetched of what was already listed at the beginning
LAST_LOOKS = 2  # at a playlist that is over: does it stay as it is?
MASTER_PERIOD = 10.0
SHORTEST, LONGEST = 0.25, 5.0  # seconds between two looks at a playlist
LATE = 0.85  # of the time that a removed segment must stay: when it is fetched again
KEPT = 3  # target durations that a removed part must stay
PLAYED = 2  # renditions whose parts are fetched, as a player fetches those of one picture and one sound
FAR = 100  # segments ahead: a blocking reload that nobody can want
NOW = float("-inf")  # whatever the clock says, before 1970 too
SKIP_EVERY = 4  # looks at a low-latency playlist, of which one asks for a delta update


class _Listed(NamedTuple):
    """A segment that is listed: since when and until when, its seconds, and those of the longest playlist with it."""

    first: float
    last: float
    duration: float
    longest: float


class Itinerary:
    """A plan that grows with what the answers say; tell it each with ``note``. Times are real epoch seconds."""

    def __init__(self, entry: str) -> None:
        self.entry = entry
        self._plan: list[tuple[float, int, str]] = []
        self._order = count()
        self._known: set[str] = set()
        self._kinds: dict[str, str] = {}
        self._looks: dict[str, int] = {}
        self._listed: dict[str, dict[str, _Listed]] = {}
        self._parts: dict[str, set[str]] = {}
        self._followed = 0
        self._variables: Mapping[str, str] = {}
        self._plan_for(NOW, entry)

    def take(self, now: float) -> str | None:
        """Give the URL to fetch now, None if there is nothing to do yet."""
        if self._plan and self._plan[0][0] <= now:
            return heapq.heappop(self._plan)[2]
        return None

    @property
    def next_at(self) -> float | None:
        """When there is something to fetch; None when all is said."""
        return self._plan[0][0] if self._plan else None

    def is_listing(self, url: str) -> bool:
        """The URL is that of a playlist or manifest, whatever delivery directives it carries."""
        resource = without_directives(url) if DIRECTIVE in url else url
        return resource == self.entry or resource in self._kinds

    def note(self, fetch: Fetch) -> None:
        """Learn from an answer."""
        if not self.is_listing(fetch.url):
            return
        if not fetch.is_good:
            if "_HLS_msn" not in fetch.directives:
                self._look_again(fetch, LONGEST / 2)
        elif fetch.resource == self.entry and Timeline(self.entry, (fetch,)).is_dash:
            self._note_manifest(fetch, Manifest(fetch))
        elif Playlist(fetch).is_master:
            self._variables = Master(fetch).variables
            for url, kind in Master(fetch).renditions.items():
                self._kinds[url] = kind
                self._once(fetch.at, url)
            self._look_again(fetch, MASTER_PERIOD)
        else:
            self._note_playlist(fetch, MediaPlaylist(fetch, self._variables))

    def _note_playlist(self, fetch: Fetch, playlist: MediaPlaylist) -> None:
        whole = [segment for segment in playlist.segments if not segment.is_gap]
        for url in dict.fromkeys(segment.map_url for segment in whole if segment.map_url):
            self._once(fetch.at, url)
        is_first = fetch.resource not in self._listed
        for segment in whole[-FIRST:] if is_first else whole:
            self._once(fetch.at, segment.url)
        if is_first and whole:
            self._plan_for(fetch.at + 2 * (playlist.target or 2), whole[-1].url)
        if playlist.is_delta:
            return
        lasting = {s.url: _Listed(fetch.asked, fetch.asked, s.duration, playlist.duration) for s in whole}
        self._follow(fetch, lasting)
        target = float(playlist.target or 2)
        if playlist.part_target is not None and not playlist.is_over:
            self._note_parts(fetch, playlist)
        elif playlist.control.get("CAN-BLOCK-RELOAD") == "YES" and not fetch.directives:
            self._once(fetch.at, directed(fetch.resource, _HLS_msn=playlist.last[0] + 1, _HLS_skip="YES"))
        self._look_again(fetch, target / 2, is_over=playlist.is_over)

    def _follow(self, fetch: Fetch, listed: dict[str, "_Listed"]) -> None:
        """Plan to fetch again what has left: shortly before it may be gone, by the looser reckoning or the stricter."""
        before = self._listed.get(fetch.resource, {})
        for url, one in before.items():
            if url not in listed and url in self._known:
                self._followed += 1
                since = one.first if self._followed % 2 else one.last
                self._plan_for(max(fetch.at, since + LATE * (one.duration + one.longest)), url)
        self._listed[fetch.resource] = {
            url: one._replace(first=before[url].first, longest=max(one.longest, before[url].longest))
            if url in before
            else one
            for url, one in listed.items()
        }

    def _note_parts(self, fetch: Fetch, playlist: MediaPlaylist) -> None:
        if fetch.resource not in self._parts and len(self._parts) < PLAYED:
            self._parts[fetch.resource] = set()
        if fetch.resource in self._parts:
            self._note_new_parts(fetch, playlist)
            self._note_old_parts(fetch, playlist)
        looks = self._looks.get(fetch.resource, 0)
        newest, parts = playlist.last
        if playlist.control.get("CAN-BLOCK-RELOAD") == "YES" and not fetch.directives:
            self._plan_for(fetch.at, directed(fetch.resource, _HLS_msn=newest + 1, _HLS_part=parts))
            if looks == 0:
                self._plan_for(fetch.at, directed(fetch.resource, _HLS_msn=newest + FAR))
                self._plan_for(fetch.at, directed(fetch.resource, _HLS_part=0))
        if "CAN-SKIP-UNTIL" in playlist.control and looks % SKIP_EVERY == 0:
            self._plan_for(fetch.at, directed(fetch.resource, _HLS_skip="YES"))

    def _note_new_parts(self, fetch: Fetch, playlist: MediaPlaylist) -> None:
        for part in playlist.open_parts:
            if not part.is_gap:
                self._once(fetch.at, part.url)
        for url in playlist.hinted_parts:
            if not url.endswith("-"):  # a range without an end would go on for as long as the resource grows
                self._once(fetch.at, url)

    def _note_old_parts(self, fetch: Fetch, playlist: MediaPlaylist) -> None:
        """Plan to fetch the first part of a segment again, shortly before three target durations after its removal."""
        there = {part.url for part in playlist.parts}
        for url in self._parts[fetch.resource] - there:
            if url in self._known:
                self._plan_for(fetch.asked + LATE * KEPT * (playlist.target or 2), url)
        self._parts[fetch.resource] = {segment.parts[0].url for segment in playlist.segments if segment.parts}

    def _note_manifest(self, fetch: Fetch, manifest: Manifest) -> None:
        listed: dict[str, _Listed] = {}
        is_first = fetch.resource not in self._listed
        for url in manifest.clock_urls:
            self._once(fetch.at, url)
        for one in manifest.representations:
            if one.slots and one.initialization:
                self._once(fetch.at, one.initialization)
            for slot in one.slots:
                listed[one.url(slot)] = _Listed(fetch.asked, fetch.asked, slot.duration / one.timescale, 0.0)
            for slot in one.slots[-FIRST:] if is_first else one.slots:
                self._once(fetch.at, one.url(slot))
            if is_first and one.slots:
                self._plan_for(fetch.at + LONGEST, one.url(one.slots[-1]))
        self._follow(fetch, listed)
        period = length(manifest.root.get("minimumUpdatePeriod")) or 2.0
        self._look_again(fetch, period / 2, is_over=not manifest.is_dynamic)

    def _look_again(self, fetch: Fetch, period: float, *, is_over: bool = False) -> None:
        """Plan the next look at a playlist; answers to directives are looks beside the regular ones."""
        if fetch.directives:
            return
        looks = self._looks[fetch.resource] = self._looks.get(fetch.resource, 0) + 1
        if is_over:
            lasts = self._looks[f"over {fetch.resource}"] = self._looks.get(f"over {fetch.resource}", 0) + 1
            if lasts > LAST_LOOKS or looks == 1:
                return
        self._plan_for(fetch.asked + min(max(period, SHORTEST), LONGEST), fetch.resource)

    def _once(self, when: float, url: str) -> None:
        if url not in self._known:
            self._known.add(url)
            self._plan_for(when, url)

    def _plan_for(self, when: float, url: str) -> None:
        heapq.heappush(self._plan, (when, next(self._order), url))


def directed(url: str, **directives: int | str) -> str:
    """Put delivery directives into a playlist's URL, in the order of their names (RFC 8216bis section 6.2.5)."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(sorted(directives.items()))}"
