"""What is due while a broadcast runs is told on the cloud's clock, and never of one that ended."""

import threading

import pytest
from streams import stream

from offair.emulator.core.events import PublicationGoesOn
from offair.emulator.core.ports import Knock
from offair.emulator.core.publication import Policy, Totals
from offair.emulator.core.publications import Publications
from offair.emulator.core.spans import Spans
from offair.emulator.core.streams import STREAMS, State
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World

KNOCK = Knock(protocol="rtmp", app="live", name="a-key", peer="x")


class _Broadcast:
    def __init__(self, *, beat, longest=None):
        self.world, self.told, self.errors = World(), threading.Semaphore(0), []
        self.world.clock.freeze(at=1000.0)
        self.timers = Timers(self.world.clock, self.errors.append)
        policies = {"toy": Policy(beat=beat)}
        self.publications = Publications(self.world, self.timers, policies)
        Spans(self.world, self.timers, self.publications, policies)
        self.seconds = []
        self.world.events.subscribe(PublicationGoesOn, self._hear)
        self.world.put(STREAMS, stream(longest=longest))
        self.timers.start()
        self.id = self.publications.admit(KNOCK).publication
        self.publications.playable(self.id)

    def _hear(self, event):
        self.seconds.append(event.seconds)
        self.told.release()

    def close(self):
        self.timers.close()
        self.world.close()
        assert [] == self.errors


@pytest.fixture(name="broadcast")
def _broadcast():
    broadcast = _Broadcast(beat=30.0)
    yield broadcast
    broadcast.close()


def test_it_is_told_every_so_often(broadcast):
    for _ in range(3):
        broadcast.world.clock.advance(30.0)
        assert broadcast.told.acquire(timeout=30)

    assert [30.0, 60.0, 90.0] == broadcast.seconds


def test_a_leap_over_several_beats_is_told_once_and_the_next_is_in_time(broadcast):
    for step in (100.0, 20.0, 30.0):
        broadcast.world.clock.advance(step)
        assert broadcast.told.acquire(timeout=30)

    assert [100.0, 120.0, 150.0] == broadcast.seconds


def test_a_beat_is_not_late_because_the_one_before_was_heard_at_once(broadcast):
    """Whoever hears a beat may move the clock before the next one is planned."""
    broadcast.world.events.subscribe(
        PublicationGoesOn, lambda told: broadcast.world.clock.advance(30.0) if told.seconds < 60 else None
    )
    broadcast.world.clock.advance(30.0)
    for _ in range(2):
        assert broadcast.told.acquire(timeout=30)

    assert [30.0, 60.0] == broadcast.seconds


def test_nothing_is_told_of_what_is_over(broadcast):
    broadcast.publications.ended(broadcast.id, Totals())
    broadcast.world.clock.advance(30.0)
    done = threading.Event()
    broadcast.timers.after(0.0, done.set)  # the beat was due before it, on the one thread
    assert done.wait(30)

    assert [] == broadcast.seconds


def test_it_ends_when_it_lasted_long_enough():
    broadcast = _Broadcast(beat=None, longest=60.0)
    broadcast.world.clock.advance(60.0)
    done = threading.Event()
    broadcast.timers.after(0.0, done.set)
    assert done.wait(30)
    state = broadcast.world.get(STREAMS, "a-stream").state
    broadcast.close()

    assert State.STOPPING is state
