"""When things are shown: by arrival, then by what the sender reports, and never by a single odd report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.ingest.whip.rtcp import SenderReport
from offair.emulator.media.ingest.whip.timeline import FEWEST, TOLERABLE, LipSync, TrackClock

WALL = 3_900_000_000.0


def report(timestamp, wall):
    return SenderReport(source=1, wall=wall, middle=0, timestamp=timestamp % (1 << 32))


def test_a_track_begins_when_it_comes_and_goes_on_by_its_own_clock():
    clock = TrackClock(90_000)

    assert [5.0, 5.5, 5.25] == [clock.place(stamp, now) for stamp, now in ((1000, 5.0), (46_000, 9.0), (23_500, 9.0))]


@given(st.integers(0, (1 << 32) - 1), st.lists(st.integers(1, 90_000 * 60), min_size=1, max_size=50))
def test_timestamps_wrap_and_time_does_not(first, steps):
    clock, at = TrackClock(90_000), first
    clock.place(first, 0.0)
    for step in steps:
        at += step
        assert (at - first) / 90_000 == pytest.approx(clock.place(at % (1 << 32), 0.0))


def test_a_restart_goes_on_from_when_it_comes():
    clock = TrackClock(48_000)
    clock.place(7, 1.0)
    clock.restart()

    assert (None, 9.0) == (clock.lead(report(7, WALL)), clock.place(4_000_000_000, 9.0))


@given(st.floats(-1, 1), st.integers(0, 2))
def test_sound_is_moved_by_what_most_reports_say(gap, odd):
    video, audio, sync = TrackClock(90_000), TrackClock(48_000), LipSync()
    video.place(0, 10.0)
    audio.place(0, 10.0)
    for number in range(7):
        late = 0.288 if number == odd else 0.0
        sync.note("video", video.lead(report(number * 90_000, WALL + number)), 10.0 + number)
        sync.note("audio", audio.lead(report(number * 48_000, WALL + gap + number + late)), 10.1 + number)

    assert abs(sync.shift - gap) <= TOLERABLE + 0.01


def test_one_report_moves_nothing():
    sync = LipSync()
    for number in range(FEWEST - 1):
        sync.note("video", WALL, number)
        sync.note("audio", WALL + 0.288, number)

    assert sync.shift in {0.0}


def test_reports_that_do_not_belong_together_and_clocks_that_cannot_be_are_left_out():
    sync = LipSync()
    for number in range(30):
        sync.note("video", WALL, number * 10.0)
        sync.note("audio", WALL + 0.5, number * 10.0 + 3)
    for number in range(30):
        sync.note("video", WALL, 1000.0 + number)
        sync.note("audio", WALL + 900.0, 1000.0 + number)

    assert 0.0 == sync.shift
