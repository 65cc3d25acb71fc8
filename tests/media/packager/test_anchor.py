"""The moment from which the dates of a run are reckoned; the clock is moved by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.packager.anchor import Anchor


class Hand:
    def __init__(self) -> None:
        self.now = 1_000.0

    def wall(self) -> float:
        return self.now


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=50))
def test_nothing_that_came_ends_ahead_of_the_clock(waits):
    hand = Hand()
    anchor = Anchor(hand.wall, 0.0)
    for count, wait in enumerate(waits, 1):
        hand.now += wait
        anchor.note(count * 0.5)

        assert anchor.zero + count * 0.5 <= hand.now + 1e-6


def test_it_is_not_fixed_while_an_encoder_runs_ahead():
    hand = Hand()
    anchor = Anchor(hand.wall, 0.0)
    for end in (0.5, 1.0, 1.5):
        anchor.note(end)
        hand.now += 0.02

    assert not anchor.settles()
    hand.now += 0.1
    assert anchor.settles()


def test_one_who_always_runs_ahead_is_not_waited_for_for_ever():
    hand = Hand()
    anchor = Anchor(hand.wall, 0.0)
    anchor.note(0.0)
    seen = []
    for count in range(1, 60):
        hand.now += 0.01
        anchor.note(count * 0.075)
        seen.append(anchor.settles())

    assert 48 <= seen.index(True) <= 52


def test_who_sends_a_file_is_not_waited_for():
    hand = Hand()
    anchor = Anchor(hand.wall, 0.0)
    for end in (0.5, 3.0, 6.0):
        anchor.note(end)

    assert anchor.settles()


@pytest.mark.parametrize(("end", "is_due"), [(0.9, True), (1.05, True), (1.2, False), (5.0, False), (6.1, True)])
def test_what_is_ahead_of_the_clock_waits_unless_the_clock_was_moved(end, is_due):
    hand = Hand()
    anchor = Anchor(hand.wall, 0.0)

    assert is_due is anchor.is_due(end, hand.now - 1.0)
