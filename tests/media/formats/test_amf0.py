"""AMF0 is what the commands of RTMP and the metadata of FLV are written in."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.amf0 import Date, EcmaArray
from offair.emulator.media.formats.errors import ProtocolError

numbers = st.floats(allow_nan=False)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=20) | st.builds(Date, numbers, st.integers(-720, 720))
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4).map(EcmaArray)
    ),
    max_leaves=12,
)


@given(st.lists(values, max_size=4))
def test_what_was_written_is_read_again(given):
    assert given == amf0.decode(amf0.encode(*given))


@given(st.dictionaries(st.text(max_size=8), leaves, max_size=3))
def test_an_ecma_array_stays_one(fields):
    (read,) = amf0.decode(amf0.encode(EcmaArray(fields)))

    assert isinstance(read, EcmaArray)


@given(st.binary(max_size=200))
def test_any_bytes_are_values_or_a_protocol_error(data):
    with suppress(ProtocolError):
        amf0.decode(data)


@given(st.lists(values, min_size=1, max_size=3), st.data())
def test_values_that_are_cut_are_refused_or_fewer(given, data):
    whole = amf0.encode(*given)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        read = amf0.decode(cut)
    except ProtocolError:
        return

    assert given[: len(read)] == read
    assert len(read) < len(given)


def test_a_string_of_64_kb_is_written_as_a_long_one():
    text = "x" * 65_536

    assert amf0.encode(text).startswith(b"\x0c\x00\x01\x00\x00")
    assert [text] == amf0.decode(amf0.encode(text))


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b"\x06", None, id="undefined"),
        pytest.param(b"\x0d", None, id="unsupported"),
        pytest.param(b"\x0f\x00\x00\x00\x04<a/>", "<a/>", id="xml"),
        pytest.param(b"\x10\x00\x01C\x00\x01a\x05\x00\x00\x09", {"a": None}, id="typed-object"),
        pytest.param(b"\x08\xff\xff\xff\xff\x00\x01a\x05\x00\x00\x09", {"a": None}, id="array-with-a-wrong-count"),
        pytest.param(b"\x02\x00\x01\xff", "\N{REPLACEMENT CHARACTER}", id="not-utf-8"),
    ],
)
def test_unusual_values_are_read(data, value):
    assert [value] == amf0.decode(data)


@pytest.mark.parametrize("marker", [4, 7, 9, 14, 17, 18, 255])
def test_markers_that_no_encoder_sends_are_refused(marker):
    with pytest.raises(ProtocolError, match=f"marker {marker:#04x}"):
        amf0.decode(bytes((marker,)) + bytes(8))


def test_endless_nesting_is_refused():
    with pytest.raises(ProtocolError, match="nest deeper"):
        amf0.decode(b"\x0a\x00\x00\x00\x01" * 10_000 + b"\x05")


def test_an_array_cannot_claim_more_values_than_bytes():
    with pytest.raises(ProtocolError, match="claims 4294967295 values"):
        amf0.decode(struct.pack(">BI", 10, 0xFFFFFFFF) + b"\x05")


def test_a_property_name_that_does_not_fit_is_not_written():
    with pytest.raises(ValueError, match="at most 65535 bytes"):
        amf0.encode({"x" * 65_536: None})
