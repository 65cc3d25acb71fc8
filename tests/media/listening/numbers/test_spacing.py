"""How far apart key frames are."""

import pytest

from offair.emulator.media.listening.numbers.spacing import Spacing


@pytest.mark.parametrize(
    ("moments", "seconds"), [((), None), ((3.0,), None), ((3.0, 5.0), 2.0), ((0.0, 2.0, 2.5), 0.5)]
)
def test_the_latest_two_key_frames_tell(moments, seconds):
    spacing = Spacing()
    for moment in moments:
        spacing.mark(moment)

    assert seconds == spacing.seconds


def test_time_that_runs_backwards_is_no_distance():
    spacing = Spacing()
    for moment in (10.0, 12.0, 0.0):
        spacing.mark(moment)
    after_a_reconnect = spacing.seconds
    spacing.mark(4.0)

    assert (2.0, 4.0) == (after_a_reconnect, spacing.seconds)
