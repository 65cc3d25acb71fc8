"""Forms, as fields and as the objects that schemas make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.forms import read_form, read_multipart, shape, write_form
from offair.contracts.schema import Schema

BOX = Schema(
    {
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "sizes[]": {"type": "array", "items": {"type": "integer"}},
            "is_open": {"type": ["boolean", "null"]},
            "lid": {"$ref": "#/components/schemas/Lid"},
        }
    },
    where="form",
    components={"schemas": {"Lid": {"type": "object"}}},
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FIELDS = st.lists(st.tuples(TEXT, TEXT))


@given(FIELDS)
def test_what_was_written_is_read(fields):
    assert fields == read_form(write_form(fields))


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"", []),
        (b"a", [("a", "")]),
        (b"a=1&a=&b=%C3%A9+x", [("a", "1"), ("a", ""), ("b", "é x")]),
        ("tags[]=é".encode(), [("tags[]", "é")]),
        (b"a=b=c&&", [("a", "b=c")]),
    ],
)
def test_a_form_is_read_as_browsers_write_it(content, fields):
    assert fields == read_form(content)


@pytest.mark.parametrize("content", [b"a=%ff", b"\xff=1"])
def test_a_form_that_is_not_utf_8_is_refused(content):
    with pytest.raises(UnicodeDecodeError):
        read_form(content)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ([("name", "7"), ("size", "7")], {"name": "7", "size": 7}),
        ([("tags", "a"), ("tags", "b")], {"tags": ["a", "b"]}),
        ([("tags[]", "a")], {"tags": ["a"]}),
        ([("sizes[]", "1"), ("sizes[]", "x")], {"sizes[]": [1, "x"]}),
        ([("size", "1"), ("size", "2"), ("other", "1"), ("other[]", "2")], {"size": 2, "other": "1", "other[]": "2"}),
        ([("is_open", "true"), ("lid", '{"a":1}')], {"is_open": True, "lid": {"a": 1}}),
        ([("is_open", "null"), ("lid", "[]")], {"is_open": "null", "lid": "[]"}),
    ],
)
def test_a_schema_says_what_the_fields_are(fields, value):
    assert value == shape(fields, BOX)


@given(st.permutations([("name", "a"), ("size", "3"), ("tags", "x"), ("sizes[]", "1"), ("is_open", "true"), ("?", "")]))
def test_fields_mean_the_same_in_any_order(fields):
    value = {"name": "a", "size": 3, "tags": ["x"], "sizes[]": [1], "is_open": True, "?": ""}

    assert value == shape(fields, BOX)


def multipart(*parts):
    return b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + b"--X--\r\n"


def part(head, content=b"1"):
    return f"Content-Disposition: form-data; {head}\r\n\r\n".encode() + content


PNG = part('name="file"; filename="a.png"\r\nContent-Type: image/png', b"\x89PNG\r\n\x1a\n\0\xff\n\r")


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (multipart(part('name="a"')), [("a", "1")]),
        (multipart(part("name=a", "é\r\n".encode()), PNG), [("a", "é\r\n"), ("file", "a.png")]),
        (multipart(part('name="file"; filename=""', b""), part('name="b"', b"")), [("b", "")]),
        (multipart(part("name=\"file\"; filename*=UTF-8''%C3%A9.png")), [("file", "é.png")]),
        (multipart(part('name="a"'), part('name="a"', b"2")), [("a", "1"), ("a", "2")]),
    ],
)
def test_a_file_in_a_form_stands_as_its_name(content, fields):
    assert fields == read_multipart("multipart/form-data; boundary=X", content)


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("multipart/form-data", multipart(part('name="a"'))),
        ("multipart/form-data; boundary=Y", multipart(part('name="a"'))),
        ("multipart/form-data; boundary=X", b""),
        ("multipart/form-data; boundary=X", multipart(b"Content-Type: text/plain\r\n\r\n1")),
        ("multipart/form-data; boundary=X", multipart(part('name="a"', b"\xff"))),
    ],
)
def test_parts_that_cannot_be_told_apart_are_refused(content_type, content):
    with pytest.raises(ValueError, match=r"part|utf-8"):
        read_multipart(content_type, content)


PIECES = st.sampled_from(
    [
        b"--X\r\n",
        b"--X--",
        b"\r\n",
        b"Content-Disposition: form-data",
        b"; name=",
        b'"',
        b"filename*=",
        b"utf-8''%",
        b":",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=4)).map(b"".join))
def test_no_bytes_raise_anything_but_a_value_error(content):
    try:
        fields = read_multipart("multipart/form-data; boundary=X", content)
    except ValueError:
        return
    assert all(isinstance(text, str) for field in fields for text in field)


@pytest.mark.parametrize("picture", [{"type": "string", "format": "binary"}, {"contentMediaType": "image/png"}])
def test_a_member_may_be_a_file(picture):
    form = Schema({"properties": {"name": {"type": "string"}, "picture": picture}}, where="form")

    assert {"picture"} == form.files
