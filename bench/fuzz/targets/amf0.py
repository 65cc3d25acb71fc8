"""AMF0: values or a ProtocolError; what was read can be written and is read the same again."""

from contextlib import suppress

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.errors import ProtocolError

SEEDS = (
    amf0.encode("connect", 1.0, {"app": "live", "fourCcList": ["hvc1", "av01"], "objectEncoding": 0.0}),
    amf0.encode("onMetaData", amf0.EcmaArray({"width": 640.0, "stereo": True, "made": amf0.Date(1e12, 60)})),
    b"\x10\x00\x01C\x00\x01a\x06\x00\x01b\x0d\x00\x00\x09\x0f\x00\x00\x00\x04<a/>\x0c\x00\x00\x00\x01x",
)


def consume(data: bytes) -> None:
    """Read, write, and read again."""
    with suppress(ProtocolError):
        written = amf0.encode(*amf0.decode(data))
        assert written == amf0.encode(*amf0.decode(written))
