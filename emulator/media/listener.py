"""Who listens to every broadcast beside the packager: measures what comes out, and feeds those who read on and on."""

import threading
from collections.abc import Callable, Mapping, Sequence

from understudy.emulator.core.audience import Audience
from understudy.emulator.core.clock import Clock, Deadline
from understudy.emulator.core.journal import Journal
from understudy.emulator.core.streams import Stream
from understudy.emulator.media.numbers.rendition import Meter
from understudy.emulator.media.outlet import Sink
from understudy.emulator.media.packager.boxes import MalformedMediaError, Splitter
from understudy.emulator.media.packager.plan import PackagePlan, VariantPlan
from understudy.emulator.media.packager.samples import read_fragment
from understudy.emulator.media.packager.tracks import Track, read_track
from understudy.emulator.media.progressive.feed import Feed, Kind
from understudy.emulator.media.progressive.tap import Tap

GOODBYE = 0.5  # seconds in which a reader may take its last bytes while the emulator closes


class Listener:
    """Reads every track of one broadcast once, for the meters of its renditions and the feeds of its variants.

    Fills ``Outlet``. What cannot be read is not reported from here: the packager reads the same and says so.
    """

    def __init__(
        self,
        plan: PackagePlan,
        *,
        publication: str,
        clock: Clock,
        on_key: Callable[[], None],
        on_slow: Callable[[], None],
    ) -> None:
        self._plan = plan
        self.publication = publication
        self.readers_dropped = 0
        self._on_slow = on_slow
        self.meters = {track.name: Meter(track.name, clock.monotonic) for track in plan.tracks}
        self._feeds = {
            variant.name: Feed(_kinds(variant), on_key=on_key, on_slow=self._drop) for variant in plan.variants
        }

    @property
    def feeds(self) -> Sequence[Feed]:
        """The feed of every variant."""
        return tuple(self._feeds.values())

    def feed(self, variant: str | None) -> Feed | None:
        """Give a variant's feed, the best one's for None; None for a name that no variant has."""
        return self._feeds.get(_best(self._plan) if variant is None else variant)

    def begin(self) -> Mapping[str, Sink]:
        """Let a run of the encoder begin."""
        self.flush()
        return {track.name: self._reading(track.name) for track in self._plan.tracks}

    def flush(self) -> None:
        """Let nobody join at what is left of a run that is over."""
        for feed in self.feeds:
            feed.begin()

    def finish(self) -> None:
        """End every reader after what waits for it."""
        for feed in self.feeds:
            feed.finish()

    def _drop(self) -> None:
        self.readers_dropped += 1
        self._on_slow()

    def _reading(self, name: str) -> Sink:
        feeds = [self._feeds[variant.name] for variant in self._plan.variants if name in {variant.video, variant.audio}]
        meter = self.meters[name]
        splitter = Splitter()
        track: Track | None = None
        is_lost = False

        def take(content: bytes) -> None:
            nonlocal track, is_lost
            if is_lost:
                return
            try:
                for piece in splitter.push(content):
                    if piece.kind == "init":
                        track = read_track(piece.content)
                        meter.describe(track)
                        for feed in feeds:
                            feed.describe(track)
                    elif track is not None and (fragment := read_fragment(track, piece.content)) is not None:
                        meter.hear(fragment)
                        for feed in feeds:
                            feed.hear(fragment)
            except MalformedMediaError:
                is_lost = True

        return take


class Listeners:
    """The listener of every stream that is on air; where readers come in."""

    def __init__(self, journal: Journal, clock: Clock, audience: Audience) -> None:
        self._journal = journal
        self._clock = clock
        self._audience = audience
        self._by_stream: dict[str, Listener] = {}
        self._changed = threading.Condition()

    def open(self, stream: Stream, publication: str, plan: PackagePlan) -> Listener:
        """Listen to a broadcast that begins."""

        def drop() -> None:
            words = "a reader of the progressive MP4 took too little for too long, and was dropped"
            self._journal.write("publication", words, cloud=stream.cloud, tenant=stream.tenant, stream=stream.id)

        self._audience.begin(stream.id, plan.segment)
        listener = Listener(plan, publication=publication, clock=self._clock, on_key=self.wake, on_slow=drop)
        self._by_stream[stream.id] = listener
        return listener

    def of(self, stream: str, publication: str) -> Listener | None:
        """The listener of a stream's broadcast; None before its transcoder first ran."""
        listener = self._by_stream.get(stream)
        return listener if listener and listener.publication == publication else None

    def tap(
        self, stream: str, variant: str | None, sever: Callable[[], None], *, deadline: Deadline,
        go_on: Callable[[], bool],
    ) -> Tap | None:  # fmt: skip
        """Let a reader in, waiting for a key frame until the deadline or until ``go_on`` says that none will come."""

        def find() -> Feed | None:
            listener = self._by_stream.get(stream)
            feed = listener.feed(variant) if listener else None
            return feed if feed and feed.can_be_joined else None

        with self._changed:
            while (feed := find()) is None:
                if deadline.is_over or not go_on():
                    return None
                self._changed.wait(deadline.remaining)
        return feed.join(sever)

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    def forget(self, stream: str) -> None:
        """Let go of a stream that is deleted."""
        self._by_stream.pop(stream, None)
        self._audience.forget(stream)

    def close(self) -> None:
        """End every reader: with a moment to take what is its own, and then at once."""
        deadline = self._clock.deadline(GOODBYE)
        feeds = [feed for listener in self._by_stream.values() for feed in listener.feeds]
        for feed in feeds:
            feed.finish()
        for feed in feeds:
            feed.wait_for_readers(deadline)
            feed.cut()


def _kinds(variant: VariantPlan) -> tuple[Kind, ...]:
    kinds: list[Kind] = []
    if variant.video:
        kinds.append("video")
    if variant.audio:
        kinds.append("audio")
    return tuple(kinds)


def _best(plan: PackagePlan) -> str:
    def rate(variant: VariantPlan) -> int:
        return plan.track(variant.video or variant.audio or "").bitrate

    return max(plan.variants, key=rate).name
