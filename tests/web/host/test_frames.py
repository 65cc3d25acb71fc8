"""WebSocket frames (RFC 6455): each case over a real socket, and cut into any pieces without one."""

import base64
import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.web.host.bounds import Bounds
from offair.emulator.web.host.websocket import Breach, Frames, Goodbye, Ping, Pong, WholeMessage

SMALL = Bounds(message=1_000)
KEY = base64.b64encode(bytes(16)).decode()
HANDSHAKE = (
    "GET /room HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
).encode()
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"


def frame(opcode, payload=b"", *, ends=True, bits=0, mask=MASK, size=None):
    """Spell a client's frame, right or wrong."""
    length = len(payload) if size is None else size
    first = (0x80 if ends else 0) | bits | opcode
    masked = 0x80 if mask else 0
    if length < 126:
        head = bytes([first, masked | length])
    elif length < 1 << 16:
        head = bytes([first, masked | 126]) + struct.pack("!H", length)
    else:
        head = bytes([first, masked | 127]) + struct.pack("!Q", length)
    if not mask:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def close(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


def text(words, **how):
    return frame(TEXT, words.encode(), **how)


# what the peer says, and what the conversation hears: messages, and at last the code of the end
CASES = {
    "text": (text("hello"), ["hello", 1006]),
    "an empty text": (text(""), ["", 1006]),
    "text beyond ASCII": (text("grüße, 世界 🎥"), ["grüße, 世界 🎥", 1006]),
    "bytes": (frame(BINARY, b"\0\xff"), [b"\0\xff", 1006]),
    "no bytes": (frame(BINARY), [b"", 1006]),
    "125 bytes": (frame(BINARY, bytes(125)), [bytes(125), 1006]),
    "126 bytes": (frame(BINARY, bytes(126)), [bytes(126), 1006]),
    "as much as may be": (frame(BINARY, bytes(1_000)), [bytes(1_000), 1006]),
    "two messages": (text("a") + frame(BINARY, b"b"), ["a", b"b", 1006]),
    "a mask of zeros": (text("a", mask=bytes(4)), ["a", 1006]),
    "fragments": (text("a", ends=False) + frame(CONTINUED, b"b"), ["ab", 1006]),
    "many fragments": (text("a", ends=False) + frame(CONTINUED, b"b", ends=False) * 50 + frame(CONTINUED),
                       ["a" + "b" * 50, 1006]),
    "empty fragments": (text("", ends=False) + frame(CONTINUED, b"", ends=False) * 9 + frame(CONTINUED), ["", 1006]),
    "fragments of bytes": (frame(BINARY, b"a", ends=False) + frame(CONTINUED, b"b"), [b"ab", 1006]),
    "a letter in two fragments": (frame(TEXT, b"\xc3", ends=False) + frame(CONTINUED, b"\xbc"), ["ü", 1006]),
    "a ping between fragments": (text("a", ends=False) + frame(PING) + frame(CONTINUED, b"b"), ["ab", 1006]),
    "a pong that nobody asked for": (frame(PONG, b"x") + text("a"), ["a", 1006]),
    "an unfinished message": (text("a", ends=False), [1006]),
    "half a frame": (text("abc")[:-1], [1006]),
    "half a head": (b"\x81", [1006]),
    "nothing": (b"", [1006]),
    "a goodbye": (close(1000), [1000]),
    "a goodbye with a reason": (close(1001, b"over"), [1001]),
    "a goodbye without a code": (close(), [1005]),
    "a goodbye of an application": (close(3000), [3000]),
    "a goodbye of one's own": (close(4999), [4999]),
    "a goodbye behind a message": (text("a") + close(1000), ["a", 1000]),
    "a message behind a goodbye": (close(1000) + text("a"), [1000]),
    "a goodbye amid fragments": (text("a", ends=False) + close(1000), [1000]),
    "two goodbyes": (close(1000) + close(1001), [1000]),
    "half a code": (frame(CLOSE, b"\x03"), [1002]),
    "a code below all": (close(999), [1002]),
    "code 0": (close(0), [1002]),
    "code 1004": (close(1004), [1002]),
    "code 1005": (close(1005), [1002]),
    "code 1006": (close(1006), [1002]),
    "code 1015": (close(1015), [1002]),
    "a code that is reserved": (close(1016), [1002]),
    "code 2999": (close(2999), [1002]),
    "a code above all": (close(5000), [1002]),
    "a reason that is no text": (close(1000, b"\xff"), [1007]),
    "no mask": (text("a", mask=b""), [1002]),
    "no mask on a ping": (frame(PING, mask=b""), [1002]),
    "no mask behind a good one": (text("a") + text("b", mask=b""), ["a", 1002]),
    **{f"opcode {code}": (frame(code), [1002]) for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"reserved bits {bits:#x}": (text("a", bits=bits), [1002]) for bits in (0x10, 0x20, 0x40, 0x70)},
    "a ping in fragments": (frame(PING, ends=False), [1002]),
    "a goodbye in fragments": (frame(CLOSE, ends=False), [1002]),
    "a long ping": (frame(PING, bytes(126)), [1002]),
    "a long goodbye": (close(1000, b"a" * 124), [1002]),
    "a continuation of nothing": (frame(CONTINUED, b"a"), [1002]),
    "a continuation of what is whole": (text("a") + frame(CONTINUED, b"b"), ["a", 1002]),
    "a message within a message": (text("a", ends=False) + text("b"), [1002]),
    "bytes within a text": (text("a", ends=False) + frame(BINARY, b"b"), [1002]),
    "a length of two bytes for a short one": (b"\x81\xfe\0\x05" + MASK + bytes(5), [1002]),
    "a length of eight bytes for a short one": (b"\x81\xff" + struct.pack("!Q", 200) + MASK + bytes(200), [1002]),
    "a length beyond 63 bits": (b"\x82\xff" + struct.pack("!Q", 1 << 63) + MASK, [1002]),
    "no text": (frame(TEXT, b"\xff"), [1007]),
    "a surrogate": (frame(TEXT, b"\xed\xa0\x80"), [1007]),
    "a letter spelt too long": (frame(TEXT, b"\xc0\xaf"), [1007]),
    "a letter beyond Unicode": (frame(TEXT, b"\xf4\x90\x80\x80"), [1007]),
    "half a letter": (frame(TEXT, b"\xc3"), [1007]),
    "no text in a fragment": (text("a", ends=False) + frame(CONTINUED, b"\xff"), [1007]),
    "half a letter at the end of fragments": (frame(TEXT, b"\xc3", ends=False) + frame(CONTINUED), [1007]),
    "too much": (frame(BINARY, bytes(1_001)), [1009]),
    "too much text": (text("ü" * 501), [1009]),
    "too much in fragments": (frame(BINARY, bytes(600), ends=False) + frame(CONTINUED, bytes(600)), [1009]),
    "far too much": (frame(BINARY, bytes(2_000), size=1 << 40), [1009]),
    "a message, then too much": (text("a") + frame(BINARY, bytes(1_001)), ["a", 1009]),
}  # fmt: skip


class Room:
    """A conversation that remembers what it hears; its application takes everybody in."""

    def __init__(self):
        self.heard_all, self.socket = [], None

    def __call__(self, environ, start):
        environ["offair.websocket"](self)
        start("200 OK", [])
        return []

    def opened(self, socket):
        self.socket = socket

    def heard(self, frame):
        self.heard_all.append(frame)

    def closed(self, code):
        self.heard_all.append(code)


@pytest.mark.parametrize(("said", "expected"), CASES.values(), ids=CASES.keys())
def test_a_conversation_hears_messages_and_how_it_ended(serve, call, said, expected):
    room = Room()
    server = serve(room, bounds=SMALL)
    caller = call(server).say(HANDSHAKE)
    status, fields, _ = caller.answer()
    proof = base64.b64encode(hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
    rest = caller.say(said, ends=True).rest()

    assert (101, proof) == (status, fields["sec-websocket-accept"])
    assert expected == room.heard_all
    code = expected[-1]
    if code != 1006:
        assert (CLOSE, [] if code == 1005 else [code]) == _goodbye(rest)


def _goodbye(said):
    """The opcode and code of the last frame; before it there may be pongs."""
    while said:
        opcode, size = said[0] & 15, said[1]
        payload, said = said[2 : 2 + size], said[2 + size :]
    return opcode, list(struct.unpack("!H", payload[:2])) if payload else []


@given(st.sampled_from(sorted(CASES)), st.lists(st.integers(0, 1 << 12), max_size=8))
def test_a_network_may_cut_frames_anywhere(case, places):
    said, _ = CASES[case]
    cuts = sorted({place % (len(said) + 1) for place in places})
    pieces = [said[start:end] for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True)]

    assert _hear([said]) == _hear(pieces)


@given(st.lists(st.tuples(st.sampled_from([TEXT, BINARY]), st.text(max_size=300), st.integers(1, 40))))
def test_whole_messages_come_out_of_any_fragments(messages):
    said = b"".join(_fragments(opcode, words.encode(), step) for opcode, words, step in messages)
    expected = [WholeMessage(words if opcode == TEXT else words.encode()) for opcode, words, _ in messages]

    assert expected == _hear([said])


def _fragments(opcode, payload, step):
    pieces = [payload[at : at + step] for at in range(0, len(payload), step)] or [b""]
    opcodes = [opcode, *[CONTINUED] * (len(pieces) - 1)]
    return b"".join(
        frame(kind, piece, ends=number == len(pieces))
        for number, (kind, piece) in enumerate(zip(opcodes, pieces, strict=True), start=1)
    )


def _hear(pieces):
    frames = Frames(4_000)
    events = [event for piece in pieces for event in frames.receive(piece)]
    return [event.code if isinstance(event, Breach) else event for event in events]


def test_what_was_said_is_told_apart():
    said = text("a") + frame(PING, b"x") + frame(PONG) + close(1000)

    assert [WholeMessage("a"), Ping(b"x"), Pong(), Goodbye(1000)] == _hear([said])
