"""Packets in their order, whatever the network does."""

import webrtc
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.ingest.whip.lineup import MOST, MOST_ASKED, Lineup
from offair.emulator.media.ingest.whip.rtp import RtpPacket

HOLD = 0.25


def made(number: int) -> RtpPacket:
    return RtpPacket.read(webrtc.packet(number, 0, b"x"))


def numbers(packets):
    return [packet.number for packet, _ in packets]


@st.composite
def arrivals(draw):
    """Numbers across a wrap, each maybe twice, none more than some places from its own; the first is first."""
    first, count = draw(st.integers(65_500, 65_535)), draw(st.integers(1, 80))
    places = [(0.0, 0)]
    for place in range(1, count):
        shifts = draw(st.lists(st.integers(-6, 6), min_size=1, max_size=2))
        places += [(max(place + shift, 0.5), place) for shift in shifts]
    return [(first + place) % 65_536 for _, place in sorted(places)], [(first + n) % 65_536 for n in range(count)]


@given(arrivals())
def test_any_order_with_doubles_becomes_the_right_one(drawn):
    came, meant = drawn
    lineup = Lineup(HOLD)
    out = [packet for number in came for packet in lineup.push(made(number), 0.0)]

    assert (meant, False) == (numbers(out), any(is_after_gap for _, is_after_gap in out))
    assert not lineup.has_gaps


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_what_is_lost_is_given_up_after_a_while_and_marked(kept):
    lineup, out = Lineup(HOLD), list(Lineup(HOLD).pop(0.0))
    for number, is_kept in enumerate([True, *kept, True]):
        if is_kept:
            out += lineup.push(made(number), number / 100)
    out += lineup.pop(10.0)

    expected = [number for number, is_kept in enumerate([True, *kept, True]) if is_kept]
    gaps = [one for one, before in zip(expected[1:], expected, strict=False) if one - before > 1]
    assert expected == numbers(out)
    assert gaps == [packet.number for packet, is_after_gap in out if is_after_gap]


def test_nothing_waits_longer_than_it_may():
    lineup = Lineup(HOLD)
    list(lineup.push(made(1), 0.0))
    early = numbers(lineup.push(made(3), 0.1))

    assert ([], [], [3]) == (early, numbers(lineup.pop(0.34)), numbers(lineup.pop(0.36)))


def test_a_missing_packet_is_asked_for_soon_and_again_and_not_for_ever():
    lineup = Lineup(60.0)
    list(lineup.push(made(1), 0.0))
    list(lineup.push(made(4), 1.0))
    asked = [lineup.wanted(1.0 + step / 1000) for step in range(1000)]

    assert ([], [2, 3]) == (asked[0], next(filter(None, asked)))
    assert MOST_ASKED == sum(map(bool, asked))


def test_a_repeat_fills_a_gap_and_begins_nothing():
    lineup = Lineup(HOLD)
    nothing = list(lineup.push(made(5), 0.0, is_repeat=True))
    out = [numbers(lineup.push(made(number), 0.0)) for number in (1, 3)]

    assert ([], [[1], []], [2, 3]) == (nothing, out, numbers(lineup.push(made(2), 0.1, is_repeat=True)))


def test_a_sender_that_counts_anew_is_followed_from_its_second_packet_on():
    lineup = Lineup(HOLD)
    out = [list(lineup.push(made(number), 0.0)) for number in (1, 2, 30_000, 30_001, 30_002)]

    assert [[1], [2], [], [30_001], [30_002]] == [numbers(packets) for packets in out]
    assert [True] == [is_after_gap for _, is_after_gap in out[3]]


def test_a_single_stranger_changes_nothing():
    lineup = Lineup(HOLD)
    out = [numbers(lineup.push(made(number), 0.0)) for number in (1, 30_000, 2, 3)]

    assert [[1], [], [2], [3]] == out


@given(st.lists(st.integers(0, 65_535), max_size=300), st.floats(0, 1))
def test_any_numbers_cost_bounded_memory(came, step):
    lineup = Lineup(HOLD)
    for place, number in enumerate(came):
        list(lineup.push(made(number), place * step))

        assert len(lineup._waiting) <= MOST
        assert len(lineup._missing) <= 2 * MOST
