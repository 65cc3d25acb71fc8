"""Numbers and moments as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.console import words


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, ""), (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (7_300, "2 h"), (200_000, "2 d")]
)
def test_a_span_is_said_in_the_largest_unit_that_it_fills(seconds, said):
    assert said == words.span(seconds)


@pytest.mark.parametrize(
    ("bits", "said"), [(None, ""), (0, "0 kbit/s"), (640_400, "640 kbit/s"), (2_449_000, "2.4 Mbit/s")]
)
def test_a_rate_is_said_in_a_unit_that_fits(bits, said):
    assert said == words.bitrate(bits)


@pytest.mark.parametrize(("count", "said"), [(None, ""), (12, "12 B"), (2048, "2.0 kB"), (3 << 20, "3.0 MB")])
def test_a_size_is_said_in_a_unit_that_fits(count, said):
    assert said == words.size(count)


def test_a_moment_is_told_to_the_millisecond():
    assert ("12:15:30.250", "2026-04-16 12:15:30") == (words.moment(1776341730.25), words.day(1776341730.25))


@given(st.floats(min_value=0, max_value=253402300799 * 2, allow_nan=False))
def test_no_moment_of_a_clock_breaks_a_page(at):
    assert all((words.moment(at), words.stamp(at), words.day(at)))
