"""RTMP messages to chunks and back, incrementally and in linear time (Adobe RTMP 1.0, 5.3 and 5.4).

Set Chunk Size and Abort are about chunks, so the reader obeys them itself; every other message is handed out.
"""

from collections.abc import Iterator
from typing import NamedTuple

from offair.emulator.media.formats.errors import ProtocolError

SET_CHUNK_SIZE = 1
ABORT = 2
FIRST_CHUNK_SIZE = 128  # bytes, until a peer says otherwise
LARGEST_CHUNK_SIZE = 0x7FFFFFFF
EXTENDED = 0xFFFFFF  # in the timestamp field: 32 more bits follow the header
HEADER_SIZES = (11, 7, 3, 0)  # bytes of a message header by chunk format
TIME = 0xFFFFFFFF
MOST_STREAMS = 64
LONGEST_MESSAGE = 8 << 20
MOST_PIECES = 512  # small objects kept for one message
MOST_UNFINISHED = 2  # of the longest messages: so many bytes of messages may have begun and not ended


class Message(NamedTuple):
    """One RTMP message; ``kind`` is the message type id, ``timestamp`` milliseconds in 32 bits."""

    kind: int
    timestamp: int
    stream_id: int
    payload: bytes


class _ChunkStream:
    """What a chunk stream remembers between chunks; ``missing`` bytes of its message are yet to come."""

    __slots__ = ("content", "delta", "is_extended", "kind", "length", "missing", "pieces", "stream_id", "timestamp")

    def __init__(self) -> None:
        self.timestamp = self.delta = self.length = self.kind = self.stream_id = self.missing = 0
        self.is_extended = False
        self.pieces: list[bytes] = []
        self.content = bytearray()  # what came before the pieces; a message that comes in crumbs is gathered here

    @property
    def has_begun(self) -> bool:
        """Some of the message was kept."""
        return bool(self.pieces or self.content)

    def keep(self, piece: bytes) -> None:
        """Keep a piece of the message."""
        self.pieces.append(piece)
        if len(self.pieces) == MOST_PIECES:
            self.content += b"".join(self.pieces)
            self.pieces.clear()

    def take(self, last: bytes) -> bytes:
        """Give the whole message, and begin anew."""
        if not self.pieces and not self.content:
            return last
        self.pieces.append(last)
        whole = b"".join((self.content, *self.pieces)) if self.content else b"".join(self.pieces)
        self.pieces.clear()
        self.content = bytearray()
        return whole


class ChunkReader:
    """Bytes in, messages out. ``longest`` may be changed at any time: a stranger deserves less memory.

    ProtocolError for a message that is too long, more than ``MOST_STREAMS`` chunk streams, a chunk that refers to
    a header that never was, or a header in the middle of a message.
    """

    def __init__(self, *, longest: int = LONGEST_MESSAGE) -> None:
        self.longest = longest
        self._chunk_size = FIRST_CHUNK_SIZE
        self._streams: dict[int, _ChunkStream] = {}
        self._stream: _ChunkStream | None = None  # whose chunk is open
        self._missing = 0  # bytes of the open chunk that are yet to come
        self._unfinished = 0  # bytes kept for messages that have not ended
        self._rest = b""  # of a chunk header that was cut: at most 18 bytes

    def receive(self, data: bytes) -> Iterator[Message]:
        """Take the next bytes, cut anywhere, and give the messages that they complete, each before the next is read.

        So what a message changes (``longest``) holds for the next, even if both came at once.
        """
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, end = 0, len(data)
        while True:
            stream = self._stream
            if stream is None:
                if at == end:
                    return
                opened = self._open_chunk(data, at)
                if opened is None:
                    self._rest = data[at:]
                    return
                stream, at = opened
                self._stream = stream
            piece = data[at : at + self._missing]
            size = len(piece)
            at += size
            self._missing -= size
            stream.missing -= size
            if not self._missing:
                self._stream = None
            if stream.missing:
                stream.keep(piece)
                self._unfinished += size
                if self._unfinished > MOST_UNFINISHED * self.longest:
                    raise ProtocolError(f"{self._unfinished} bytes of messages have begun and none ends")
                if self._missing:
                    return
                continue
            payload = self._finish(stream, piece) if stream.has_begun else piece
            if stream.kind == SET_CHUNK_SIZE:
                self._set_chunk_size(payload)
            elif stream.kind == ABORT:
                self._abort(payload)
            else:
                yield Message(stream.kind, stream.timestamp, stream.stream_id, payload)

    def _finish(self, stream: _ChunkStream, last: bytes) -> bytes:
        """Give what came of a message in several chunks."""
        payload = stream.take(last)
        self._unfinished -= len(payload) - len(last)
        return payload

    def _open_chunk(self, data: bytes, at: int) -> tuple[_ChunkStream, int] | None:
        """Read the chunk headers at ``at``; give the stream and where the payload begins, None when they are cut."""
        form, number = data[at] >> 6, data[at] & 63
        at += 1
        if number < 2:
            width = number + 1
            if len(data) < at + width:
                return None
            number = 64 + int.from_bytes(data[at : at + width], "little")
            at += width
        stream = self._streams.get(number)
        if stream is None and form > 1:
            raise ProtocolError(f"chunk stream {number} starts with a chunk of format {form}, which has no length")
        begin = at + HEADER_SIZES[form]
        if len(data) < begin:
            return None
        field = int.from_bytes(data[at : at + 3], "big") if form < 3 else 0
        is_extended = field == EXTENDED or (form == 3 and stream is not None and stream.is_extended)
        if is_extended:
            begin += 4
            if len(data) < begin:
                return None
            field = int.from_bytes(data[begin - 4 : begin], "big")
            if stream is not None and stream.missing and field not in {stream.delta, stream.timestamp}:
                begin -= 4  # Flash encoders leave it out in later chunks of a message (against 5.3.1.3)
        if stream is None:
            stream = self._add(number)
        if not stream.missing:
            self._open_message(stream, form, field, data[at : at + HEADER_SIZES[form]])
            stream.is_extended = is_extended
        elif form != 3:
            raise ProtocolError(
                f"chunk stream {number} starts a message and {stream.missing} bytes of the last are missing"
            )
        self._missing = min(stream.missing, self._chunk_size)
        return stream, begin

    def _open_message(self, stream: _ChunkStream, form: int, field: int, header: bytes) -> None:
        if form < 2:
            stream.length = int.from_bytes(header[3:6], "big")
            stream.kind = header[6]
        if form == 0:
            stream.stream_id = int.from_bytes(header[7:11], "little")
            stream.timestamp = 0
        if form < 3:
            stream.delta = field  # after format 0 a format 3 repeats the timestamp as a delta (5.3.1.2.4)
        if stream.length > self.longest:
            raise ProtocolError(f"a message of {stream.length} bytes; at this point {self.longest} are allowed")
        stream.timestamp = stream.timestamp + stream.delta & TIME
        stream.missing = stream.length

    def _add(self, number: int) -> _ChunkStream:
        if len(self._streams) == MOST_STREAMS:
            raise ProtocolError(f"more than {MOST_STREAMS} chunk streams")
        stream = self._streams[number] = _ChunkStream()
        return stream

    def _set_chunk_size(self, payload: bytes) -> None:
        size = int.from_bytes(payload[:4], "big")
        if len(payload) < 4 or not 1 <= size <= LARGEST_CHUNK_SIZE:
            raise ProtocolError(f"the chunk size is set to {size}; it must be from 1 to {LARGEST_CHUNK_SIZE}")
        self._chunk_size = size

    def _abort(self, payload: bytes) -> None:
        stream = self._streams.get(int.from_bytes(payload[:4], "big"))
        if stream is not None:
            self._unfinished -= len(stream.take(b""))
            stream.missing = 0


class ChunkWriter:
    """Messages in, bytes out, with headers as short as their chunk stream's history allows.

    A message after one of format 0 never takes format 3: servers disagree on the timestamp that this means.
    """

    def __init__(self) -> None:
        self._chunk_size = FIRST_CHUNK_SIZE
        self._last: dict[int, tuple[Message, int | None]] = {}

    def set_chunk_size(self, size: int) -> bytes:
        """Announce a chunk size, and use it from the next message on."""
        announcement = self.write(2, Message(SET_CHUNK_SIZE, 0, 0, size.to_bytes(4, "big")))
        self._chunk_size = size
        return announcement

    def write(self, number: int, message: Message) -> bytes:
        """Write a message on chunk stream ``number``, which is from 2 to 65599."""
        return b"".join(self.chunks(number, message))

    def chunks(self, number: int, message: Message) -> Iterator[bytes]:
        """Write a message chunk by chunk, so that others can come between."""
        form, field = self._choose(number, message)
        extension = field.to_bytes(4, "big") if field >= EXTENDED else b""
        size = len(message.payload)
        header = min(field, EXTENDED).to_bytes(3, "big") + size.to_bytes(3, "big") + bytes((message.kind,))
        header = (header + message.stream_id.to_bytes(4, "little"))[: HEADER_SIZES[form]]
        yield _basic(form, number) + header + extension + message.payload[: self._chunk_size]
        follow = _basic(3, number) + extension
        for at in range(self._chunk_size, size, self._chunk_size):
            yield follow + message.payload[at : at + self._chunk_size]

    def _choose(self, number: int, message: Message) -> tuple[int, int]:
        last, delta = self._last.get(number, (None, None))
        if last is None or last.stream_id != message.stream_id or message.timestamp < last.timestamp:
            self._last[number] = (message, None)
            return 0, message.timestamp
        step = message.timestamp - last.timestamp
        self._last[number] = (message, step)
        if (message.kind, len(message.payload)) != (last.kind, len(last.payload)):
            return 1, step
        return (3 if step == delta else 2), step


def _basic(form: int, number: int) -> bytes:
    if number < 64:
        return bytes((form << 6 | number,))
    if number < 320:
        return bytes((form << 6, number - 64))
    return bytes((form << 6 | 1,)) + (number - 64).to_bytes(2, "little")
