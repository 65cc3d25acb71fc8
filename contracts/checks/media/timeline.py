"""Everything that was fetched from one origin, and the views of it that the rules judge."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from offair.contracts.checks.media.addressing import Slot
from offair.contracts.checks.media.containers import look
from offair.contracts.checks.media.documents import root_of
from offair.contracts.checks.media.facts import SegmentFacts
from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.following import Key, Step, trace
from offair.contracts.checks.media.manifests import Manifest, Representation
from offair.contracts.checks.media.playlists import Master, MediaPlaylist, Playlist
from offair.contracts.checks.media.segments import Segment


@dataclass(frozen=True)
class Rendition:
    """A media playlist through time: ``kind`` as in ``Master.renditions``; oldest version first.

    ``versions`` are whole playlists, ``deltas`` the delta updates.
    """

    url: str
    kind: str
    versions: tuple[MediaPlaylist, ...]
    deltas: tuple[MediaPlaylist, ...] = ()

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """From each version to the next."""
        return tuple(Step(old, new) for old, new in pairwise(self.versions))

    @cached_property
    def listed(self) -> tuple[tuple[MediaPlaylist, Mapping[Key, Segment]], ...]:
        """Each version with its segments, by what they are known by in all of them."""
        return tuple(zip(self.versions, trace(self.versions), strict=True))

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Every segment that was ever listed, as it was listed first, in the order of their appearance."""
        found: dict[Key, Segment] = {}
        for _, segments in self.listed:
            for key, segment in segments.items():
                found.setdefault(key, segment)
        return tuple(found.values())

    @cached_property
    def dated(self) -> Sequence[tuple[float, Segment]]:
        """Every segment whose date is known, with that date, in the order of the dates."""
        return sorted(((s.wall, s) for s in self.segments if s.wall is not None), key=_date)

    def at(self, moment: float) -> Segment | None:
        """The dated segment in which a moment is, seconds since the epoch; of several, the one that began last."""
        wall, segment = self.dated[bisect_right(self.dated, moment, key=_date) - 1] if self.dated else (moment, None)
        return segment if segment is not None and wall <= moment < wall + segment.duration else None

    @property
    def last(self) -> MediaPlaylist:
        """The newest version."""
        return self.versions[-1]

    @property
    def is_low_latency(self) -> bool:
        """It has partial segments."""
        return any(version.has("EXT-X-PART-INF") or version.has("EXT-X-PART") for version in self.versions)

    @property
    def target(self) -> int | None:
        """The target duration of the first version that has one."""
        return next((version.target for version in self.versions if version.target), None)


@dataclass(frozen=True)
class Timeline:
    """What was fetched from the origin whose playlist or manifest is at ``entry``; in the order of the answers."""

    entry: str
    fetches: tuple[Fetch, ...]

    @cached_property
    def by_url(self) -> Mapping[str, Sequence[Fetch]]:
        """The answers by resource, oldest first."""
        found: dict[str, list[Fetch]] = {}
        for fetch in sorted(self.fetches, key=lambda one: one.at):
            found.setdefault(fetch.resource, []).append(fetch)
        return found

    def of(self, url: str) -> Sequence[Fetch]:
        """The answers of one resource, oldest first."""
        return self.by_url.get(url, ())

    def first_good(self, url: str | None) -> Fetch | None:
        """The first answer that brought the resource."""
        return None if url is None else next((fetch for fetch in self.of(url) if fetch.is_good), None)

    @property
    def began(self) -> float:
        """When the first request was sent."""
        return min((fetch.asked for fetch in self.fetches), default=0.0)

    @cached_property
    def is_dash(self) -> bool:
        """The entry is a DASH manifest; anything else is judged as a playlist."""
        return self.entry.partition("?")[0].endswith(".mpd") or any(
            fetch.media_type == "application/dash+xml" or root_of(fetch.body) == "MPD" for fetch in self.of(self.entry)
        )

    @property
    def is_stream(self) -> bool:
        """The entry is a playlist or a manifest, perhaps a broken one; not so a page with a player."""
        return self.is_dash or any(fetch.is_good and fetch.is_like_playlist for fetch in self.of(self.entry))

    @property
    def flaw(self) -> str:
        """Why there is nothing to judge, as words behind the entry's URL; empty where there is something."""
        if not self.fetches:
            return "was not asked"
        first = self.fetches[0]
        if not any(fetch.is_good for fetch in self.fetches):
            return f"answers {first.status or 'nothing'}"
        if not self.is_stream:
            is_what = f"is {first.media_type or 'of no Content-Type'}"
            return f"{is_what}, and neither an HLS playlist nor a DASH manifest; give what a player is given"
        return "" if self.renditions or self.manifests else "lists nothing that answers"

    @cached_property
    def masters(self) -> tuple[Master, ...]:
        """The entry's versions that are master playlists."""
        if self.is_dash:
            return ()
        return tuple(Master(fetch) for fetch in self.of(self.entry) if fetch.is_good and Playlist(fetch).is_master)

    @cached_property
    def renditions(self) -> tuple[Rendition, ...]:
        """Every media playlist that brought at least one answer."""
        if self.is_dash:
            return ()
        kinds: dict[str, str] = {} if self.masters else {self.entry: "variant"}
        for master in self.masters:
            kinds |= master.renditions
        variables = self.masters[-1].variables if self.masters else {}
        found: list[Rendition] = []
        for url, kind in kinds.items():
            read = [MediaPlaylist(fetch, variables) for fetch in self.of(url) if fetch.is_good]
            whole = tuple(playlist for playlist in read if not playlist.is_delta)
            if whole:
                deltas = tuple(playlist for playlist in read if playlist.is_delta)
                found.append(Rendition(url, kind, whole, deltas))
        return tuple(found)

    @cached_property
    def renditions_by_url(self) -> Mapping[str, Rendition]:
        """Those renditions by what they are fetched from."""
        return {one.url: one for one in self.renditions}

    @cached_property
    def playlists(self) -> tuple[Playlist, ...]:
        """Every answer that should be a playlist, of any kind."""
        return (*self.masters, *(p for one in self.renditions for p in (*one.versions, *one.deltas)))

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """The entry's versions, if it is DASH."""
        return tuple(Manifest(fetch) for fetch in self.of(self.entry) if fetch.is_good) if self.is_dash else ()

    @cached_property
    def representations(self) -> Mapping[tuple[str, str, int], tuple[Representation, ...]]:
        """Every representation through time, by what names it in every version."""
        found: dict[tuple[str, str, int], list[Representation]] = {}
        for manifest in self.manifests:
            for one in manifest.representations:
                found.setdefault(one.key, []).append(one)
        return {key: tuple(versions) for key, versions in found.items()}

    @cached_property
    def places(self) -> tuple[tuple[str, Representation, Slot], ...]:
        """Every DASH segment that was ever listed, with its URL, as it was listed first; some may share a URL."""
        found: dict[tuple[object, int, str], tuple[str, Representation, Slot]] = {}
        for one in (one for manifest in self.manifests for one in manifest.representations):
            for slot in one.slots:
                url = one.url(slot)
                found.setdefault((one.key, slot.time, url), (url, one, slot))
        return tuple(found.values())

    @cached_property
    def slots(self) -> Mapping[str, tuple[Representation, Slot]]:
        """The DASH segments by URL; of those that share one, that which was listed first."""
        return {url: (one, slot) for url, one, slot in reversed(self.places)}

    @cached_property
    def _sections(self) -> tuple[tuple[str, str | None], ...]:
        """The URLs of every listed segment that has media, and of its initialization section; each pair once."""
        listed = (segment for one in self.renditions for segment in one.segments if not segment.is_gap)
        pairs = [(segment.url, segment.map_url) for segment in listed]
        return tuple(dict.fromkeys(pairs + [(url, one.initialization) for url, one, _ in self.places]))

    @cached_property
    def inits(self) -> Mapping[str, str | None]:
        """The URL of every listed segment that has media, and that of its initialization section."""
        return dict(reversed(self._sections))

    @cached_property
    def maps(self) -> tuple[str, ...]:
        """The URL of every Media Initialization Section that can be read without a key."""
        listed = (segment for one in self.renditions for segment in one.segments)
        return tuple(dict.fromkeys(s.map_url for s in listed if s.map_url and not s.is_map_sealed))

    @cached_property
    def _facts(self) -> Mapping[tuple[str, str | None], SegmentFacts]:
        return {pair: found for pair in self._sections if (found := self.look(*pair)) is not None}

    def facts(self, url: str, init_url: str | None) -> SegmentFacts | None:
        """The facts of a listed segment, read by one of its initialization sections; None if it was not fetched."""
        return self._facts.get((url, init_url))

    def read(self, segment: Segment) -> SegmentFacts | None:
        """The facts of an HLS segment; None if it was not fetched, or cannot be read without its key."""
        return None if segment.is_sealed else self.facts(segment.url, segment.map_url)

    def look(self, url: str, init_url: str | None) -> SegmentFacts | None:
        """Read what was fetched from a URL; None if nothing was."""
        fetch, init = self.first_good(url), self.first_good(init_url)
        return None if fetch is None else look(fetch.body, init.body if init else None)

    @cached_property
    def manifest_fetches(self) -> tuple[Fetch, ...]:
        """Every answer to a request for a playlist or a manifest."""
        urls = {self.entry} | {url for master in self.masters for url in master.renditions}
        return tuple(fetch for url in sorted(urls) for fetch in self.of(url))

    @cached_property
    def segment_fetches(self) -> tuple[Fetch, ...]:
        """Every answer to a request for a segment or an initialization section."""
        urls = dict.fromkeys([url for url, _ in self._sections] + [init for _, init in self._sections if init])
        return tuple(fetch for url in urls for fetch in self.of(url))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """What there is to judge: ``http``, and ``hls``, ``master``, ``ll`` or ``dash``."""
        found = {"http"} if self.fetches else set[str]()
        if self.is_dash:
            return frozenset(found | {"dash"})
        found |= {"hls"} if self.renditions or self.fetches else set()
        found |= {"master"} if self.masters else set()
        found |= {"ll"} if any(one.is_low_latency for one in self.renditions) else set()
        return frozenset(found)


def _date(dated: tuple[float, Segment]) -> float:
    return dated[0]
