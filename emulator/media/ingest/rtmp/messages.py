"""What an RTMP peer says about media and itself: message types, commands, and the words of their answers.

Source: Adobe RTMP 1.0, sections 5.4 and 7.
"""

import struct
from dataclasses import dataclass

from offair.emulator.media.formats import amf0, flv
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp.chunks import TIME, Message

ACKNOWLEDGEMENT = 3
USER_CONTROL = 4
WINDOW_ACKNOWLEDGEMENT_SIZE = 5
SET_PEER_BANDWIDTH = 6
DATA_AMF3, COMMAND_AMF3 = 15, 17
DATA, COMMAND = 18, 20
AGGREGATE = 22

STREAM_BEGIN, PING_REQUEST, PING_RESPONSE = 0, 6, 7  # user control events
DYNAMIC = 2  # the kind of peer bandwidth limit
CHUNK_SIZE = 65_536  # ffmpeg takes over the size that the other side announces
BACK_POINTER = 4  # bytes behind a part of an aggregate: how large it was
WINDOW = 2_500_000  # bytes after which we would like an acknowledgement
LONGEST_COMMAND = 65_536  # bytes
SET_DATA_FRAME = amf0.encode("@setDataFrame")
FOURCCS = ("hvc1", "av01", "vp09")  # the Enhanced RTMP codecs that are taken

CONTROL_STREAM, COMMAND_STREAM, STATUS_STREAM = 2, 3, 5  # chunk streams that we write on
MEDIA = {int(kind): kind for kind in (TagKind.AUDIO, TagKind.VIDEO)}
MEDIA_STREAMS = {TagKind.AUDIO: 4, TagKind.VIDEO: 6, TagKind.SCRIPT: 5}


@dataclass(frozen=True, slots=True)
class Command:
    """A remote procedure call; ``transaction`` 0 wants no answer."""

    name: str
    transaction: float = 0.0
    subject: amf0.Value = None
    arguments: tuple[amf0.Value, ...] = ()
    stream_id: int = 0

    def text(self, index: int) -> str:
        """Argument ``index`` as text, empty when it is missing or something else."""
        value = self.arguments[index] if index < len(self.arguments) else ""
        return value if isinstance(value, str) else ""

    def to_message(self) -> Message:
        """Write it as an AMF0 command message (7.1.1)."""
        payload = amf0.encode(self.name, self.transaction, self.subject, *self.arguments)
        return Message(COMMAND, 0, self.stream_id, payload)


def read_command(message: Message) -> Command:
    """Read a command; ProtocolError when it is malformed or longer than ``LONGEST_COMMAND``."""
    if len(message.payload) > LONGEST_COMMAND:
        raise ProtocolError(f"a command of {len(message.payload)} bytes; {LONGEST_COMMAND} are allowed")
    payload = message.payload[1:] if message.kind == COMMAND_AMF3 else message.payload
    values = amf0.decode(payload)
    name = values[0] if values else None
    if not isinstance(name, str):
        raise ProtocolError(f"a command must start with its name, not with {name!r}")
    transaction = values[1] if len(values) > 1 else 0.0
    if isinstance(transaction, bool) or not isinstance(transaction, float):
        raise ProtocolError(f"the command {name[:40]!r} must have a number as its transaction, not {transaction!r:.40}")
    subject = values[2] if len(values) > 2 else None
    return Command(name, transaction, subject, tuple(values[3:]), message.stream_id)


def split_aggregate(message: Message) -> list[Message]:
    """Split an aggregate (7.1.6), whose parts look like FLV tags; ProtocolError for one that ends in a part's middle.

    Its own time is that of the first part, from which the others are counted.
    """
    parts: list[Message] = []
    at, content, first = 0, message.payload, 0
    while at < len(content):
        if at + flv.TAG_HEADER.size > len(content):
            raise ProtocolError("an aggregate message ends within a header")
        head, times = flv.TAG_HEADER.unpack_from(content, at)
        kind, size, timestamp = head >> 24, head & 0xFFFFFF, (times & 0xFF) << 24 | times >> 8
        at += flv.TAG_HEADER.size
        if at + size > len(content) or kind == AGGREGATE:
            raise ProtocolError("an aggregate message has a part that is no message, or not all there")
        first = first if parts else timestamp
        time = message.timestamp + flv.elapsed(first, timestamp) & TIME
        parts.append(Message(kind, time, message.stream_id, content[at : at + size]))
        at += size + BACK_POINTER
    return parts


def read_tag(message: Message) -> Tag | None:
    """Read a media or metadata message as an FLV tag; None when it is neither."""
    kind = MEDIA.get(message.kind)
    if kind is not None:
        return Tag(kind, message.timestamp, message.payload)
    if message.kind in {DATA, DATA_AMF3}:
        payload = message.payload[1:] if message.kind == DATA_AMF3 else message.payload
        return Tag(TagKind.SCRIPT, message.timestamp, payload.removeprefix(SET_DATA_FRAME))
    return None


def write_tag(tag: Tag, stream_id: int) -> Message:
    """Write an FLV tag as a message; metadata is marked for the server to keep."""
    prefix = SET_DATA_FRAME if tag.kind is TagKind.SCRIPT else b""
    return Message(tag.kind, tag.timestamp, stream_id, prefix + tag.payload)


def number(kind: int, value: int) -> Message:
    """A protocol control message whose payload is one 32-bit number (5.4)."""
    return Message(kind, 0, 0, (value & 0xFFFFFFFF).to_bytes(4, "big"))


def user_control(event: int, content: bytes) -> Message:
    """A user control message (7.1.7)."""
    return Message(USER_CONTROL, 0, 0, event.to_bytes(2, "big") + content)


def peer_bandwidth(size: int) -> Message:
    """Set Peer Bandwidth, dynamic (5.4.5)."""
    return Message(SET_PEER_BANDWIDTH, 0, 0, struct.pack(">IB", size, DYNAMIC))


def status(stream_id: int, level: str, code: str, description: str) -> Command:
    """NetStream's word on how it is (7.2.2)."""
    words: dict[str, amf0.Value] = {"level": level, "code": code, "description": description}
    return Command("onStatus", 0.0, None, (words,), stream_id)
