"""The nearest name is told, and a few of many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.choosing import MOST, nearest_of, some_of

NAMES = st.lists(st.text("abc", min_size=1), unique=True)


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("listStreams", ["stopStream", "getStreams", "getPublicStreams"], "getStreams"),
        ("creatStream", ["getStream", "createStream", "deleteStream"], "createStream"),
        ("createStraem", ["createStreamOptions", "createTag", "createStream"], "createStream"),
        ("removeUser", ["renewUserKey", "deleteUser", "removeUsers"], "removeUsers"),
        ("stream.begun", ["stream.idle", "stream.started"], "stream.idle"),
    ],
)
def test_a_whole_word_counts_for_more_than_letters_in_a_row(name, known, near):
    assert f" (did you mean {near}?)" == nearest_of(name, known)


def test_where_none_is_near_none_is_told():
    assert "" == nearest_of("watermelon", ["getStream", "getTags"])


@given(NAMES)
def test_all_names_are_listed_or_counted(names):
    listed, _, more = some_of(names).partition(" and ")
    counted = int(more.removesuffix(" more") or 0)

    assert len(names) == counted + (len(listed.split(", ")) if names else 0)
    assert len(listed.split(", ")) <= MOST
