"""What an encoder at the edge meets while it is judged: verdicts that are slow, do not come, or come too late."""

import socket
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest
from rtmp_caller import PATIENCE, Caller

from offair.emulator.media.ingest.judges import MOST_ALIKE
from offair.emulator.media.ingest.rtmp.client import Accepted


def test_a_slow_verdict_is_not_the_encoders_fault(door, open_edge, leap):
    edge = open_edge(patience=PATIENCE)
    door.judge = lambda: leap(PATIENCE + 1)
    with Caller(edge.port) as caller:
        assert Accepted() == caller.ask()


@pytest.fixture
def hanging(door):
    """Let the reception hang whenever it judges the encoder ``hangs``, until this event is set."""
    goes_on = threading.Event()
    receive = door.receive

    def judge(knock, connection):
        if knock.name == "hangs":
            goes_on.wait(PATIENCE)
            knock = replace(knock, name="key")
        return receive(knock, connection)

    door.receive = judge
    yield goes_on
    goes_on.set()


def knock_in_vain(opened: ExitStack, port: int, count: int) -> list[Caller]:
    callers = [opened.enter_context(Caller(port, "hangs")) for _ in range(count)]
    for caller in callers:
        while b"publish" not in (said := caller.client.outgoing()):
            caller.socket.sendall(said)
            caller.client.receive(caller.socket.recv(65_536))
        caller.socket.sendall(said)
    return callers


def test_verdicts_that_do_not_come_hold_nobody_else_back(edge, hanging):
    with ExitStack() as opened:
        knock_in_vain(opened, edge.port, MOST_ALIKE)

        assert Accepted() == opened.enter_context(Caller(edge.port)).ask()


def test_one_key_cannot_take_every_judge(edge, hanging):
    with ExitStack() as opened:
        knock_in_vain(opened, edge.port, MOST_ALIKE)
        late = opened.enter_context(Caller(edge.port, "hangs"))

        assert (
            f"{MOST_ALIKE} encoders with this key wait for a verdict already; try again later" == late.ask().description
        )
        assert late.is_closed()
        assert Accepted() == opened.enter_context(Caller(edge.port)).ask()


def test_a_key_is_judged_as_often_as_it_comes_one_after_another(edge):
    for _ in range(2 * MOST_ALIKE):
        with Caller(edge.port) as caller:
            assert Accepted() == caller.ask()


def test_an_encoder_without_a_verdict_is_refused_in_words(door, edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.visit.VERDICT", 0.1)
    with Caller(edge.port, "hangs") as caller:
        words = "nobody could say within 0.1 s whether this may be published"

        assert f"{words}; try again later" == caller.ask().description
        assert caller.is_closed()
    assert f"{words}; the encoder is refused" == door.problems.get(timeout=PATIENCE)[1]


def test_what_is_admitted_too_late_ends_at_once(door, edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.visit.VERDICT", 0.1)
    with Caller(edge.port, "hangs") as caller:
        caller.ask()
    hanging.set()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_close_does_not_wait_for_a_judge_that_hangs(door, open_edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.edge.CLOSING", 0.05)
    monkeypatch.setattr("offair.emulator.media.ingest.visit.VERDICT", 0.1)
    edge = open_edge()
    with Caller(edge.port, "hangs") as caller:
        caller.ask()
        assert caller.is_closed()
        edge.close()

        assert not hanging.is_set()
    hanging.set()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_those_who_find_no_judge_wait_their_turn(edge, hanging, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.judges.MOST", 1)
    with ExitStack() as opened:
        knock_in_vain(opened, edge.port, 1)
        opened.enter_context(waiting := Caller(edge.port))
        asking = threading.Thread(target=waiting.ask)
        asking.start()
        asking.join(0.1)
        waited = asking.is_alive()
        hanging.set()
        asking.join(PATIENCE)

        assert (True, False) == (waited, asking.is_alive())


def test_a_reception_that_raises_refuses(door, caller):
    door.judge = lambda: 1 // 0

    assert "the server could not judge this stream key" == caller.ask().description
    assert "ZeroDivisionError" in door.problems.get(timeout=PATIENCE)[1]


def test_close_waits_for_a_verdict_and_ends_what_comes_of_it(door, open_edge):
    edge = open_edge()
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    with Caller(edge.port) as caller:
        asking = threading.Thread(target=caller.ask)
        asking.start()
        door.knocks.get(timeout=PATIENCE)
        closing = threading.Thread(target=edge.close)
        closing.start()
        asking.join()
        may_go_on.set()
        closing.join()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_close_gives_up_on_a_verdict_that_does_not_come(door, open_edge, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.edge.CLOSING", 0.05)
    edge = open_edge()
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    with Caller(edge.port) as caller:
        asking = threading.Thread(target=caller.ask)
        asking.start()
        door.knocks.get(timeout=PATIENCE)
        edge.close()
        asking.join()
    may_go_on.set()

    assert "no verdict within 0.05 s" in door.problems.get(timeout=PATIENCE)[1]
    assert [False] == door.desks.get(timeout=PATIENCE).rest()


def test_an_encoder_that_vanishes_while_it_is_judged_still_ends_its_intake(door, caller):
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    asking = threading.Thread(target=caller.ask)
    asking.start()
    door.knocks.get(timeout=PATIENCE)
    caller.socket.shutdown(socket.SHUT_RDWR)
    asking.join()
    may_go_on.set()

    assert [False] == door.desks.get(timeout=PATIENCE).rest()
