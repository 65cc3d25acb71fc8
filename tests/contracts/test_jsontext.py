"""JSON text, read strictly."""

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.jsontext import NotJsonError, objects_in, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(VALUES)
def test_what_was_written_is_read(value):
    assert value == parse(json.dumps(value).encode()) == parse(json.dumps(value, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        (b"", 0),
        (b"[1,]", 3),
        (b"[NaN]", 1),
        (b"[Infinity]", 1),
        (b'"\x01"', 1),
        (b'"\\ud800"', 8),
        (b"\xef\xbb\xbf{}", 0),
        (b'"\xff"', 3),
        ('"é"'.encode("utf-16"), 0),
        (b"1 2", 3),
        (b"01", 1),
        (b"[" * 100_000, 0),
        (b"1e400", 5),
        (b"[" + b"9" * 309 + b"]", 310),
        (b'{"a":-' + b"9" * 400 + b"}", 315),
    ],
)
def test_what_is_no_json_is_told_with_the_byte(text, offset):
    with pytest.raises(NotJsonError) as told:
        parse(text)

    assert offset == told.value.offset


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"2.0", 2),
        (b"2.5", 2.5),
        (b"1e3", 1000),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"9" * 40, 10**40 - 1),
        (b'"' + b"9" * 400 + b'"', "9" * 400),
        (b"1" + b"0" * 308, 10**308),
    ],
)
def test_a_whole_number_is_an_integer_and_the_last_of_one_name_stands(text, value):
    read = parse(text)

    assert (value, type(value)) == (read, type(read))


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise_anything_else(text):
    with suppress(NotJsonError):
        value = parse(text)
        assert not isinstance(value, float) or math.isfinite(value)


def test_every_object_is_found_however_deep_the_outermost_first():
    inner, outer = {"c": 1}, {"b": [7, [{"c": 1}]]}

    assert [{"a": outer}, outer, inner] == [*objects_in({"a": outer})]
    assert [] == [*objects_in([1, "a", None, []])]
