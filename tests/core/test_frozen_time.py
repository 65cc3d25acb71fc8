"""Tests of others freeze and move Python's clocks: no deadline of ours stops, and what we tell goes on."""

import threading

import pytest
import time_machine
from freezegun import freeze_time

from offair.emulator.core.clock import Clock, Deadline
from offair.emulator.core.journal import Journal
from offair.emulator.core.timers import Timers

LONG = 30.0
WAYS = {
    "frozen": lambda: freeze_time("2012-01-14"),
    "leaping": lambda: freeze_time("2012-01-14", auto_tick_seconds=3600),
    "travelled": lambda: time_machine.travel(0, tick=False),
}


@pytest.fixture(autouse=True, params=WAYS)
def _elsewhen(request):
    with WAYS[request.param]():
        yield


def _real_seconds(seconds):
    """Wait without asking any clock of Python's."""
    threading.Event().wait(seconds)


def test_a_deadline_is_over_when_it_should_be():
    soon, late = Deadline(0.05), Deadline(LONG)
    _real_seconds(0.1)

    assert (True, False) == (soon.is_over, late.is_over)


def test_the_clouds_time_goes_on():
    clock = Clock()
    begun = clock.now()
    _real_seconds(0.05)

    assert 0.05 <= clock.now() - begun < LONG


def test_a_timer_calls_what_is_due():
    clock, is_called = Clock(), threading.Event()
    timers = Timers(clock, on_error=print)
    timers.start()
    timers.after(0.05, is_called.set)
    was_called = is_called.wait(LONG)
    timers.close()

    assert was_called


def test_whoever_waits_for_the_journal_gives_up():
    clock = Clock()

    assert Journal(clock, 10).wait_for({"kind": "move"}, clock.deadline(0.05)) is None
