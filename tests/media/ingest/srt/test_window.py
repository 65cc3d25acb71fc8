"""The window: whatever the network does to the order, what leaves is in order, and nothing leaves twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.ingest.srt.packets import MASK
from offair.emulator.media.ingest.srt.window import SIZE, ReceiveWindow

starts = st.one_of(st.integers(0, MASK), st.integers(MASK - 30, MASK))  # the second wraps around soon


def name(step: int) -> bytes:
    return step.to_bytes(2)


def feed(window: ReceiveWindow, start: int, steps, now: float = 0.0) -> list[bytes]:
    return [left for step in steps for left in window.take((start + step) & MASK, name(step), now)[0]]


@given(starts, st.permutations(range(40)), st.lists(st.integers(0, 39)))
def test_every_packet_leaves_once_and_in_order_whatever_order_it_came_in(start, order, again):
    window = ReceiveWindow(start)
    left = feed(window, start, [*order, *again])

    assert [name(step) for step in range(40)] == left
    assert (len(again), 0, False) == (window.repeated, window.dropped, window.has_gaps)
    assert (start + 40) & MASK == window.next


@given(starts, st.lists(st.integers(0, 60), min_size=1), st.sets(st.integers(0, 60)))
def test_what_leaves_and_what_is_given_up_is_everything(start, came, expiries):
    window, left = ReceiveWindow(start), []
    for place, step in enumerate(came):
        left += feed(window, start, [step], float(place))
        if place in expiries:
            left += window.expire(place - 3.0)
    left += window.close()

    assert sorted(set(left)) == left
    assert max(came) + 1 == len(left) + window.dropped
    assert not window.has_gaps


@given(starts, st.sets(st.integers(0, 60), min_size=1))
def test_the_gaps_that_are_told_are_the_gaps(start, came):
    window = ReceiveWindow(start)
    gaps = []
    for step in sorted(came):
        gaps += window.take((start + step) & MASK, name(step), 0.0)[1]

    assert [step for step in range(max(came)) if step not in came] == [(number - start) & MASK for number in gaps]
    assert [number & MASK for number in gaps] == list(window.missing)


@settings(max_examples=80)
@given(
    starts,
    st.lists(
        st.tuples(st.sampled_from(["take", "give_up", "expire"]), st.integers(0, MASK), st.integers(0, MASK))
        | st.tuples(st.sampled_from(["take", "give_up"]), st.integers(0, 50), st.integers(0, 50)),
        max_size=60,
    ),
)
def test_nothing_that_a_peer_says_breaks_the_window(start, deeds):
    """Its bounds hold, and what holds up the rest is always the first that is missing."""
    window = ReceiveWindow(start)
    for now, (deed, one, other) in enumerate(deeds):
        if deed == "take":
            window.take((start + one) & MASK, b"", float(now))
        elif deed == "give_up":
            window.give_up((start + one) & MASK, (start + other) & MASK)
        else:
            window.expire(now - one % 5)
        assert 0 <= SIZE - window.room < SIZE
        assert window.next == next(window.missing, window.next)
        assert window.has_gaps or window.room == SIZE
        assert window.dropped >= 0


def test_a_packet_far_ahead_ends_the_wait_for_all_before_it():
    window = ReceiveWindow(0)
    feed(window, 0, [2])

    assert [b"\0\2", b"far"] == window.take(SIZE + 5, b"far", 0.0)[0]
    assert (SIZE + 4, SIZE + 6) == (window.dropped, window.next)


def test_what_is_missing_for_too_long_is_given_up():
    window = ReceiveWindow(0)
    feed(window, 0, [1], now=1.0)
    feed(window, 0, [3], now=2.0)

    assert [] == window.expire(0.9)
    assert [b"\0\1"] == window.expire(1.0)
    assert [b"\0\3"] == window.expire(2.0)
    assert 2 == window.dropped


def test_what_its_sender_dropped_is_not_waited_for():
    window = ReceiveWindow(0)
    feed(window, 0, [3, 6])

    assert [] == window.give_up(4, 5)
    assert [0, 1, 2] == list(window.missing)
    assert [b"\0\3", b"\0\6"] == window.give_up(0, 2)
    assert (5, 7) == (window.dropped, window.next)


def test_what_comes_after_it_was_given_up_is_a_repetition():
    window = ReceiveWindow(0)
    feed(window, 0, [5])
    window.give_up(2, 3)

    assert [] == feed(window, 0, [2])
    assert 1 == window.repeated
