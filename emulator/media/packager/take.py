"""One run of the encoder, from its first init section to its end: bytes in, segments out. It touches no file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.pieces import TrackReader
from offair.emulator.media.formats.samples import Fragment
from offair.emulator.media.formats.tracks import Track
from offair.emulator.media.formats.ts import CLOCK
from offair.emulator.media.packager.anchor import Anchor
from offair.emulator.media.packager.names import FMP4, TS
from offair.emulator.media.packager.plan import PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.packager.segmenter import Part, Segment, Segmenter
from offair.emulator.media.packager.weave import Weaver, Woven


class Place(NamedTuple):
    """Where a rendition's segments go: a track's or a variant's folder, and a suffix."""

    folder: str
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A segment, or a part of the one that comes next, ready to be written; ``start`` and ``length`` in ticks."""

    place: Place
    content: bytes
    start: int
    length: int
    timescale: int
    is_independent: bool
    is_part: bool

    @property
    def end(self) -> float:
        """When it is over, in seconds of the presentation."""
        return (self.start + self.length) / self.timescale


@dataclass(slots=True)
class Strand:
    """What becomes of one track's bytes."""

    plan: TrackPlan
    reader: TrackReader = field(default_factory=TrackReader)
    track: Track | None = None
    segmenter: Segmenter | None = None
    frames: int = 0
    ticks: int = 0  # that these lasted


def makes_fragments(plan: PackagePlan) -> bool:
    """Say whether fMP4 segments are wanted; HLS and DASH share them."""
    return plan.dash is not None or (plan.hls is not None and plan.hls.segment_format == "fmp4")


def makes_transport(plan: PackagePlan) -> bool:
    """Say whether MPEG-TS segments are wanted."""
    return plan.hls is not None and plan.hls.segment_format == "mpegts"


def places(plan: PackagePlan) -> list[Place]:
    """Every rendition of a plan, in its order."""
    wanted = [Place(track.name, FMP4) for track in plan.tracks] if makes_fragments(plan) else []
    return wanted + ([Place(variant.name, TS) for variant in plan.variants] if makes_transport(plan) else [])


class Take:
    """Feeds every track into its segmenter, and every variant's weaver from these.

    ``anchor`` tells the wall-clock time of presentation time zero, never earlier than ``not_before``, where the run
    before ended. ``told_parts`` is what the runs before told of their parts.
    """

    def __init__(
        self,
        plan: PackagePlan,
        counters: dict[str, dict[int, int]],
        *,
        wall: Callable[[], float],
        not_before: float,
        told_parts: Mapping[Place, Fraction],
    ) -> None:
        self._plan = plan
        self._told_parts = {self._main(place): seconds for place, seconds in told_parts.items()}
        self._strands = {track.name: Strand(track) for track in plan.tracks}
        self._makes_fragments = makes_fragments(plan)
        variants = plan.variants if makes_transport(plan) else ()
        self._weavers = [(variant, _weaver(plan, variant, counters)) for variant in variants]
        self.anchor = Anchor(wall, not_before)

    @property
    def tracks(self) -> dict[str, Track]:
        """The tracks whose init section has come, by name."""
        return {name: strand.track for name, strand in self._strands.items() if strand.track is not None}

    @property
    def frame_rates(self) -> dict[str, Fraction]:
        """The frame rates measured so far, by track."""
        return {
            name: usual_rate(strand.frames, Fraction(strand.ticks, strand.track.timescale))
            for name, strand in self._strands.items()
            if strand.track and strand.ticks
        }

    def part_target(self, place: Place) -> Fraction:
        """What a part of a rendition lasts at most, in seconds; 0 while that is not known."""
        segmenter = self._strands[self._main(place)].segmenter
        return segmenter.part_target if segmenter else Fraction(0)

    def feed(self, name: str, content: bytes) -> list[Cut]:
        """Take more of a track's bytes, give the segments that they complete.

        Raises MalformedMediaError for what is not fragmented MP4 of one supported track.
        """
        strand = self._strands[name]
        cuts: list[Cut] = []
        for piece in strand.reader.receive(content):
            if isinstance(piece, Fragment):
                cuts += self._push(strand, piece)
            else:
                _check_kind(strand.plan, piece)
                strand.track = piece
                strand.segmenter = Segmenter(
                    strand.plan.kind,
                    piece.timescale,
                    self._plan.target,
                    has_set_keys=strand.plan.has_set_keys,
                    part=self._plan.part,
                    told_part=self._told_parts.get(name, Fraction(0)),
                )
        return cuts

    def end(self) -> list[Cut]:
        """Close what is open; give the last segments."""
        cuts: list[Cut] = []
        for name, strand in self._strands.items():
            for span in strand.segmenter.flush() if strand.segmenter else ():
                cuts += self._place(name, span)
        for variant, weaver in self._weavers:
            cuts += (_woven(variant.name, woven) for woven in weaver.end())
        return cuts

    def _main(self, place: Place) -> str:
        """Name the track by which a rendition is cut."""
        named = {variant.name: variant.tracks[0] for variant in self._plan.variants}
        return named[place.folder] if place.suffix == TS else place.folder

    def _push(self, strand: Strand, fragment: Fragment) -> list[Cut]:
        self.anchor.note(fragment.end / fragment.track.timescale)
        assert strand.segmenter is not None  # noqa: S101 - for the type checker: it came with the track
        name = strand.plan.name
        strand.frames += len(fragment.samples)
        strand.ticks += fragment.end - fragment.samples[0].dts
        cuts: list[Cut] = []
        for variant, weaver in self._weavers:
            if variant.video and variant.audio == name:
                cuts += (_woven(variant.name, woven) for woven in weaver.hear(fragment))
        for span in strand.segmenter.push(fragment):
            cuts += self._place(name, span)
        return cuts

    def _place(self, name: str, span: Part | Segment) -> list[Cut]:
        is_shown = not (self._weavers and isinstance(span, Part))  # HLS alone has parts
        cuts = [_fragmented(name, span)] if self._makes_fragments and is_shown else []
        for variant, weaver in self._weavers:
            if name == (variant.video or variant.audio):
                cuts += (_woven(variant.name, woven) for woven in weaver.see(span))
        return cuts


def _check_kind(plan: TrackPlan, track: Track) -> None:
    if track.kind != plan.kind:
        raise MalformedMediaError(f"the pipe of {plan.name} was planned for {plan.kind}, but carries {track.kind}")


def _weaver(plan: PackagePlan, variant: VariantPlan, counters: dict[str, dict[int, int]]) -> Weaver:
    has_sound = bool(variant.video and variant.audio)
    return Weaver(counters[variant.name], has_sound=has_sound, has_parts=plan.part is not None)


def usual_rate(frames: int, seconds: Fraction) -> Fraction:
    """Give the usual frame rate that a measured one stands for: encoders that count milliseconds blur it."""
    measured = frames / seconds
    whole = round(measured)
    candidates = (Fraction(whole), Fraction(whole * 1000, 1001))
    nearest = min(candidates, key=lambda rate: abs(rate - measured))
    return nearest if abs(nearest - measured) < measured / 200 else measured.limit_denominator(1001)


def _fragmented(track: str, span: Part | Segment) -> Cut:
    """Take fragments as they are; what comes before the presentation (an AAC encoder's priming) is not heard."""
    start = max(span.start, 0)
    return Cut(
        place=Place(track, FMP4),
        content=span.content,
        start=start,
        length=max(span.start + span.duration - start, 1),
        timescale=span.timescale,
        is_independent=span.is_independent,
        is_part=isinstance(span, Part),
    )


def _woven(variant: str, woven: Woven) -> Cut:
    return Cut(
        place=Place(variant, TS),
        content=woven.content,
        start=max(round(woven.start * CLOCK), 0),
        length=max(round(woven.seconds * CLOCK), 1),
        timescale=CLOCK,
        is_independent=woven.is_independent,
        is_part=woven.is_part,
    )
