"""What a seat knows of its encoder; where time counts none is given, so that it is over at once."""

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.media.broadcast.seat import Seat
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.listening.numbers.source import SourceMeter

PICTURE = Tag(TagKind.VIDEO, 0, b"\x17\x01" + bytes(40))
STUFFING = Tag(TagKind.SCRIPT, 0, bytes(40))


@pytest.fixture(name="meter")
def _meter():
    return SourceMeter(lambda: 0.0)


@pytest.fixture(name="seat")
def _seat():
    return Seat(print, None, "flv", clock=Clock(), stale_after=0.0, on_fault=print)


def test_who_sends_bytes_without_pictures_or_sound_is_mute(seat, meter):
    seat.measure(meter, (PICTURE,))
    seat.measure(meter, (STUFFING,))

    assert seat.is_mute


def test_a_picture_ends_it(seat, meter):
    seat.measure(meter, (STUFFING,))
    seat.measure(meter, (PICTURE,))

    assert not seat.is_mute


def test_who_was_not_heard_for_a_while_is_not_mute(seat, meter):
    """A transcoder that hangs holds the feed: nothing is heard, and the encoder has no part in it."""
    seat.measure(meter, (PICTURE,))

    assert not seat.is_mute
