"""What is a number in a protocol, and what only looks like one."""

from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.digits import is_number

LOOK_ALIKES = ["", "-1", "+1", "1_0", " 1", "1.0", "\u00b2", "\u0663", "\u2460", "9" * 19, "9" * 5000, "NaN"]


def test_what_only_looks_like_a_number_is_none():
    assert [] == [text for text in LOOK_ALIKES if is_number(text)]


@given(st.integers(0, 10**18 - 1))
def test_every_number_that_is_counted_by_is_one(number):
    assert is_number(str(number))


@given(st.text(max_size=30))
def test_what_is_one_can_be_read(text):
    assert not is_number(text) or int(text) >= 0
