"""What a writer tells of its bytes is what a reader finds in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats import pieces
from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.formats.pieces import TrackReader, Written
from offair.emulator.media.transcoding.remux.remux import Remux

SPS = bytes.fromhex("6742c00dd90141fb0110000003001000000303c0f14992")  # 320x180
AVCC = b"\x01" + SPS[1:4] + b"\xff\xe1" + len(SPS).to_bytes(2) + SPS + bytes.fromhex("01000468cb8cb2")
HEADERS = [Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0" + AVCC), Tag(TagKind.AUDIO, 0, bytes.fromhex("af001190"))]


def tag(kind: TagKind, at: int, *, is_key: bool, offset: int) -> Tag:
    if kind is TagKind.AUDIO:
        return Tag(kind, at, b"\xaf\x01sound")
    return Tag(kind, at, bytes((0x17 if is_key else 0x27, 1)) + offset.to_bytes(3, "big", signed=True) + b"\0\0\0\1x")


steps = st.tuples(
    st.sampled_from([TagKind.VIDEO, TagKind.AUDIO]), st.integers(0, 400), st.booleans(), st.integers(0, 200)
)


@given(steps=st.lists(steps, min_size=1, max_size=60), cut=st.integers(1, 100))
def test_what_a_remuxer_tells_is_what_is_in_its_bytes(steps, cut):
    remux, now, written = Remux(0.5), 0, []
    for kind, step, is_key, offset in steps:
        now += step
        written.append(tag(kind, now, is_key=is_key, offset=offset))
    outputs = [remux.push(each) for each in [*HEADERS, *written]] + [remux.end()]
    for kind in (TagKind.VIDEO, TagKind.AUDIO):
        told = [output[kind] for output in outputs if kind in output]
        content, reader = b"".join(told), TrackReader()
        read = [piece for at in range(0, len(content), cut) for piece in reader.receive(content[at : at + cut])]
        assert [piece for one in told for piece in TrackReader().receive(one)] == read


def test_what_was_written_is_not_read_again(monkeypatch, forge):
    written = Written(forge.track(), forge.fragment(forge.track(), forge.samples([3000])))
    monkeypatch.setattr(pieces, "read_fragment", lambda *_: 1 // 0)

    assert written.pieces == TrackReader().receive(written)


def test_what_is_no_track_is_refused():
    with pytest.raises(MalformedMediaError):
        TrackReader().receive(b"\0\0\0\x08mdat")
