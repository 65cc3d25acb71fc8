"""Waiting for a file that is about to be written."""

import threading

import pytest

from offair.emulator.core.clock import Deadline
from offair.emulator.media.packager.arrivals import Arrivals, is_next_segment
from offair.emulator.media.packager.shelf import Shelf


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("abc-2.ts", True),
        ("abc-3.ts", False),
        ("abc-1.ts", False),
        ("abc-0.ts", False),
        ("abc-2.m4s", False),
        ("abc.ts", False),
    ],
)
def test_only_the_segment_after_the_last_one_is_next(tmp_path, name, expected):
    for there in ("abc-0.ts", "abc-1.ts"):
        (tmp_path / there).touch()

    assert expected == is_next_segment(tmp_path / name)


def test_a_file_that_comes_ends_the_wait(tmp_path):
    arrivals = Arrivals()
    shelf = Shelf(tmp_path, on_change=arrivals.wake)
    writer = threading.Timer(0.02, shelf.put, ("a.ts", b"x"))
    writer.start()
    came = arrivals.wait_until((tmp_path / "a.ts").is_file, Deadline(30), go_on=lambda: True)
    writer.join()

    assert came


def test_a_file_that_will_not_come_is_not_waited_for(tmp_path):
    assert not Arrivals().wait_until((tmp_path / "a.ts").is_file, Deadline(30), go_on=lambda: False)


def test_waiting_looks_again_when_woken(tmp_path):
    arrivals, hopes = Arrivals(), [True]
    thread = threading.Timer(0.02, lambda: (hopes.clear(), arrivals.wake()))
    thread.start()
    came = arrivals.wait_until((tmp_path / "a.ts").is_file, Deadline(30), go_on=lambda: bool(hopes))
    thread.join()

    assert not came


def test_waiting_ends_at_the_deadline(tmp_path):
    assert not Arrivals().wait_until((tmp_path / "a.ts").is_file, Deadline(0.01), go_on=lambda: True)
