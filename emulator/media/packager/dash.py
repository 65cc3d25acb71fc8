"""The DASH manifest (ISO/IEC 23009-1), live profile, as text: pure, from frozen records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as ET

from offair.emulator.media.formats.tracks import MediaKind
from offair.emulator.media.packager.hls import iso

NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
LIVE_PROFILE = "urn:mpeg:dash:profile:isoff-live:2011"
CHANNEL_SCHEME = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
CLOCK_SCHEME = "urn:mpeg:dash:utc:http-iso:2014"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One track in one period. ``timeline`` holds (time, duration) in ticks; ``offset`` is the period's zero.

    ``number`` is the first listed segment's; URIs are relative to the manifest, ``media`` with ``$Number$``.
    """

    id: str
    bandwidth: int
    codecs: str
    timescale: int
    offset: int
    number: int
    initialization: str
    media: str
    timeline: Sequence[tuple[int, int]]
    size: tuple[int, int] | None = None
    frame_rate: Fraction | None = None
    sample_rate: int | None = None
    channels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationSet:
    """Representations that a player may switch between, best first."""

    kind: MediaKind
    representations: Sequence[Representation]
    is_independent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What one run of the encoder left; ``start`` in seconds on the manifest's timeline."""

    id: str
    start: float
    sets: Sequence[AdaptationSet]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What only a manifest that goes on has; times in seconds, the first two since the epoch."""

    available_from: float
    published: float
    update_period: float
    window: float
    delay: float
    time_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A manifest: either ``live``, or over after ``duration`` seconds."""

    periods: Sequence[Period]
    min_buffer: float
    longest_segment: float
    live: Live | None = None
    duration: float | None = None


def render(presentation: Presentation) -> str:
    """Write an MPD."""
    live = presentation.live
    root = ET.Element("MPD", {"xmlns": NAMESPACE, "profiles": LIVE_PROFILE, "type": "dynamic" if live else "static"})
    if live:
        _set(
            root,
            availabilityStartTime=iso(live.available_from),
            publishTime=iso(live.published),
            minimumUpdatePeriod=_length(live.update_period),
            timeShiftBufferDepth=_length(live.window),
            suggestedPresentationDelay=_length(live.delay),
        )
    elif presentation.duration is not None:
        _set(root, mediaPresentationDuration=_length(presentation.duration))
    _set(
        root,
        minBufferTime=_length(presentation.min_buffer),
        maxSegmentDuration=_length(presentation.longest_segment),
    )
    for period in presentation.periods:
        element = ET.SubElement(root, "Period", {"id": period.id, "start": _length(period.start)})
        for number, adaptation in enumerate(period.sets):
            _add_set(element, number, adaptation)
    if live and live.time_url:
        ET.SubElement(root, "UTCTiming", {"schemeIdUri": CLOCK_SCHEME, "value": live.time_url})
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_set(parent: ET.Element, number: int, adaptation: AdaptationSet) -> None:
    element = ET.SubElement(parent, "AdaptationSet", {"id": str(number), "contentType": adaptation.kind})
    _set(
        element,
        mimeType=f"{adaptation.kind}/mp4",
        segmentAlignment="true",
        startWithSAP="1" if adaptation.is_independent else None,
    )
    for representation in adaptation.representations:
        _add_representation(element, representation)


def _add_representation(parent: ET.Element, what: Representation) -> None:
    element = ET.SubElement(parent, "Representation", {"id": what.id, "bandwidth": str(what.bandwidth)})
    rate = what.frame_rate
    _set(
        element,
        codecs=what.codecs,
        width=what.size[0] if what.size else None,
        height=what.size[1] if what.size else None,
        frameRate=None
        if rate is None
        else f"{rate.numerator}" + (f"/{rate.denominator}" if rate.denominator > 1 else ""),
        audioSamplingRate=what.sample_rate,
    )
    if what.channels:
        ET.SubElement(
            element, "AudioChannelConfiguration", {"schemeIdUri": CHANNEL_SCHEME, "value": str(what.channels)}
        )
    template = ET.SubElement(element, "SegmentTemplate")
    _set(
        template,
        timescale=what.timescale,
        presentationTimeOffset=what.offset,
        initialization=what.initialization,
        media=what.media,
        startNumber=what.number,
    )
    timeline = ET.SubElement(template, "SegmentTimeline")
    for time, duration, repeats in _runs(what.timeline):
        entry: Mapping[str, str | int | None] = {"t": time, "d": duration, "r": repeats or None}
        _set(ET.SubElement(timeline, "S"), **entry)


def _runs(timeline: Sequence[tuple[int, int]]) -> list[tuple[int | None, int, int]]:
    """Join segments of one length that follow each other; a time is given first, and where there is a gap."""
    runs: list[tuple[int | None, int, int]] = []
    due: int | None = None
    for time, duration in timeline:
        if time == due and runs[-1][1] == duration:
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((None if time == due else time, duration, 0))
        due = time + duration
    return runs


def _length(seconds: float) -> str:
    """Write an xs:duration."""
    return f"PT{seconds:.3f}".rstrip("0").rstrip(".") + "S"


def _set(element: ET.Element, **attributes: str | int | None) -> None:
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value))
