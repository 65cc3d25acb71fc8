"""The DASH manifest (ISO/IEC 23009-1), live profile, as text: pure, from frozen records."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import escape

from offair.emulator.media.formats.tracks import MediaKind
from offair.emulator.media.packager.hls import iso

NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
LIVE_PROFILE = "urn:mpeg:dash:profile:isoff-live:2011"
CHANNEL_SCHEME = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
CLOCK_SCHEME = "urn:mpeg:dash:utc:http-iso:2014"
Attributes = dict[str, str | int | None]


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
    attributes: Attributes = {"xmlns": NAMESPACE, "profiles": LIVE_PROFILE, "type": "dynamic" if live else "static"}
    if live:
        attributes |= {
            "availabilityStartTime": iso(live.available_from),
            "publishTime": iso(live.published),
            "minimumUpdatePeriod": _length(live.update_period),
            "timeShiftBufferDepth": _length(live.window),
            "suggestedPresentationDelay": _length(live.delay),
        }
    elif presentation.duration is not None:
        attributes["mediaPresentationDuration"] = _length(presentation.duration)
    attributes["minBufferTime"] = _length(presentation.min_buffer)
    attributes["maxSegmentDuration"] = _length(presentation.longest_segment)
    children = [_period(period) for period in presentation.periods]
    if live and live.time_url:
        children.append(_element("UTCTiming", {"schemeIdUri": CLOCK_SCHEME, "value": live.time_url}))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element("MPD", attributes, *children)}\n'


def _period(period: Period) -> str:
    sets = [_set(number, adaptation) for number, adaptation in enumerate(period.sets)]
    return _element("Period", {"id": period.id, "start": _length(period.start)}, *sets)


def _set(number: int, adaptation: AdaptationSet) -> str:
    attributes: Attributes = {
        "id": number,
        "contentType": adaptation.kind,
        "mimeType": f"{adaptation.kind}/mp4",
        "segmentAlignment": "true",
        "startWithSAP": "1" if adaptation.is_independent else None,
    }
    return _element("AdaptationSet", attributes, *map(_representation, adaptation.representations))


def _representation(what: Representation) -> str:
    rate = what.frame_rate
    over = f"/{rate.denominator}" if rate and rate.denominator > 1 else ""
    attributes: Attributes = {
        "id": what.id,
        "bandwidth": what.bandwidth,
        "codecs": what.codecs,
        "width": what.size[0] if what.size else None,
        "height": what.size[1] if what.size else None,
        "frameRate": None if rate is None else f"{rate.numerator}{over}",
        "audioSamplingRate": what.sample_rate,
    }
    channels = {"schemeIdUri": CHANNEL_SCHEME, "value": what.channels}
    children = [_element("AudioChannelConfiguration", channels)] if what.channels else []
    return _element("Representation", attributes, *children, _template(what))


def _template(what: Representation) -> str:
    runs = [_element("S", {"t": time, "d": each, "r": more or None}) for time, each, more in _runs(what.timeline)]
    attributes: Attributes = {
        "timescale": what.timescale,
        "presentationTimeOffset": what.offset,
        "initialization": what.initialization,
        "media": what.media,
        "startNumber": what.number,
    }
    return _element("SegmentTemplate", attributes, _element("SegmentTimeline", {}, *runs))


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


def _element(name: str, attributes: Attributes, *children: str) -> str:
    """Write an element with the attributes that are not None, and its children on lines of their own, further in."""
    given = "".join([f' {key}="{_escaped(value)}"' for key, value in attributes.items() if value is not None])
    if not children:
        return f"<{name}{given} />"
    lines = "\n".join(children).replace("\n", "\n  ")
    return f"<{name}{given}>\n  {lines}\n</{name}>"


def _escaped(value: str | int) -> str:
    return escape(value, {'"': "&quot;"}) if isinstance(value, str) else str(value)
