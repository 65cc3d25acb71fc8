import threading

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.core.timers import Timers


@pytest.fixture(name="clock")
def _clock():
    clock = Clock()
    clock.freeze(at=0.0)
    return clock


@pytest.fixture(name="errors")
def _errors():
    return []


@pytest.fixture(name="timers")
def _timers(clock, errors):
    timers = Timers(clock, errors.append)
    timers.start()
    yield timers
    timers.close()


def test_an_action_waits_for_the_clouds_time_and_not_for_the_real_one(clock, timers):
    done = threading.Event()
    timers.at(3600.0, done.set)
    early = done.wait(0.05)
    clock.advance(3600.0)

    assert (False, True) == (early, done.wait(30))


def test_a_real_timer_runs_on_while_the_cloud_is_frozen(timers):
    done = threading.Event()
    timers.after(0.01, done.set)

    assert done.wait(30)


def test_actions_come_in_the_order_of_their_moments(clock, timers):
    order, done = [], threading.Event()
    timers.at(2.0, lambda: order.append(2))
    timers.at(1.0, lambda: order.append(1))
    timers.at(3.0, done.set)
    clock.advance(3.0)
    done.wait(30)

    assert [1, 2] == order


def test_a_cancelled_action_is_not_done(clock, timers):
    order, done = [], threading.Event()
    cancel = timers.at(1.0, lambda: order.append("cancelled"))
    timers.at(2.0, done.set)
    cancel()
    clock.advance(2.0)
    done.wait(30)

    assert [] == order


def test_an_action_that_fails_does_not_silence_the_next(clock, timers, errors):
    done = threading.Event()
    timers.at(1.0, lambda: 1 / 0)
    timers.at(2.0, done.set)
    clock.advance(2.0)

    assert (True, [ZeroDivisionError]) == (done.wait(30), [type(error) for error in errors])


def test_closing_twice_is_fine(clock):
    timers = Timers(clock, print)
    timers.start()
    timers.close()
    timers.close()


def test_who_waits_until_the_timers_rest_finds_done_what_was_due(clock, timers):
    done = []
    for moment in (1.0, 2.0, 3.0):
        timers.at(moment, lambda moment=moment: done.append(moment))
    clock.advance(2.0)

    assert (True, [1.0, 2.0]) == (timers.settle(30), done)


def test_who_waits_until_the_timers_rest_does_not_wait_for_ever(clock, timers):
    held, begun = threading.Event(), threading.Event()
    timers.at(1.0, lambda: (begun.set(), held.wait(30)))
    clock.advance(1.0)
    begun.wait(30)
    is_settled = timers.settle(0.01)
    held.set()

    assert not is_settled
