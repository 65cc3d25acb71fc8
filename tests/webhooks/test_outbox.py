"""Hooks leave in order, signed, and again on the cloud's clock. A real HTTP server receives them."""

import hashlib
import hmac
import threading
from dataclasses import replace

import pytest
from inbox import Inbox
from streams import rung, stream

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.journal import Journal
from offair.emulator.core.moves import place
from offair.emulator.core.streams import STREAMS, State
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.provider import discover
from offair.emulator.webhooks.lanes import OF_TENANT
from offair.emulator.webhooks.outbox import LATER, OUTBOX, Outbox

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise

SECRET = "hush"


@pytest.fixture(name="inbox")
def _inbox():
    inbox = Inbox()
    yield inbox
    inbox.close()


class _House:
    """A world with an outbox, and a cloud whose hooks are signed."""

    def __init__(self, hook_url):
        self.world = World()
        self.world.clock.freeze(at=1_000_000.0)
        self.journal = Journal(self.world.clock, 100)
        self.timers = Timers(self.world.clock, self._raise)
        provider = next(provider for provider in discover() if provider.name == "tenbyte")
        rooms = Rooms(
            world=self.world, publications=None, monitor=None, whip=None, tenancy=None, addresses=None,
            switches=provider.switch_type(), journal=self.journal, timers=self.timers,
        )  # fmt: skip
        self.outbox = Outbox(self.world, self.timers, self.journal, {provider.name: provider}, lambda _cloud: rooms)
        self.stream = stream(
            rung(), id=self.world.ids.uuid(), cloud=provider.name, hook_url=hook_url, hook_secret=SECRET
        )
        self.world.put(STREAMS, self.stream)
        self.timers.start()
        self.outbox.start()

    def move(self, *states):
        for state in states:
            self.stream = place(self.world, self.stream, State(state), reason="a test")

    def until(self, text):
        entry = self.journal.wait_for({"kind": "hook", "text": text}, self.world.clock.deadline(30))
        assert entry, [seen.summary for seen in self.journal.entries()]
        return entry

    def until_attempt(self, number):
        """Wait until so many attempts of one hook were told."""
        found = self.journal.wait_for(
            lambda entry: entry.kind == "hook" and entry.details["attempt"] == number, self.world.clock.deadline(30)
        )
        assert found, [seen.summary for seen in self.journal.entries()]

    @staticmethod
    def _raise(error):
        raise error

    def close(self):
        self.outbox.close()
        self.timers.close()
        self.world.close()


@pytest.fixture(name="house")
def _house(inbox):
    house = _House(inbox.url)
    yield house
    house.close()


def test_the_hooks_of_a_broadcast_arrive_in_order(house, inbox):
    house.move("starting", "live", "stopping", "idle")

    assert ["stream.started", "stream.stopped", "stream.idle"] == inbox.until(3)


def test_a_hook_says_which_stream_and_when(house, inbox):
    house.move("live")
    inbox.until(1)

    assert {
        "event": "stream.started", "stream_id": house.stream.id, "stream_name": "A stream",
        "timestamp": rfc3339(1_000_000.0),
    } == inbox.arrived[0].body  # fmt: skip


def test_a_hook_is_signed_over_the_bytes_that_travel(house, inbox):
    house.move("live")
    inbox.until(1)
    (hook,) = inbox.arrived
    signature = hmac.new(SECRET.encode(), hook.content, hashlib.sha256).hexdigest()

    assert f"sha256={signature}" == hook.headers["X-Webhook-Signature"]


def test_coming_back_from_reconnecting_sends_nothing(house, inbox):
    house.move("live", "reconnecting", "live", "errored")

    assert ["stream.started", "stream.error"] == inbox.until(2)


def test_a_failed_attempt_waits_for_the_clouds_clock(house, inbox):
    inbox.statuses = [500]
    house.move("live")
    house.until("500 (waiting)")
    early = len(inbox.arrived)
    house.world.clock.advance(5)
    house.until("200 (delivered)")

    assert (1, 2) == (early, len(inbox.arrived))


def test_after_three_failures_a_hook_is_given_up(house, inbox):
    inbox.statuses = [500, 404, 302]
    house.move("live")
    house.until("500 (waiting)")
    house.world.clock.advance(5)
    house.until("404 (waiting)")
    house.world.clock.advance(25)
    house.until("302 (given_up)")

    assert ["given_up"] == [parcel.state for parcel in house.world.find(OUTBOX)]


def test_nobody_listening_is_told_in_the_journal(inbox):
    house = _House("http://127.0.0.1:1/nobody")
    house.move("live")
    entry = house.until("waiting")
    house.close()

    assert "ConnectionRefusedError" in entry.details["error"]


def test_a_stream_without_a_url_sends_nothing(inbox):
    house = _House(None)
    house.move("live")
    count = house.world.count(OUTBOX)
    house.close()

    assert 0 == count


def test_a_move_that_is_undone_sends_nothing(house):
    with pytest.raises(ZeroDivisionError), house.world.transaction():
        house.move("live")
        1 / 0  # noqa: B018 - the failure

    assert 0 == house.world.count(OUTBOX)


def test_a_parcel_of_a_restored_snapshot_is_taken_up(house, inbox):
    inbox.statuses = [500]
    house.move("live")
    house.until("waiting")
    snapshot = house.world.snapshot()
    house.world.delete(OUTBOX)
    house.world.clock.advance(5)
    house.world.restore(snapshot)
    house.outbox.start()

    assert ["stream.started"] * 2 == inbox.until(2)


def test_a_parcel_that_is_scheduled_twice_is_attempted_once(house, inbox):
    inbox.statuses = [500, 500]
    house.move("live")
    house.until("500 (waiting)")
    house.world.clock.advance(5)
    for _ in range(3):
        house.outbox.start()
    house.until_attempt(2)
    house.outbox.start()
    house.move("stopping")
    house.until("stream.stopped")

    assert ["stream.started"] * 2 + ["stream.stopped"] == inbox.until(3)


def test_a_clock_that_is_put_back_loses_no_parcel(house, inbox):
    inbox.statuses = [500]
    house.move("live")
    house.until("waiting")
    house.world.clock.freeze(at=500_000.0)
    house.outbox._enter(*house.world.find(OUTBOX))
    house.world.clock.freeze(at=1_000_005.0)

    assert ["stream.started"] * 2 == inbox.until(2)


@pytest.mark.parametrize("url", ["http://hooks..example.test/x", "http://.example.com/", f"http://{'a' * 64}.example/"])
def test_a_host_that_no_library_likes_is_attempted_told_and_given_up(url):
    house = _House(url)
    house.move("live")
    for number, pause in enumerate((5, 25, 0), start=1):
        house.until_attempt(number)
        house.world.clock.advance(pause)
    (parcel,) = house.world.find(OUTBOX)
    troubles = house.journal.entries({"kind": "trouble"})
    house.close()

    assert (3, []) == (len([a for a in parcel.attempts if "is no name that a host can have" in a.error]), troubles)


def test_what_should_never_happen_in_an_attempt_is_told_and_the_attempt_failed(house, inbox, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("a bug of ours")

    with monkeypatch.context() as patched:
        patched.setattr(house.outbox._sender, "post", fail)
        house.move("live")
        entry = house.until("waiting")
    (trouble,) = house.journal.entries({"kind": "trouble"})
    house.world.clock.advance(5)

    assert (True, True, ["stream.started"]) == (
        "a bug of ours" in entry.details["error"],
        "a bug of ours" in trouble.summary,
        inbox.until(1),
    )


def test_an_attempt_that_could_not_be_kept_is_told_and_made_again(house, inbox, monkeypatch, soon):
    def fail(*_):
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(house.outbox, "_settle", fail)
        house.move("live")
        soon(lambda: house.journal.entries({"kind": "trouble", "text": "the disk is full"}))
    house.world.clock.advance(LATER)
    house.until("200 (delivered)")

    assert ["stream.started"] * 2 == inbox.until(2)


def test_a_snapshot_that_comes_back_during_an_attempt_is_not_overwritten(house, inbox, soon):
    """What comes of the attempt is told; the parcel that came back is another one, and has attempts of its own."""
    inbox.statuses = [500]
    house.move("live")
    house.until("500 (waiting)")
    snapshot = house.world.snapshot()
    inbox.statuses, inbox.gate = [500, 500], threading.Event()
    house.world.clock.advance(5)
    inbox.until(2)
    inbox.gate.set()
    house.until_attempt(2)
    inbox.gate.clear()
    house.world.clock.advance(25)
    inbox.until(3)
    house.world.restore(snapshot)
    inbox.gate.set()
    house.until("500 (given_up)")

    assert [("waiting", 1)] == [(parcel.state, len(parcel.attempts)) for parcel in house.world.find(OUTBOX)]


def test_a_reset_during_an_attempt_brings_nothing_back(house, inbox):
    inbox.gate = threading.Event()
    house.move("live")
    inbox.until(1)
    house.world.delete(OUTBOX)
    inbox.gate.set()
    house.until("200 (delivered)")

    assert 0 == house.world.count(OUTBOX)


def test_closing_breaks_off_an_attempt_and_counts_it_not(black_hole, soon):
    """The receiver has no part in it; the next run tries again at once."""
    house = _House(f"http://{black_hole}/")
    house.move("live")
    soon(lambda: house.outbox._sender._open)
    start = house.world.clock.monotonic()
    house.outbox.close()
    house.outbox.close()
    seconds = house.world.clock.monotonic() - start
    (parcel,) = house.world.find(OUTBOX)
    house.close()

    assert ("waiting", (), True) == (parcel.state, parcel.attempts, seconds < AT_ONCE), seconds


def test_what_is_scheduled_after_the_end_troubles_nobody(house):
    house.outbox.close()
    house.move("live")
    house.world.clock.advance(60)
    house.timers.close()

    assert ["waiting"] == [parcel.state for parcel in house.world.find(OUTBOX)]


def test_many_hung_receivers_of_one_tenant_hold_nobody_elses_hook(house, inbox, peer, soon):
    hung = [peer(lambda visit: visit.hold()).url for _ in range(16)]
    ours = house.stream
    for number, url in enumerate(hung):
        house.stream = replace(ours, id=f"hung-{number}", tenant="hung", key=f"hung-{number}", hook_url=url)
        house.world.put(STREAMS, house.stream)
        house.move("live")
    soon(lambda: len(house.outbox._sender._open) == OF_TENANT)
    house.stream = ours
    house.move("live")

    assert ["stream.started"] == inbox.until(1)


def test_a_parcel_of_an_earlier_run_is_taken_up(house, inbox):
    inbox.statuses = [500]
    house.move("live")
    house.until("waiting")
    house.world.clock.advance(5)
    house.outbox.start()

    assert ["stream.started"] * 2 == inbox.until(2)


@pytest.mark.parametrize(("bound", "value"), [("KEPT", 3), ("KEPT_BYTES", 4000)])
def test_what_was_delivered_stays_listed_as_far_as_there_is_room(house, inbox, monkeypatch, bound, value):
    """By how many there are, and by what they cost: a body may be as long as a call's."""
    monkeypatch.setattr(f"offair.emulator.webhooks.outbox.{bound}", value)
    for number in range(6):
        house.move("starting", "live", "stopping", "idle") if number else house.move("live", "stopping", "idle")
    arrived = len(house.world.find(OUTBOX))
    house.until("delivered")
    inbox.until(arrived)
    deadline = house.world.clock.deadline(30)
    house.journal.wait_for(lambda _: not house.world.count(OUTBOX, state="waiting"), deadline)
    kept = house.world.find(OUTBOX)

    assert (True, True) == (0 < len(kept) < arrived, house.world.weigh(OUTBOX) <= max(value, 8000))


@pytest.mark.parametrize(("bound", "value"), [("WAITING", 2), ("WAITING_BYTES", 3000)])
def test_what_waits_is_kept_as_far_as_there_is_room(house, inbox, monkeypatch, bound, value):
    """Behind a clock that stands still nothing is ever given up by itself; the oldest goes first, and is told."""
    monkeypatch.setattr(f"offair.emulator.webhooks.outbox.{bound}", value)
    monkeypatch.setattr("offair.emulator.webhooks.outbox.WEIGHED", 1)
    inbox.statuses[:] = [500] * 20
    house.move("live", "stopping", "idle", *["starting", "live", "stopping", "idle"] * 4)
    told = house.until("waited (given_up)")
    house.outbox.close()
    kept = house.world.find(OUTBOX)
    states = [parcel.state for parcel in kept]  # as they were made: one that was attempted is due later than that

    assert (True, True, sorted(states), True) == (
        "waited" in told.details["error"],
        states.count("given_up") > 2,
        states,
        house.world.weigh(OUTBOX, state="waiting") <= max(value, 6000),
    )
    assert set(house.outbox._scheduled) <= {parcel.id for parcel in kept if parcel.state == "waiting"}


def test_a_timer_that_is_called_off_keeps_nothing(house):
    """Nor does a clock that stands still, where it would never be due."""
    kept = dict.fromkeys("a")
    call_off = house.timers.at(house.world.clock.now() + 10, kept.clear)
    call_off()

    assert [] == [due for due in house.timers._cloud if kept.clear == due.action]
