"""SRT stream ids: a knock with a name, or a denial with a sentence of one line."""

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.srt.streamid import read_stream_id

SEEDS = (
    b"#!::r=live/KEY,m=publish",
    b"#!::m=publish,x=1,r=live/KEY?a=b,t=stream",
    b"%23%21%3A%3Ar%3Dlive%2FKEY%2Cm%3Dpublish",
    b"push:NAME?k=v&l=w:record",
    b"live/KEY?k=v",
    b"#!::m=request",
    b"#!{}",
    b"\xff",
)


def consume(data: bytes) -> None:
    """A stream id as it stood in a handshake."""
    found = read_stream_id(data, peer="127.0.0.1:5000")
    if isinstance(found, Knock):
        assert found.name
        assert (found.name + found.app + found.query).isprintable()
    else:
        assert "\n" not in found.words
