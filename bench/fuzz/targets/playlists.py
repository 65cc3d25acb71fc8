"""HLS as the judge reads it: violations, and never an exception, whatever stands in a playlist."""

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.rulebook import check_media
from offair.contracts.checks.media.timeline import Timeline

ENTRY = "http://h/live/master.m3u8"
OTHERS = ("http://h/live/v.m3u8", "http://h/live/i.mp4", "http://h/live/s0.ts", "http://h/live/s1.m4s")
MEDIA = b"""#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6,CAN-SKIP-UNTIL=12
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MAP:URI="i.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.0,
s0.ts
#EXT-X-DISCONTINUITY
#EXT-X-BYTERANGE:100@0
#EXT-X-PART:DURATION=0.2,URI="p.m4s",INDEPENDENT=YES
#EXTINF:2.0,
s1.m4s
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p1.m4s"
#EXT-X-RENDITION-REPORT:URI="v.m3u8",LAST-MSN=8,LAST-PART=1
"""
MASTER = b"""#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="v.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=900,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=320x180,FRAME-RATE=24,AUDIO="a"
v.m3u8
"""
SEEDS = (
    MEDIA + b"\0" + MEDIA.replace(b"SEQUENCE:7", b"SEQUENCE:8"),
    MASTER + b"\0\0" + MEDIA,
    b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXTINF:1,\ns0.ts\n#EXT-X-ENDLIST",
)


def consume(data: bytes) -> None:
    """Bodies with a zero byte between: two answers of the entry, then what it may lead to."""
    bodies = data.split(b"\0")
    urls = (ENTRY, ENTRY, *OTHERS)
    fetches = (
        Fetch(asked=float(number), at=number + 0.5, url=url, headers={"Content-Type": "text/plain"}, body=body)
        for number, (url, body) in enumerate(zip(urls, bodies, strict=False))
    )
    check_media(Timeline(ENTRY, tuple(fetches)))
