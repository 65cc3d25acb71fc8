"""A broadcast that never was: an origin with a clock of its own, and a recorder that watches it. Pure.

Every origin here keeps every rule, so that a test may break one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import tiny_media

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.itinerary import Itinerary
from offair.contracts.checks.media.timeline import Timeline

SITE = "http://origin.test/live/"
NOW = 1_800_000_000.0  # when the recorder begins
LAG = 0.3  # seconds from the end of a segment until it is listed
TRIP = 0.01  # seconds that a request takes
SEEN = {"Access-Control-Allow-Origin": "*"}
TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "mpd": "application/dash+xml",
    "ts": "video/mp2t",
    "m4s": "video/mp4",
    "mp4": "video/mp4",
}


@dataclass(frozen=True)
class Clip:
    """A segment of the programme: when it begins on the wall and in the media, and in which run of the encoder."""

    number: int
    wall: float
    start: float
    duration: float
    era: int

    @property
    def end(self) -> float:
        return self.wall + self.duration


def programme(count: int, duration: float, *, before: float, breaks_at: int) -> tuple[Clip, ...]:
    """Segments of nearly equal length, of which the encoder's restart begins one with new time stamps."""
    clips, wall, start, era = [], NOW - before, 10.0, 0
    for number in range(count):
        lasts = duration + (-0.04, 0.0, 0.04)[number % 3] if duration > 1 else duration
        if number == breaks_at:
            start, era = 500.0, 1
        clips.append(Clip(number, wall, start, lasts, era))
        wall, start = wall + lasts, start + lasts
    return tuple(clips)


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Origin:
    """What every origin has: clips, and a name for each track."""

    clips: tuple[Clip, ...]
    tracks: dict[str, str] = field(default_factory=lambda: {"v0": "video", "v1": "video", "a0": "audio"})
    container: str = "m4s"
    window: float = 6.0
    entry: str = ""

    def done(self, now: float) -> list[Clip]:
        return [clip for clip in self.clips if clip.end + LAG <= now]

    def is_over(self, now: float) -> bool:
        return self.clips[-1].end + LAG <= now

    def listed(self, now: float) -> list[Clip]:
        """The longest tail that loses no segment which would leave less than the window."""
        clips = self.done(now)
        while clips and sum(clip.duration for clip in clips[1:]) >= self.window:
            clips = clips[1:]
        return clips

    def piece(self, name: str) -> bytes | None:
        """A segment or an initialization section: ``v0/7.m4s``, ``v0/init-1.mp4``."""
        track, _, file = name.partition("/")
        if track not in self.tracks:
            return None
        if file.startswith("init-"):
            return tiny_media.init(self.tracks[track])
        clip = self.clips[int(file.partition(".")[0])]
        if file.endswith(".ts"):
            return tiny_media.transport(clip.start, clip.duration)
        return self.media(clip)

    def media(self, clip: Clip) -> bytes:
        return tiny_media.fragment(clip.start, clip.duration)

    def answer(self, url: str, now: float) -> tuple[float, int, dict[str, str], bytes]:
        """Answer a request: after how many seconds, status, headers, body."""
        name = urlsplit(url).path.removeprefix("/live/")
        if name == "time":
            return 0.0, 200, SEEN, iso(now).encode()
        if name.endswith(("m3u8", "mpd")):
            wait, status, body = self.text(name, url, now)
            cache = "no-cache"
        else:
            wait, status, body, cache = 0.0, 200, self.piece(name) or b"", "max-age=3600, immutable"
        packed = {"Content-Encoding": "gzip"} if name.endswith("m3u8") and len(body) > 1400 else {}
        kind = TYPES[name.rpartition(".")[2]]
        return wait, status, {**SEEN, "Content-Type": kind, "Cache-Control": cache, **packed}, body

    def text(self, name: str, url: str, now: float) -> tuple[float, int, bytes]:
        raise NotImplementedError


def record(origin: Origin, seconds: float = 60.0) -> Timeline:
    """Watch an origin as the itinerary says, until it has nothing more to say."""
    itinerary, now, fetches = Itinerary(origin.entry), NOW, []
    while itinerary.next_at is not None and itinerary.next_at < NOW + seconds:
        now = max(now, itinerary.next_at)
        url = itinerary.take(now)
        wait, status, headers, body = origin.answer(url, now)
        fetch = Fetch(asked=now, at=now + wait + TRIP, url=url, status=status, headers=headers, body=body)
        fetches.append(fetch)
        itinerary.note(fetch)
        now = fetch.at
    return Timeline(origin.entry, tuple(fetches))
