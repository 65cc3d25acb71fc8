from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.clock import FOREVER, Clock, rfc3339


def test_a_frozen_clock_stands_still():
    clock = Clock()
    clock.freeze(at=1000.0)

    assert [1000.0, 1000.0] == [clock.now(), clock.now()]


def test_advancing_moves_a_frozen_clock_exactly():
    clock = Clock()
    clock.freeze(at=1000.0)
    clock.advance(61.5)

    assert 1061.5 == clock.now()


def test_a_scaled_clock_divides_the_wait():
    clock = Clock()
    clock.run(rate=100.0, at=0.0)

    assert clock.seconds_until(1000.0) == pytest.approx(10.0, abs=0.1)


def test_a_moment_ahead_of_a_frozen_clock_never_comes():
    clock = Clock()
    clock.freeze(at=1000.0)

    assert FOREVER == clock.seconds_until(1000.1)


def test_a_moment_that_has_come_needs_no_wait():
    clock = Clock()
    clock.freeze(at=1000.0)

    assert 0.0 == clock.seconds_until(1000.0)


def test_moving_the_clock_tells_its_listeners():
    clock, heard = Clock(), []
    clock.on_change(lambda: heard.append(clock.now()))
    clock.freeze(at=5.0)
    clock.advance(1.0)

    assert [5.0, 6.0] == heard


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
def test_cloud_time_only_goes_forward(seconds):
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(seconds)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf")])
def test_a_clock_that_runs_has_a_rate_above_zero(rate):
    with pytest.raises(ValueError, match="freeze"):
        Clock().run(rate=rate)


def test_freezing_the_cloud_does_not_touch_real_deadlines():
    clock = Clock()
    clock.freeze()

    assert clock.deadline(0.0).is_over


def test_times_are_written_as_whole_seconds_in_utc():
    assert "2026-04-26T10:15:30Z" == rfc3339(1777198530.999)


def test_after_the_year_9999_it_stays_the_last_second():
    assert "9999-12-31T23:59:59Z" == rfc3339(1e12)


@given(seconds=st.floats(0, 253_402_300_799, allow_nan=False), places=st.integers(0, 6))
def test_a_time_has_as_many_places_as_wanted_and_is_never_ahead(seconds, places):
    text = rfc3339(seconds, places)
    read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    behind = seconds - read.replace(microsecond=0).timestamp() - (float(text[19:-1] or 0))

    assert (places + (places > 0), True) == (len(text) - 20, -1e-4 <= behind < 10.0**-places + 1e-4)


def test_a_fraction_is_cut_off_and_never_rounded():
    assert "2001-09-09T01:46:40.999Z" == rfc3339(1_000_000_000.9999, 3)


@pytest.mark.parametrize(("moment", "seconds"), [(990.0, 10.0), (1000.0, 0.0), (1010.0, 0.0)])
def test_what_is_ahead_was_no_while_ago(moment, seconds):
    clock = Clock()
    clock.freeze(at=1000.0)

    assert seconds == clock.since(moment)
