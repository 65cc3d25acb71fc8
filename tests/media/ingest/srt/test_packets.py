"""Packets, sequence numbers and loss lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.ingest.srt.packets import (
    HEADER,
    MASK,
    Control,
    ControlType,
    destination,
    distance,
    following,
    is_control,
    loss_list,
    read_control,
)

numbers = st.integers(0, MASK)


@given(
    st.builds(
        Control,
        kind=st.sampled_from(ControlType),
        subkind=st.integers(0, 0xFFFF),
        info=st.integers(0, 0xFFFF_FFFF),
        timestamp=st.integers(0, 0xFFFF_FFFF),
        destination=st.integers(0, 0xFFFF_FFFF),
        body=st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=20).map(b"".join),
    )
)
def test_a_control_packet_is_read_as_it_was_written(packet):
    assert packet == read_control(packet.to_bytes())
    assert is_control(packet.to_bytes())
    assert packet.destination == destination(packet.to_bytes())


def test_a_shutdown_has_the_bytes_of_the_draft():
    written = Control(kind=ControlType.SHUTDOWN, timestamp=0x01020304, destination=0x0A0B0C0D).to_bytes()

    assert bytes.fromhex("80050000 00000000 01020304 0a0b0c0d 00000000") == written


@pytest.mark.parametrize("datagram", [b"", bytes(HEADER - 1), bytes(1501)])
def test_what_is_too_short_or_too_long_is_for_nobody(datagram):
    assert destination(datagram) is None


@given(numbers, st.integers(-(1 << 30), (1 << 30) - 1))
def test_numbers_are_compared_by_the_shorter_way_around(start, way):
    assert way == distance(start, (start + way) & MASK)


def test_after_the_last_number_comes_zero():
    assert 0 == following(MASK)
    assert 1 == distance(MASK, 0)


@given(numbers, st.sets(st.integers(0, 300), min_size=1))
def test_a_loss_list_names_what_is_missing_and_nothing_else(named_losses, start, steps):
    missing = [(start + step) & MASK for step in sorted(steps)]

    assert missing == named_losses(loss_list(missing, most=1 << 20))


def test_a_loss_list_stays_within_a_datagram(named_losses):
    missing = list(range(0, 20_000, 2))
    listed = loss_list(missing, most=1400)

    assert len(listed) <= 1400
    assert missing[: len(listed) // 4] == named_losses(listed)


def test_a_loss_list_uses_ranges():
    assert bytes.fromhex("80000005 00000009 0000000c") == loss_list([5, 6, 7, 8, 9, 12], most=100)
