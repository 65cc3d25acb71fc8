"""Who may call what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.guard import Guarded, read_security

ADMIN, USER = frozenset({"admin", "user"}), frozenset({"user"})


class Thing(Guarded):
    def __init__(self, *alternatives):
        self.security = read_security(alternatives)


@pytest.mark.parametrize(
    ("alternatives", "kind", "scopes", "may"),
    [
        ([], None, USER, True),
        ([], "key", USER, True),
        ([{"key": []}], None, USER, False),
        ([{"key": []}], "key", frozenset(), True),
        ([{"key": []}], "token", ADMIN, False),
        ([{"key": []}, {"token": ["admin"]}], "token", ADMIN, True),
        ([{"key": []}, {"token": ["admin"]}], "token", USER, False),
        ([{"token": ["admin", "user"]}], "token", USER, False),
        ([{}, {"key": []}], None, frozenset(), True),
        ([{}, {"key": []}], "token", frozenset(), True),
        ([{"key": [], "token": []}], "key", ADMIN, False),
        ([{"key": []}, {"key": ["admin"]}], "key", USER, True),
    ],
)
def test_one_alternative_is_enough_with_all_that_it_asks_for(alternatives, kind, scopes, may):
    assert may == Thing(*alternatives).permits(kind, scopes)


def test_schemes_are_named_once_in_their_order():
    assert ("token", "key") == Thing({"token": ["admin"]}, {"key": []}, {"token": []}).schemes


@pytest.mark.parametrize(
    ("alternatives", "is_open"), [([], True), ([{}], True), ([{"key": []}, {}], True), ([{"key": []}], False)]
)
def test_nobody_is_needed_where_one_alternative_asks_for_nothing(alternatives, is_open):
    assert is_open == Thing(*alternatives).is_open


SCHEMES, SCOPES = st.sampled_from("abc"), st.sampled_from("xyz")


@given(st.lists(st.dictionaries(SCHEMES, st.lists(SCOPES))), st.none() | SCHEMES, st.sets(SCOPES), st.sets(SCOPES))
def test_holding_more_never_takes_away(alternatives, kind, scopes, more):
    thing = Thing(*alternatives)

    assert thing.permits(kind, scopes | more) >= thing.permits(kind, scopes)
    assert thing.permits(None, set()) == thing.is_open
