"""WebSocket frames: messages, or a breach that ends them, the same however the bytes are cut."""

from typing import Any

from cuts import pieces

from offair.emulator.web.host.websocket import Breach, Frames, Goodbye, WholeMessage

LIMIT = 300
TEXT = b"\x81\x85\0\0\0\0hello"
FRAGMENTS = b"\x01\x82\0\0\0\0\xc3\xbc\x89\x80\1\2\3\4\x80\x81\0\0\0\0a"
GOODBYE = b"\x88\x84\0\0\0\0\x03\xe8ok"
SEEDS = (
    b"\x03" + TEXT + FRAGMENTS + GOODBYE,
    b"\x01\x82\xfe\0\x80\0\0\0\0" + bytes(128) + b"\x8a\x80\0\0\0\0" + b"\x82\xfe\x01\x2d\0\0\0\0" + bytes(301),
    b"\x10" + TEXT + b"\x81\x81\0\0\0\0\xff",
)


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut."""
    step, said = data[0] + 1 if data else 1, data[1:]
    whole = _hear(said, len(said) or 1)
    assert whole == _hear(said, step)
    ends = [number for number, event in enumerate(whole) if isinstance(event, Goodbye) or event is Breach]
    assert ends in ([], [len(whole) - 1])


def _hear(said: bytes, length: int) -> list[Any]:
    frames = Frames(LIMIT)
    events = [event for piece in pieces(said, length) for event in frames.receive(piece)]
    for event in events:
        if isinstance(event, WholeMessage):
            words = event.frame.encode() if isinstance(event.frame, str) else event.frame
            assert len(words) <= LIMIT
    return [Breach if isinstance(event, Breach) else event for event in events]  # too much may also be no text
