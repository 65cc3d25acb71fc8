from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.boxes import MalformedMediaError, Splitter, box, boxes, find, need

STREAM = b"".join(
    [
        *(box(b"ftyp", b"iso5"), box(b"moov", b"tracks")),
        *(box(b"styp", b"msdh"), box(b"moof", b"first"), box(b"mdat", b"pictures" * 50)),
        *(box(b"moof", b"second"), b"\0\0\0\1mdat" + (16 + 3).to_bytes(8) + b"abc"),
    ]
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_how_a_stream_was_split_on_its_way_makes_no_difference(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    splitter = Splitter()
    pieces = [piece for begin, end in pairwise(edges) for piece in splitter.push(STREAM[begin:end])]
    assert Splitter().push(STREAM) == pieces
    assert ["init", "fragment", "fragment"] == [piece.kind for piece in pieces]


def test_what_players_do_not_need_is_left_out():
    assert b"styp" not in Splitter().push(STREAM)[1].content


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (box(b"moof", b""), "expected"),
        (box(b"ftyp", b"") + box(b"moof", b""), "expected"),
        (b"FLV\1\5\0\0\0\x09", "bytes long"),
        (b"\0\0\0\1mdat" + bytes(8), "bytes long"),
        (b"\0\0\0\0mdat", "bytes long"),
    ],
)
def test_a_stream_of_something_else_is_refused(stream, words):
    with pytest.raises(MalformedMediaError, match=words):
        Splitter().push(stream)


def test_a_box_cannot_be_longer_than_its_parent():
    parent = box(b"moov", (100).to_bytes(4) + b"trak")
    with pytest.raises(MalformedMediaError, match="longer than what holds it"):
        find(parent, b"moov", b"trak")


def test_a_missing_box_is_named_with_its_path():
    with pytest.raises(MalformedMediaError, match="moov/trak"):
        need(box(b"moov"), b"moov", b"trak")


@given(st.binary(max_size=64))
def test_any_bytes_are_boxes_or_malformed(content):
    try:
        found = list(boxes(content))
    except MalformedMediaError:
        return
    assert len(content) == sum(one.end - one.start for one in found)
