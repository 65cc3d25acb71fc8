"""Telling a segment's container, and reading it as that."""

from offair.contracts.checks.media.facts import PACKET, SYNC_BYTE, Container, SegmentFacts, UnreadableError
from offair.contracts.checks.media.fragments import read_fragments
from offair.contracts.checks.media.transport import read_transport

BOXES = {b"ftyp", b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft", b"free"}  # what a segment may begin with


def container_of(body: bytes) -> Container:
    """Tell a container by its first bytes."""
    if body[:1] == bytes([SYNC_BYTE]) and (len(body) <= PACKET or body[PACKET] == SYNC_BYTE):
        return "ts"
    return "fmp4" if body[4:8] in BOXES else "unknown"


def is_packed_audio(body: bytes) -> bool:
    """Tell ADTS, MP3 and their like by a sync word, or by the ID3 tag before it (RFC 8216 section 3.4)."""
    return body[:3] == b"ID3" or (len(body) > 1 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0)


def look(body: bytes, init: bytes | None = None) -> SegmentFacts:
    """Read a segment's facts; ``init`` is its Media Initialization Section. What cannot be read is told as a flaw."""
    container = container_of(body)
    try:
        if container == "ts":
            return read_transport(body)
        if container == "fmp4":
            return read_fragments(body, init)
    except UnreadableError as error:
        return SegmentFacts(container=container, flaw=str(error))
    return SegmentFacts(container="unknown", flaw="is neither MPEG-TS nor fragmented MP4")
