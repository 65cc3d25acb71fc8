"""Who listens to every broadcast beside the packager: measures what comes out, and feeds those who read on and on."""

from collections.abc import Callable, Mapping, Sequence
from math import inf

from offair.emulator.core.clock import Clock
from offair.emulator.core.showing import Cue
from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.pieces import TrackReader
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import MediaKind
from offair.emulator.media.listening.numbers.rendition import Meter
from offair.emulator.media.listening.progressive.feed import Feed
from offair.emulator.media.packager.plan import PackagePlan, VariantPlan
from offair.emulator.media.transcoding.outlet import Sink


class Earpiece:
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
        on_error: Callable[[Exception], None],
    ) -> None:
        self._plan = plan
        self.publication = publication
        self.readers_dropped = 0
        self._on_slow = on_slow
        self.meters = {track.name: Meter(track.name, clock.monotonic) for track in plan.tracks}
        self._feeds = {
            variant.name: Feed(
                _kinds(variant),
                on_key=on_key,
                on_slow=self._drop,
                on_error=on_error,
                broadcast=publication,
                frame_rate=plan.track(variant.video).frame_rate if variant.video else None,
            )
            for variant in plan.variants
        }

    @property
    def feeds(self) -> Sequence[Feed]:
        """The feed of every variant."""
        return tuple(self._feeds.values())

    @property
    def is_watched(self) -> bool:
        """Somebody reads, or looks on, whether or not it counts."""
        return any(feed.is_watched for feed in self.feeds)

    def feed(self, variant: str | None) -> Feed | None:
        """Give a variant's feed, the best one's for None; None for a name that no variant has."""
        return self._feeds.get(_best(self._plan) if variant is None else variant)

    def tell(self, cue: Cue) -> None:
        """Let whoever looks on hear what is said, in every variant."""
        for feed in self.feeds:
            feed.tell(cue)

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
        listeners: list[Meter | Feed] = [self.meters[name], *feeds]
        reader = TrackReader()
        is_lost = False

        def take(content: bytes) -> None:
            nonlocal is_lost
            if is_lost:
                return
            try:
                for piece in reader.receive(content):
                    for listener in listeners:
                        if isinstance(piece, Fragment):
                            listener.hear(piece)
                        else:
                            listener.describe(piece)
            except MalformedMediaError:
                is_lost = True

        return take


def _kinds(variant: VariantPlan) -> tuple[MediaKind, ...]:
    kinds: list[MediaKind] = []
    if variant.video:
        kinds.append("video")
    if variant.audio:
        kinds.append("audio")
    return tuple(kinds)


def _best(plan: PackagePlan) -> str:
    """Choose the one with the highest rate; the encoder's own pictures, whose rate nobody planned, are the best."""

    def rate(variant: VariantPlan) -> float:
        return plan.track(variant.tracks[0]).bitrate or inf

    return max(plan.variants, key=rate).name
