"""RTMP chunks: messages or a ProtocolError, the same however the bytes are cut, in bounded memory."""

from cuts import outcome, pieces

from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter, Message

LONGEST = 1 << 16


def _good() -> bytes:
    writer = ChunkWriter()
    media = [Message(8 + number % 2, 0xFFFFF0 + number * 40, 1, bytes(200)) for number in range(4)]
    return writer.set_chunk_size(90) + b"".join(writer.write(4, message) for message in media)


SEEDS = (
    b"\x05" + _good(),
    bytes.fromhex("03 06000000000100090100000000 02000000000004020000000000000006 4600000000000109aa"),
    bytes.fromhex("02 00400000000000000800000000 01010100000000000108000000000c c1"),
)


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut."""
    step, said = data[0] + 1 if data else 1, data[1:]
    whole, cut = ChunkReader(longest=LONGEST), ChunkReader(longest=LONGEST)
    told = outcome(whole.receive, pieces(said, len(said) or 1), ProtocolError)
    assert told == outcome(cut.receive, pieces(said, step), ProtocolError)
    if told[1] is None:
        assert whole._unfinished == cut._unfinished <= len(said)  # noqa: SLF001 - nobody else asks
