"""DASH as the judge reads it: violations, and never an exception, whatever stands in a manifest."""

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.rulebook import check_media
from offair.contracts.checks.media.timeline import Timeline

ENTRY = "http://h/live/manifest.mpd"
MANIFEST = b"""<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic"
 profiles="urn:mpeg:dash:profile:isoff-live:2011"
 minBufferTime="PT2S" availabilityStartTime="2026-01-01T00:00:00Z" publishTime="2026-01-01T00:00:09Z"
 minimumUpdatePeriod="PT2S" timeShiftBufferDepth="PT60S"><BaseURL>x/</BaseURL>
<Period id="0" start="PT0S"><AdaptationSet contentType="video" segmentAlignment="true">
<SegmentTemplate timescale="90000" startNumber="3"
 initialization="$RepresentationID$/i.mp4" media="$RepresentationID$/$Number%05d$-$Time$.m4s">
<SegmentTimeline><S t="0" d="180000" r="2"/><S d="90000"/></SegmentTimeline></SegmentTemplate>
<Representation id="v" bandwidth="1000" codecs="avc1.42c01e" mimeType="video/mp4" width="320" height="180"/>
</AdaptationSet></Period><UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-xsdate:2014" value="http://h/time"/></MPD>"""
STATIC = (
    b'<MPD type="static" mediaPresentationDuration="P1DT2H3M4.5S"><Period><AdaptationSet><Representation id="a">'
    b'<SegmentTemplate media="$Number$" duration="2" timescale="1"/></Representation></AdaptationSet></Period></MPD>'
)
SEEDS = (MANIFEST + b"\0" + MANIFEST.replace(b'start="PT0S"', b'start="PT0S" duration="PT9S"'), STATIC)
HEADERS = {"Content-Type": "application/dash+xml"}


def consume(data: bytes) -> None:
    """Bodies with a zero byte between: the answers of the entry."""
    fetches = (
        Fetch(asked=float(number), at=number + 0.5, url=ENTRY, headers=HEADERS, body=body)
        for number, body in enumerate(data.split(b"\0")[:3])
    )
    check_media(Timeline(ENTRY, tuple(fetches)))
