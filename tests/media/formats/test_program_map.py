"""What a program map says, and what is told of it that nobody reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.mpegts import TsGate
from offair.emulator.media.formats.program_map import Announced, advise, read_map

H264, AAC = b"\x1b\xe1\x00\xf0\x00", b"\x0f\xe1\x01\xf0\x00"
DATA_AND_CUES = (Announced(0x06, 0x102, "AV1"), Announced(0x86, 0x103))


def section(*streams: bytes, programme: bytes = b"") -> bytes:
    body = b"\0\1\xc1\0\0\xe1\0" + (0xF000 | len(programme)).to_bytes(2) + programme + b"".join(streams) + bytes(4)
    return b"\x02" + (0xB000 | len(body)).to_bytes(2) + body


def stream(kind: int, descriptors: bytes = b"", pid: int = 0x102) -> bytes:
    return bytes((kind,)) + (0xE000 | pid).to_bytes(2) + (0xF000 | len(descriptors)).to_bytes(2) + descriptors


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (stream(0x06, b"\x05\x04AV01"), "AV1 (private data, stream type 0x06)"),
        (stream(0x06, b"\x0a\x04eng\0\x05\x04Opus\x7f\x02\x80\x02"), "Opus (private data, stream type 0x06)"),
        (stream(0x06, b"\x05\x04what"), "'what' (private data, stream type 0x06)"),
        (stream(0x06, b"\x7a\x01\0"), "E-AC-3 (private data, stream type 0x06)"),
        (stream(0x06), "private data (stream type 0x06)"),
        (stream(0x87, b"\x05\x04EAC3"), "E-AC-3 (stream type 0x87)"),
        (stream(0x33), "VVC (stream type 0x33)"),
        (stream(0xC7), "unknown (stream type 0xc7)"),
    ],
    ids=["AV1", "Opus", "a registration", "DVB", "nothing said", "both alike", "VVC", "anybody's"],
)
def test_what_nobody_reads_is_told_by_its_name_and_type(written, words):
    first, second = read_map(section(H264, written))

    assert (True, False, words) == (first.is_read, second.is_read, str(second))


def test_what_is_read_is_not_told():
    gate = TsGate()
    gate._program_map = 0x1000
    gate.push((b"\x47\x50\x00\x10\0" + section(H264, AAC, programme=b"\x05\x04CUEI")).ljust(188, b"\xff"))

    assert ((), "avc1", "mp4a") == (gate.unread, gate.facts.video, gate.facts.audio)


@pytest.mark.parametrize(
    ("unread", "is_ffmpegs_way"), [(DATA_AND_CUES, False), ((Announced(0x06, 0x102),), True)], ids=["named", "nameless"]
)
def test_the_words_say_what_to_send_instead(unread, is_ffmpegs_way):
    words = advise(unread)

    assert all(str(one) in words for one in unread)
    assert "send H.264 or HEVC and AAC, or AV1 and Opus by Enhanced RTMP" in words
    assert is_ffmpegs_way == ("ffmpeg writes as private data" in words)


@given(st.binary(min_size=13, max_size=184))
def test_any_section_is_read_as_far_as_it_goes(content):
    assert len(read_map(content)) <= len(content) // 5 + 1
