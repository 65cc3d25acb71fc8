"""Numbers as lines."""

from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.console.plots import HEIGHT, WIDTH, plot

numbers = st.lists(st.one_of(st.none(), st.floats(min_value=0, max_value=1e12)), max_size=40)


@given(numbers)
def test_every_point_of_a_line_is_within_its_box(values):
    points = [tuple(map(float, pair.split(","))) for pair in plot(values).points.split()]

    assert [] == [(x, y) for x, y in points if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT)]


@given(numbers)
def test_the_newest_number_that_is_known_is_told(values):
    known = [value for value in values if value is not None]

    assert (known[-1] if known else None) == plot(values).last


def test_one_number_is_no_line():
    assert "" == plot([3.0]).points


def test_the_ground_below_a_line_begins_and_ends_where_the_line_does():
    drawn = plot([0.0, 1.0], width=10, height=6)

    assert ("0.0,4.0 10.0,2.0", "0.0,6 0.0,4.0 10.0,2.0 10.0,6") == (drawn.points, drawn.area)
