"""Lanes keep order, share fairly by tenant and host, and lose nothing. What is driven waits for the test's word."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.core.clock import Clock
from offair.emulator.webhooks.lanes import OF_HOST, OF_TENANT, WIDTH, Lanes

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise

PATIENCE = 30.0


class Road:
    """Lanes of which the test sees what is under way, and says when it arrives."""

    def __init__(self):
        self.begun, self.arrived, self.errors = [], [], []
        self._may_arrive, self._is_open = set(), False
        self._changed = threading.Condition()
        self.lanes = Lanes(self._drive, self._hear)

    def enter(self, lane, thing, tenant="t", host="h"):
        self.lanes.enter(lane, thing, tenant=tenant, host=host)

    def until(self, *, begun):
        """Wait until so many have begun; tell which, sorted. More do not begin: nobody is left on the way there."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.begun) >= begun, PATIENCE), self.begun
        self.settle()
        with self._changed:
            return sorted(self.begun)

    def settle(self):
        """Wait until every thread drives something, or waits for more to do."""
        lanes = self.lanes
        with lanes._changed:
            is_quiet = lanes._changed.wait_for(
                lambda: lanes._choose() is None and lanes._idle + len(lanes._moving) == len(lanes._threads), 0.01
            )
        if not is_quiet:
            self.settle()

    def arrive(self, *things):
        with self._changed:
            self._may_arrive |= set(things)
            self._changed.notify_all()

    def open(self):
        """Let everything arrive."""
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def until_arrived(self, count):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.arrived) >= count, PATIENCE), self.arrived
            return list(self.arrived)

    def close(self):
        self.open()
        self.lanes.close()

    def _drive(self, thing):
        with self._changed:
            self.begun.append(thing)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_open or thing in self._may_arrive, PATIENCE)
            self.arrived.append(thing)
            self._changed.notify_all()
        if thing.startswith("broken"):
            raise ZeroDivisionError(thing)

    def _hear(self, error):
        self.errors.append(str(error))
        if "silent" in str(error):
            raise error


@pytest.fixture(name="road")
def _road():
    road = Road()
    yield road
    road.close()


def test_one_lane_moves_one_thing_at_a_time_in_order(road):
    for thing in "abc":
        road.enter("lane", thing)
    before = road.until(begun=1)
    road.open()

    assert (["a"], ["a", "b", "c"]) == (before, road.until_arrived(3))


def test_another_lane_is_not_held_back(road):
    road.enter("slow", "a")
    road.enter("fast", "b")

    assert ["a", "b"] == road.until(begun=2)


def test_no_more_than_a_few_call_the_same_host(road):
    for number in range(WIDTH):
        road.enter(f"lane {number}", f"{number:02}", tenant=f"t{number}", host="hung")

    assert OF_HOST == len(road.until(begun=OF_HOST))


def test_no_more_than_some_are_of_one_tenant(road):
    for number in range(WIDTH):
        road.enter(f"lane {number}", f"{number:02}", tenant="t", host=f"h{number}")

    assert OF_TENANT == len(road.until(begun=OF_TENANT))


def test_hung_receivers_of_one_tenant_do_not_hold_another_tenants_hook(road):
    for number in range(16):
        road.enter(f"hung {number}", f"hung {number}", tenant="hung", host=f"h{number}")
    road.until(begun=OF_TENANT)
    road.enter("other", "other", tenant="other", host="o")

    assert "other" in road.until(begun=OF_TENANT + 1)


def test_a_hung_host_does_not_hold_another_host_of_the_same_tenant(road):
    for number in range(16):
        road.enter(f"hung {number}", f"hung {number}", host="hung")
    road.until(begun=OF_HOST)
    road.enter("other", "other", host="other")

    assert "other" in road.until(begun=OF_HOST + 1)


def test_some_tenants_all_of_whose_receivers_hang_leave_room_for_others(road):
    for tenant in range(5):
        for number in range(OF_TENANT):
            road.enter(f"{tenant} {number}", f"hung {tenant} {number}", tenant=f"t{tenant}", host=f"{tenant} {number}")
    road.settle()
    hung = len(road.begun)
    road.enter("other", "other", tenant="other", host="other")

    assert "other" in road.until(begun=hung + 1)


def test_a_tenant_that_has_less_under_way_goes_first(road):
    for number in range(OF_HOST):
        road.enter(f"a {number}", f"a {number}", tenant="a")
    road.until(begun=OF_HOST)
    for number in range(OF_HOST, 8):
        road.enter(f"a {number}", f"a {number}", tenant="a")
    road.enter("b", "b", tenant="b")
    road.arrive("a 0")

    assert ["a 0", "a 1", "a 2", "a 3", "b"] == road.until(begun=OF_HOST + 1)


def test_tenants_take_turns(road):
    for number in range(OF_HOST):
        road.enter(f"first {number}", f"first {number}", tenant="first")
    road.until(begun=OF_HOST)
    for tenant in "ab":
        for number in range(3):
            road.enter(f"{tenant} {number}", f"{tenant} {number}", tenant=tenant)
    order = []
    for done in range(6):
        road.arrive(f"first {done}" if done < OF_HOST else order[done - OF_HOST])
        road.until(begun=OF_HOST + 1 + done)
        order = road.begun[OF_HOST:]

    assert ["a 0", "b 0", "a 1", "b 1", "a 2", "b 2"] == order


def test_what_one_arrival_makes_room_for_goes_at_once(road):
    """One leaves a place of its tenant, and one of its host: two others were waiting for these."""
    for number in range(OF_TENANT):
        road.enter(f"t {number}", f"t {number}", tenant="t", host="h" if number < OF_HOST else f"h{number}")
    road.until(begun=OF_TENANT)
    road.enter("same tenant", "same tenant", tenant="t", host="other")
    road.enter("same host", "same host", tenant="other", host="h")
    road.arrive("t 0")

    assert {"same tenant", "same host"} < set(road.until(begun=OF_TENANT + 2))


def test_a_thing_that_waits_already_does_not_enter_again(road):
    road.enter("lane", "a")
    road.until(begun=1)
    for thing in ("b", "b", "a", "b"):
        road.enter("lane", thing)
    road.open()

    assert ["a", "b", "a"] == road.until_arrived(3)
    road.settle()
    assert 3 == len(road.arrived)


def test_what_waits_for_room_enters_once(road):
    for number in range(OF_HOST):
        road.enter(f"lane {number}", f"{number}")
    road.until(begun=OF_HOST)
    for _ in range(3):
        road.enter("lane", "a")
    road.open()
    road.until_arrived(OF_HOST + 1)
    road.settle()

    assert ["0", "1", "2", "3", "a"] == sorted(road.arrived)


def test_what_fails_is_told_and_the_lane_moves_on(road):
    road.enter("lane", "broken")
    road.enter("lane", "b")
    road.open()

    assert (["broken", "b"], ["broken"]) == (road.until_arrived(2), road.errors)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_lane_moves_on_even_where_telling_fails(road):
    road.enter("lane", "broken, and silent")
    road.enter("lane", "b")
    road.open()

    assert ["broken, and silent", "b"] == road.until_arrived(2)


def test_what_goes_one_after_another_needs_no_crowd_of_threads(road):
    road.open()
    for number in range(100):
        road.enter("lane", f"{number}")
    road.until_arrived(100)

    assert len(road.lanes._threads) < 10


def test_idle_threads_end(road, monkeypatch, soon):
    monkeypatch.setattr("offair.emulator.webhooks.lanes.IDLE", 0.01)
    road.open()
    road.enter("lane", "a")
    road.until_arrived(1)
    soon(lambda: not road.lanes._threads)
    road.enter("lane", "b")

    assert ["a", "b"] == road.until_arrived(2)


def test_nothing_begins_once_the_lanes_are_closed(road, soon):
    road.enter("lane", "a")
    road.enter("lane", "b")
    road.until(begun=1)
    road.lanes.close()
    road.enter("other", "c")
    road.arrive("a")
    soon(lambda: not road.lanes._threads)
    road.lanes.close()

    assert ["a"] == road.begun


def test_closing_does_not_wait_for_what_hangs(road):
    road.enter("lane", "a")
    road.until(begun=1)
    clock = Clock()
    start = clock.monotonic()
    road.lanes.close()

    assert clock.monotonic() - start < AT_ONCE


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("tu"), st.sampled_from("hijkl")), max_size=60))
def test_everything_arrives_and_each_lane_in_order(entries):
    road = Road()
    road.open()
    for number, (lane, tenant, host) in enumerate(entries):
        road.enter(lane, f"{lane} {number:03}", tenant, host)
    arrived = road.until_arrived(len(entries))
    road.close()

    assert len(entries) == len(arrived)
    assert all(sorted(things) == things for lane in "abcde" for things in [[x for x in arrived if x.startswith(lane)]])
