"""A finished recording as DASH (ISO/IEC 23009-1, main profile): lists of byte ranges of its files. Pure."""

from fractions import Fraction
from xml.etree import ElementTree as ET

from offair.emulator.media.formats.codecs import VideoFormat
from offair.emulator.media.packager.dash import NAMESPACE
from offair.emulator.media.recording.reel import Reel
from offair.emulator.media.recording.sheet import Reels, Sheet
from offair.emulator.media.recording.vod import complete_runs, seconds

MANIFEST = "manifest.mpd"
PROFILE = "urn:mpeg:dash:profile:isoff-main:2011"
BUFFER = "PT2S"


def manifest(sheet: Sheet, reels: Reels) -> str | None:
    """Write the manifest: a period for each run, as each has an init section of its own. None where nothing plays."""
    runs = complete_runs(reels)
    if not runs:
        return None
    root = ET.Element("MPD", xmlns=NAMESPACE, profiles=PROFILE, type="static", minBufferTime=BUFFER)
    root.set("mediaPresentationDuration", _span(Fraction(seconds(reels)).limit_denominator(1000)))
    for run in runs:
        length = max(_length(reels[name][run]) for name in reels)
        period = ET.SubElement(root, "Period", id=str(run), duration=_span(length))
        _add_sets(period, sheet, reels, run)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_sets(period: ET.Element, sheet: Sheet, reels: Reels, run: int) -> None:
    zero = min(reels[name][run].shots[0].start for name in sheet.tracks)
    for kind in ("video", "audio"):
        known = [(name, reels[name][run]) for name in sheet.tracks]
        of_kind = [(name, reel) for name, reel in known if reel.track is not None and reel.track.kind == kind]
        if of_kind:
            group = ET.SubElement(period, "AdaptationSet", contentType=kind, mimeType=f"{kind}/mp4")
            if all(shot.is_independent for _, reel in of_kind for shot in reel.shots):
                group.set("startWithSAP", "1")
            for name, reel in of_kind:
                _add_representation(group, name, f"{name}/{run}.mp4", reel, zero)


def _add_representation(group: ET.Element, name: str, uri: str, reel: Reel, zero: Fraction) -> None:
    assert reel.track is not None  # noqa: S101 - for the type checker: a run without one is not complete
    length, form, ticks = _length(reel), reel.track.format, reel.track.timescale
    rate = round(8 * sum(shot.size for shot in reel.shots) / length) if length else 0
    one = ET.SubElement(group, "Representation", id=name, bandwidth=str(max(rate, 1)), codecs=form.name)
    if isinstance(form, VideoFormat):
        one.set("width", str(form.width))
        one.set("height", str(form.height))
    ET.SubElement(one, "BaseURL").text = uri
    segments = ET.SubElement(one, "SegmentList", timescale=str(ticks))
    segments.set("presentationTimeOffset", str(round(zero * ticks)))
    ET.SubElement(segments, "Initialization", range=_range(0, reel.init_size))
    timeline = ET.SubElement(segments, "SegmentTimeline")
    for shot in reel.shots:
        ET.SubElement(timeline, "S", t=str(round(shot.start * ticks)), d=str(round(shot.length * ticks)))
        ET.SubElement(segments, "SegmentURL", mediaRange=_range(shot.offset, shot.size))


def _length(reel: Reel) -> Fraction:
    return sum((shot.length for shot in reel.shots), Fraction(0))


def _range(offset: int, size: int) -> str:
    return f"{offset}-{offset + size - 1}"


def _span(length: Fraction) -> str:
    return f"PT{float(length):.3f}S"
