"""DASH manifests (ISO/IEC 23009-1), rewritten as faults say. Pure."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from offair.emulator.core.faults.players import ANY, PlaybackFault

NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"


def rewrite_manifest(text: str, faults: Sequence[PlaybackFault]) -> str:
    """Let a manifest name codecs that the media does not have, and tell which segments are missing.

    A segment that is missing is a FailoverContent that is not valid (5.3.9.7): its place in the timeline stays.
    """
    root = _plain(ET.fromstring(text))  # noqa: S314 - the text is our own
    for fault in faults:
        for element in root.iter("Representation"):
            if fault.rendition not in {ANY, element.get("id")}:
                continue
            if fault.kind == "wrong_codec":
                element.set("codecs", fault.codec)
            else:
                _mark_gaps(element, fault)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _mark_gaps(representation: ET.Element, fault: PlaybackFault) -> None:
    template = representation.find("SegmentTemplate")
    timeline = None if template is None else template.find("SegmentTimeline")
    if template is None or timeline is None:
        return
    missing = [
        (time, duration)
        for number, (time, duration) in enumerate(_slots(timeline), int(template.get("startNumber", "1")))
        if fault.covers(number)
    ]
    if missing:
        failover = ET.Element("FailoverContent", {"valid": "false"})
        for time, duration in missing:
            ET.SubElement(failover, "FCS", {"t": str(time), "d": str(duration)})
        template.insert(list(template).index(timeline), failover)


def _slots(timeline: ET.Element) -> Iterator[tuple[int, int]]:
    """Every segment's time and duration, in ticks (5.3.9.6)."""
    time = 0
    for entry in timeline.iter("S"):
        time, duration = int(entry.get("t", str(time))), int(entry.get("d", "0"))
        for _ in range(int(entry.get("r", "0")) + 1):
            yield time, duration
            time += duration


def _plain(root: ET.Element) -> ET.Element:
    """Write the MPD's own names without a prefix, as players that read it with simple means expect."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    root.set("xmlns", NAMESPACE)
    return root
