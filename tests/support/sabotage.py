"""Breaking a recorded timeline on purpose, at a place that somebody chooses."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

import airing
import airing_dash
import airing_hls
import tiny_media

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.timeline import Timeline

ORIGINS = {
    "fragmented": airing_hls.fragmented,
    "roomy": lambda: airing_hls.fragmented(window=10.0),
    "event": lambda: airing_hls.fragmented(window=1000.0),
    "muxed": airing_hls.muxed,
    "low latency": airing_hls.low_latency,
    "dash": airing_dash.dash,
}
EVER = float("inf")


@cache
def aired(name: str) -> tuple[airing.Origin, Timeline]:
    """An origin, and what was recorded from it."""
    origin = ORIGINS[name]()
    return origin, airing.record(origin)


class Sabotage:
    """A good timeline, the origin that it was recorded from, and the choice of where to break it."""

    def __init__(self, origin, timeline, choose: Callable[[Sequence], Any]) -> None:
        self.origin = origin
        self.timeline = timeline
        self._choose = choose

    def choose(self, options: Iterable):
        """Have one of several chosen."""
        return self._choose(list(options))

    def rendition(self, *tracks: str) -> str:
        """A media playlist's URL."""
        return f"{airing.SITE}{self.choose(tracks or self.origin.tracks)}/list.m3u8"

    def live(self, url: str) -> list[Fetch]:
        """The answers of a playlist or manifest that goes on, but for the first, plain requests only."""
        found = self.timeline.of(url)[1:]
        return [f for f in found if "ENDLIST" not in f.text and 'type="static"' not in f.text and f.url == url]

    def moment(self, url: str, is_good: Callable[[Fetch, Fetch], bool] = lambda _old, _new: True) -> float:
        """When an answer came that fits, together with the one before it."""
        answers = self.timeline.of(url)
        live = {id(fetch) for fetch in self.live(url)}
        return self.choose(new.asked for old, new in pairwise(answers) if id(new) in live and is_good(old, new))

    def change(self, is_meant: Callable[[Fetch], bool], how: Callable[[Fetch], Fetch]) -> Timeline:
        """Change the answers that are meant; at least one must be another afterwards."""
        changed = tuple(how(fetch) if is_meant(fetch) else fetch for fetch in self.timeline.fetches)
        assert changed != self.timeline.fetches, "the sabotage changed nothing"
        return Timeline(self.timeline.entry, changed)

    def rewrite(self, pattern: str, new, *urls: str, since: float = 0.0, until: float = EVER) -> Timeline:
        """Replace a pattern in playlists or manifests: in those of the URLs, or in all."""

        def is_meant(fetch: Fetch) -> bool:
            is_text = fetch.resource.endswith((".m3u8", ".mpd"))
            return is_text and (not urls or fetch.resource in urls) and since <= fetch.asked < until

        return self.change(is_meant, lambda f: replace(f, body=re.sub(pattern, new, f.text, flags=re.M).encode()))

    def headers(self, url: str, **headers: str | None) -> Timeline:
        """Set headers of every answer of a resource; None takes one away."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def change(fetch: Fetch) -> Fetch:
            kept = {**fetch.headers, **named}
            return replace(fetch, headers={name: value for name, value in kept.items() if value is not None})

        return self.change(lambda fetch: fetch.resource == url, change)

    def bodies(self, make: Callable[[str], bytes | None], url: str = "") -> Timeline:
        """Give other bytes to a resource, or to every one that ``make`` makes some for."""

        def change(fetch: Fetch) -> Fetch:
            made = make(fetch.url)
            return fetch if made is None else replace(fetch, body=made)

        return self.change(lambda fetch: not url or fetch.url == url, change)

    def fail(self, fetch: Fetch, status: int = 404) -> Timeline:
        """Let one request fail."""
        return self.change(lambda one: one is fetch, lambda one: replace(one, status=status, body=b""))

    @property
    def segments(self) -> list[str]:
        """The URLs of all whole segments that were fetched."""
        return [url for url in self.timeline.inits if self.timeline.first_good(url) is not None]

    def clip(self, url: str) -> airing.Clip:
        """The clip that a segment's URL names."""
        return self.origin.clips[int(url.rpartition("/")[2].partition(".")[0])]

    def remade(self, url: str, *, shift: float = 0.0, longer: float = 0.0, **options) -> bytes:
        """A segment again, with something different about it."""
        clip = self.clip(url)
        make = tiny_media.transport if url.endswith(".ts") else tiny_media.fragment
        return make(clip.start + shift, clip.duration + longer, **options)

    def init(self, track: str = "v0", **options) -> bytes:
        """A track's initialization section again, with something different about it."""
        return tiny_media.init(self.origin.tracks[track], **options)

    def remake_one(self, **options) -> Timeline:
        """Make one segment again, the same at every time that it was fetched."""
        url = self.choose(self.segments)
        return self.bodies(lambda _: self.remade(url, **options), url)


@dataclass(frozen=True)
class Mutant:
    """A way to break one rule of an origin that keeps all."""

    rule: str
    origin: str
    sabotage: Callable[[Sabotage], Timeline]

    def __str__(self) -> str:
        return f"{self.rule} by {self.sabotage.__name__}"


def mutant(rule: str, *origins: str) -> Callable[[Callable], tuple[Mutant, ...]]:
    """Make a function mutants of that name: one for each origin."""
    return lambda function: tuple(Mutant(rule, origin, function) for origin in origins)


def table(namespace: dict) -> tuple[Mutant, ...]:
    """All mutants of a module."""
    tuples = (value for value in namespace.values() if isinstance(value, tuple))
    return tuple(one for found in tuples for one in found if isinstance(one, Mutant))


def removing(rule: str, pattern: str, *origins: str, url: Callable[[Sabotage], str] | None = None, new: str = ""):
    """Mutants that take a pattern out of one playlist (or all answers, without ``url``) from beginning to end."""

    def take_out(sabotage: Sabotage) -> Timeline:
        return sabotage.rewrite(pattern, new, *([url(sabotage)] if url else []))

    return mutant(rule, *origins)(take_out)
