"""Amounts a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.listening.numbers.rate import Rate


class _Hand:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_no_rate(hand):
    assert 0.0 == Rate(hand).per_second()


def test_one_arrival_is_no_rate_yet(hand):
    rate = Rate(hand)
    rate.add(10)

    assert (0.0, 10) == (rate.per_second(), rate.total)


@given(fps=st.integers(1, 120), size=st.integers(1, 100_000), seconds=st.floats(2.5, 30), look=st.floats(0, 0.5))
def test_a_steady_stream_has_its_rate_whenever_one_looks(fps, size, seconds, look):
    hand = _Hand()
    rate = Rate(hand)
    for number in range(int(seconds * fps)):
        hand.now = number / fps
        rate.add(size)
    hand.now += look / fps

    assert fps * size == pytest.approx(rate.per_second(), rel=0.001)


def test_pieces_of_half_a_second_make_no_saw_teeth(hand):
    rate = Rate(hand)
    seen = []
    for _ in range(20):
        rate.add(12)
        for _ in range(4):
            hand.now += 0.125
            seen.append(rate.per_second())

    assert {24.0} == set(seen[8:])


def test_a_stall_brings_the_rate_down_to_nothing(hand):
    rate = Rate(hand)
    for _ in range(125):
        hand.now += 0.04
        rate.add(1)
    seen = []
    for _ in range(6):
        hand.now += 1
        seen.append(rate.per_second())

    assert seen == sorted(seen, reverse=True)
    assert (True, 0.0) == (seen[0] < 25, seen[-1])


def test_the_total_never_forgets(hand):
    rate = Rate(hand)
    for _ in range(100):
        hand.now += 1
        rate.add(3)

    assert 300 == rate.total


def test_a_flood_takes_no_more_memory_than_a_trickle(hand):
    rate = Rate(hand)
    for _ in range(10_000):
        hand.now += 0.001
        rate.add(1)

    assert len(rate._moments) <= 52
    assert 1000 == pytest.approx(rate.per_second(), rel=0.001)
