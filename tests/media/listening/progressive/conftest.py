"""A feed of made-up pictures and sound, and readers that take what is there."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from forging import Forge

from offair.emulator.media.formats.boxes import need
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.listening.progressive.feed import Feed
from offair.emulator.media.listening.progressive.tap import FeedTap

FRAME = 9_000  # ticks of a tenth of a second
RATE = 90_000


@dataclass
class Encoder:
    """Makes fragments of one frame each for a feed: a key frame every ``gop`` frames."""

    feed: Feed
    gop: int = 5
    kinds: tuple[str, ...] = ("video", "audio")
    forge: Forge = field(default_factory=Forge)

    def begin(self, **made: object) -> None:
        self.feed.begin()
        self.at = dict.fromkeys(self.kinds, 0)
        self.tracks = {kind: self.forge.track(kind, **made) for kind in self.kinds}
        for track in self.tracks.values():
            self.feed.describe(track)

    def send(self, count: int = 1, *kinds: str) -> None:
        """Send so many frames of each kind, or of some kinds alone."""
        for _ in range(count):
            for kind in kinds or self.kinds:
                self.feed.hear(self.next(kind))

    def next(self, kind: str) -> Fragment:
        number = self.at[kind]
        self.at[kind] += 1
        is_key = kind == "audio" or number % self.gop == 0
        samples = self.forge.samples([FRAME], start=number * FRAME, keys=lambda _: is_key)
        return self.forge.fragment(self.tracks[kind], samples)


@dataclass(frozen=True)
class Heard:
    """One fragment that a reader got: its track's number, its time in seconds, and whether it is a key frame."""

    number: int
    sequence: int
    time: float
    is_key: bool


def read(content: bytes) -> Heard:
    moof = need(content, b"moof")
    traf = need(content, b"traf", within=moof)
    fields = {name: need(content, name, within=where) for name, where in
              ((b"mfhd", moof), (b"tfhd", traf), (b"tfdt", traf), (b"mdat", None))}  # fmt: skip

    def number(name: bytes, width: int) -> int:
        return int.from_bytes(content[fields[name].body + 4 :][:width])

    return Heard(
        number=number(b"tfhd", 4),
        sequence=number(b"mfhd", 4),
        time=number(b"tfdt", 8) / RATE,
        is_key=content[fields[b"mdat"].body + 4] == 0x65,
    )


@dataclass
class Readers:
    """Reads what waits for a tap, without waiting itself."""

    feed: Feed
    severed: list[str] = field(default_factory=list)

    def join(self, name: str = "a reader") -> FeedTap:
        tap = self.feed.join(lambda: self.severed.append(name))
        assert tap is not None
        return tap

    def drain(self, tap: FeedTap) -> tuple[bytes, list[Heard]]:
        """End the tap, and read its init section and all its fragments."""
        tap.end()
        init, *fragments = tap
        return init, [read(fragment) for fragment in fragments]


@dataclass
class Scene:
    feed: Feed
    encoder: Encoder
    readers: Readers
    keys: list[str]
    slow: list[str]


@pytest.fixture(scope="session", name="scene")
def _scene() -> Callable[..., Scene]:
    """Set up a feed of some kinds of tracks, and begin a run."""

    def make(*kinds: str, gop: int = 5) -> Scene:
        keys: list[str] = []
        slow: list[str] = []
        feed = Feed(kinds or ("video", "audio"), on_key=lambda: keys.append("key"), on_slow=lambda: slow.append("slow"))
        scene = Scene(feed, Encoder(feed, gop, kinds or ("video", "audio")), Readers(feed), keys, slow)
        scene.encoder.begin()
        return scene

    return make


@pytest.fixture(scope="session", name="reading")
def _reading() -> Callable[[bytes], Heard]:
    """Read a fragment."""
    return read
