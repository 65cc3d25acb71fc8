"""What a request asks in its query, in the order in which it came."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.provider.query import NOTHING, Query

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PAIRS = st.lists(st.tuples(TEXT, TEXT))


@given(PAIRS)
def test_what_was_written_is_read_with_every_value_in_order(pairs):
    query = Query.of(urlencode(pairs))
    names = dict.fromkeys(name for name, _ in pairs)

    assert (list(names), {name: tuple(v for n, v in pairs if n == name) for name in names}) == (
        list(query),
        {name: query.all(name) for name in query},
    )


@given(PAIRS.filter(bool))
def test_it_reads_like_a_mapping_to_the_first_value(pairs):
    query = Query(pairs)
    name, _ = pairs[0]

    assert (next(v for n, v in pairs if n == name), len(dict(pairs)), True) == (query[name], len(query), name in query)


@pytest.mark.parametrize("text", ["", "&", "&&"])
def test_nothing_asks_nothing(text):
    assert ({}, (), None) == (dict(query := Query.of(text)), query.all("x"), query.get("x"))


def test_a_name_without_a_value_has_an_empty_one():
    assert {"a": "", "b": "1"} == dict(Query.of("a&b=1"))


def test_what_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        NOTHING["x"]


@given(st.text())
def test_any_text_is_read(text):
    assert isinstance(Query.of(text.encode("utf-8", "surrogatepass").decode("latin-1")), Query)


@pytest.mark.parametrize(("text", "number"), [("", 7), ("a=12", 12), ("a=2.0", 2), ("a=1e1", 10)])
def test_a_whole_number_is_read_however_it_is_written(text, number):
    assert number == Query.of(text).whole("a", 7)


@pytest.mark.parametrize(("text", "error"), [("", ValueError), ("x", ValueError), ("9" * 400, OverflowError)])
def test_what_is_no_number_that_json_can_say_is_none(text, error):
    with pytest.raises(error):
        Query.of(f"a={text}").whole("a", 7)
