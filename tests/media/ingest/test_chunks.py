"""Chunks: what a writer cuts a reader joins, however the network cuts it once more."""

from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.ingest.rtmp import chunks
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter, Message

timestamps = st.integers(0, 0xFFFFFFFF) | st.sampled_from([0, 40, 80, 0xFFFFFE, 0xFFFFFF, 0x1000000, 0xFFFFFFFF])
messages = st.builds(
    Message,
    kind=st.sampled_from([3, 8, 9, 18, 20]),
    timestamp=timestamps,
    stream_id=st.sampled_from([0, 1, 0x01020304]),
    payload=st.binary(max_size=8) | st.integers(100, 400).map(bytes),
)
numbers = st.sampled_from([3, 63, 64, 319, 320, 65_599])
sizes = st.integers(1, 400)


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def first(form: int, number: int, rest: str) -> bytes:
    return bytes((form << 6 | number,)) + bytes.fromhex(rest)


@given(st.lists(st.tuples(numbers, messages), max_size=8), sizes, st.lists(st.integers(0), max_size=20))
def test_messages_survive_any_chunk_size_and_any_split(given, size, cuts):
    writer, reader = ChunkWriter(), ChunkReader()
    data = writer.set_chunk_size(size) + b"".join(writer.write(number, message) for number, message in given)

    read = [message for piece in split(data, cuts) for message in reader.receive(piece)]

    assert [message for _, message in given] == read
    assert 0 == reader._unfinished


@given(st.lists(messages, max_size=6), sizes)
def test_bytes_may_come_one_by_one(given, size):
    writer, reader = ChunkWriter(), ChunkReader()
    data = writer.set_chunk_size(size) + b"".join(writer.write(4, message) for message in given)

    assert given == [message for byte in data for message in reader.receive(bytes((byte,)))]


@given(st.lists(messages, min_size=2, max_size=5), sizes)
def test_chunk_streams_may_interleave(given, size):
    writer, reader = ChunkWriter(), ChunkReader()
    announcement = writer.set_chunk_size(size)
    cut = [list(writer.chunks(number, message)) for number, message in enumerate(given, start=3)]
    data = announcement + b"".join(chunk for row in zip_longest(*cut, fillvalue=b"") for chunk in row)

    assert sorted(given) == sorted(reader.receive(data))


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_messages_or_a_protocol_error(data, size):
    reader = ChunkReader(longest=1000)
    try:
        for at in range(0, len(data), size):
            list(reader.receive(data[at : at + size]))
    except ProtocolError:
        return

    assert reader._unfinished <= len(data)


def test_a_message_in_many_crumbs_is_joined():
    writer, reader = ChunkWriter(), ChunkReader()
    message = Message(9, 0, 1, bytes(range(256)) * 40)

    read = [found for byte in writer.write(6, message) for found in reader.receive(bytes((byte,)))]

    assert [message] == read


def test_format_3_repeats_the_last_delta():
    """Constant-size audio sends a whole message with a header of one byte."""
    data = (
        first(0, 4, "000064 000001 08 01000000 aa") + first(2, 4, "000017 bb") + first(3, 4, "cc") + first(3, 4, "dd")
    )

    assert [100, 123, 146, 169] == [message.timestamp for message in ChunkReader().receive(data)]


def test_format_3_after_format_0_repeats_the_timestamp_as_delta():
    """Adobe RTMP 1.0, 5.3.1.2.4; ffmpeg counts on it."""
    data = first(0, 4, "000017 000001 08 01000000 aa") + first(3, 4, "bb")

    assert [23, 46] == [message.timestamp for message in ChunkReader().receive(data)]


def test_format_1_may_open_a_chunk_stream():
    """librtmp, and so OBS, sends its control messages like this."""
    (message,) = ChunkReader().receive(first(1, 2, "000000 000004 03 00000001"))

    assert Message(3, 0, 0, b"\x00\x00\x00\x01") == message


def test_an_extended_timestamp_stands_in_every_chunk_of_its_message():
    header = first(0, 6, "ffffff 000082 09 01000000 01000000") + bytes(128)

    (message,) = ChunkReader().receive(header + first(3, 6, "01000000") + b"\x01\x02")

    assert (0x01000000, b"\x01\x02") == (message.timestamp, message.payload[128:])


@pytest.mark.parametrize("cut", range(1, 8))
def test_an_extended_timestamp_may_be_missing_in_later_chunks(cut):
    """Flash encoders leave it out; four bytes that are not the timestamp are media."""
    header = first(0, 6, "ffffff 000086 09 01000000 01000000") + bytes(128)
    data = header + first(3, 6, "aabbccddeeff") + first(0, 6, "000001 000000 09 01000000")
    reader, at = ChunkReader(), len(header) + cut

    told, _ = [*reader.receive(data[:at]), *reader.receive(data[at:])]

    assert (0x01000000, bytes.fromhex("aabbccddeeff")) == (told.timestamp, told.payload[128:])


def test_a_delta_that_is_extended_stands_in_the_message_that_repeats_it():
    data = first(1, 4, "ffffff 000001 08 01000000 aa") + first(3, 4, "01000000 bb")

    assert [0x01000000, 0x02000000] == [message.timestamp for message in ChunkReader().receive(data)]


def test_a_chunk_size_may_change_between_the_chunks_of_a_message():
    begun = first(0, 6, "000000 000100 09 01000000") + bytes(128)
    change = first(0, 2, "000000 000004 01 00000000 00000040")
    rest = first(3, 6, "") + bytes(64) + first(3, 6, "") + bytes(64)

    assert [Message(9, 0, 1, bytes(256))] == list(ChunkReader().receive(begun + change + rest))


def test_timestamps_may_go_back():
    data = first(0, 4, "000064 000001 08 01000000 aa") + first(0, 4, "000032 000001 08 01000000 bb")

    assert [100, 50] == [message.timestamp for message in ChunkReader().receive(data)]


def test_what_a_message_changes_holds_for_the_next_that_came_with_it():
    reader = ChunkReader(longest=8)
    writer = ChunkWriter()
    told = reader.receive(writer.write(3, Message(20, 0, 0, b"publish")) + writer.write(4, Message(9, 0, 1, bytes(64))))
    next(told)
    reader.longest = 64

    assert [64] == [len(message.payload) for message in told]


def test_timestamps_wrap_at_32_bits():
    data = first(0, 4, "ffffff 000000 08 01000000 ffffffff") + first(2, 4, "000002")

    assert [0xFFFFFFFF, 1] == [message.timestamp for message in ChunkReader().receive(data)]


def test_an_abort_forgets_the_begun_message():
    reader = ChunkReader()
    begun = first(0, 6, "000000 000100 09 01000000") + bytes(128)
    abort = first(0, 2, "000000 000004 02 00000000 00000006")
    whole = first(0, 6, "000009 000001 09 01000000 aa")

    assert [Message(9, 9, 1, b"\xaa")] == list(reader.receive(begun + abort + whole))
    assert 0 == reader._unfinished


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(first(0, 6, "000000 ffffff 09 01000000"), "a message of 16777215 bytes", id="too-long"),
        pytest.param(first(3, 6, "00"), "format 3", id="nothing-to-repeat"),
        pytest.param(first(2, 6, "000000"), "format 2", id="no-length-known"),
        pytest.param(
            first(0, 6, "000000 000100 09 01000000") + bytes(128) + first(1, 6, "000000 000001 09"),
            "128 bytes of the last are missing",
            id="a-header-within-a-message",
        ),
        pytest.param(first(0, 2, "000000 000004 01 00000000 00000000"), "chunk size is set to 0", id="chunk-size-0"),
        pytest.param(first(0, 2, "000000 000002 01 00000000 0080"), "chunk size", id="chunk-size-cut"),
        pytest.param(
            b"".join(first(0, number % 60 + 3, "000000 000000 08 00000000") for number in range(60))
            + b"".join(bytes((0, number)) + bytes(6) + b"\x08" + bytes(4) for number in range(5)),
            "more than 64 chunk streams",
            id="too-many-streams",
        ),
    ],
)  # fmt: skip
def test_what_breaks_the_rules_is_refused(data, words):
    with pytest.raises(ProtocolError, match=words):
        list(ChunkReader().receive(data))


def test_messages_that_never_end_are_bounded_together():
    reader = ChunkReader()
    piece = bytes(1 << 20)

    def flood() -> None:
        list(reader.receive(first(0, 2, "000000 000004 01 00000000") + (1 << 20).to_bytes(4, "big")))
        for number in range(3, 60):
            list(reader.receive(first(0, number, "000000 7fffff 09 01000000") + piece))

    with pytest.raises(ProtocolError, match="have begun and none ends"):
        flood()
    assert reader._unfinished <= chunks.MOST_UNFINISHED * reader.longest + len(piece)


def test_a_stranger_may_begin_no_more_than_a_few_messages():
    reader, many = ChunkReader(longest=4096), range(3, 60)
    begun = b"".join(first(0, number, "000000 001000 14 00000000") + bytes(128) for number in many)
    goes_on = b"".join(first(3, number, "") + bytes(128) for number in many)

    with pytest.raises(ProtocolError, match="have begun and none ends"):
        list(reader.receive(begun + goes_on))
    assert reader._unfinished <= chunks.MOST_UNFINISHED * 4096 + 128


def test_a_limit_may_be_raised_later():
    reader = ChunkReader(longest=10)
    reader.longest = 20

    assert [bytes(20)] == [
        found.payload for found in reader.receive(ChunkWriter().write(4, Message(8, 0, 1, bytes(20))))
    ]
