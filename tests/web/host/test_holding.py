"""Requests that wait: announced or not, they hold nobody up, and the threads that they borrow are given back."""

import os
import threading
from pathlib import Path

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.web.host.bounds import Bounds

AT_ONCE = 5.0  # seconds: for a busy machine too, and far from what it would have to wait for otherwise

PATIENCE = 30.0
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HELD = b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n"


class Held:
    """An application with two ways to wait, and one that does not."""

    def __init__(self, echo):
        self.gate, self._echo, self.arrived = threading.Event(), echo, threading.Semaphore(0)

    def __call__(self, environ, start):
        if environ["PATH_INFO"] == "/announced":
            environ["offair.step_aside"]()
            environ["offair.step_aside"]()
        if environ["PATH_INFO"] != "/":
            self.arrived.release()
            self.gate.wait(PATIENCE)
        return self._echo(environ, start)

    def await_all(self, count):
        for _ in range(count):
            assert self.arrived.acquire(timeout=PATIENCE)


@pytest.fixture(name="held")
def _held(echo):
    held = Held(echo)
    yield held
    held.gate.set()


def _files():
    return len(list(Path("/proc/self/fd").iterdir()))


def _await(condition):
    deadline = Clock().deadline(PATIENCE)
    while not condition() and not deadline.is_over:
        threading.Event().wait(0.01)
    return condition()


@pytest.mark.parametrize("kind", [b"announced", b"unannounced"])
def test_a_hundred_held_requests_hold_nobody_up(serve, call, held, kind):
    server = serve(held)
    threads = threading.active_count()
    waiting = [call(server).say(HELD % kind) for _ in range(100)]
    held.await_all(100)
    other = call(server)

    assert [b"GET /"] * 20 == [other.say(GET).answer()[2] for _ in range(20)]
    held.gate.set()
    assert {b"GET /" + kind} == {caller.answer()[2] for caller in waiting}
    assert _await(lambda: threading.active_count() <= threads)


def test_a_held_request_does_not_change_the_order_of_answers(serve, call, held):
    server = serve(held)
    caller = call(server).say(HELD % b"announced" + GET + HELD % b"unannounced" + GET)
    held.await_all(1)
    held.gate.set()

    expected = [b"GET /announced", b"GET /", b"GET /unannounced", b"GET /"]
    assert expected == [caller.answer()[2] for _ in range(4)]


def test_a_connection_goes_on_after_it_was_held(serve, call, held):
    held.gate.set()
    caller = call(serve(held))

    expected = [b"GET /announced", b"GET /"] * 20
    assert expected == [caller.say(said).answer()[2] for said in [HELD % b"announced", GET] * 20]


def test_the_first_threads_come_back_to_their_places(serve, call, held):
    """So that whoever counts threads around a test finds those that were there before it."""
    server = serve(held)
    first = {thread.ident for thread in threading.enumerate()}
    waiting = [call(server).say(HELD % b"announced") for _ in range(10)]
    held.await_all(10)
    held.gate.set()
    for caller in waiting:
        caller.answer()

    assert _await(lambda: {thread.ident for thread in threading.enumerate()} == first)


def test_nobody_wakes_up_while_nothing_happens(serve, call, echo):
    server = serve(echo)
    call(server).say(GET).answer()
    threading.Event().wait(0.3)  # whoever stands by goes to sleep
    worked = [_worked(0.5)]
    while worked[-1] > 0.02 and len(worked) < 6:  # what else the process has to do is done some time
        worked.append(_worked(0.5))

    assert worked[-1] <= 0.02, worked


def _worked(seconds):
    """Wait, and give the processor's seconds that this process used meanwhile."""
    before = os.times()
    threading.Event().wait(seconds)
    after = os.times()
    return after.user + after.system - before.user - before.system


def test_a_closing_server_breaks_off_what_is_held(serve, call, held):
    server = serve(held)
    waiting = [call(server).say(HELD % b"announced") for _ in range(20)]
    held.await_all(20)
    clock = Clock()
    began = clock.monotonic()
    server.close()
    took = clock.monotonic() - began

    assert ({b""}, True) == ({caller.rest() for caller in waiting}, took < AT_ONCE)


def test_whoever_waits_is_told_that_the_server_closes(serve, call, echo):
    arrived, woken = threading.Event(), []

    def app(environ, start):
        arrived.set()
        woken.append(environ["offair.step_aside"]().wait(PATIENCE))
        return echo(environ, start)

    server = serve(app)
    call(server).say(GET)
    assert arrived.wait(PATIENCE)
    server.close()

    assert _await(lambda: woken == [True])


def test_a_closing_server_lets_what_runs_end(serve, call, echo):
    arrived = threading.Event()

    def app(environ, start):
        arrived.set()
        leaving.wait(PATIENCE)
        return echo(environ, start)

    server = serve(app)
    leaving = server._loop.leaving
    caller = call(server).say(GET)
    assert arrived.wait(PATIENCE)
    server.close()

    status, fields, body = caller.answer()
    assert (200, "close", b"GET /") == (status, fields["connection"], body)


def test_a_closing_server_waits_only_so_long(serve, call, held):
    server = serve(held, bounds=Bounds(running_seconds=0.1, closing_seconds=0.2))
    caller = call(server).say(HELD % b"unannounced")
    held.await_all(1)
    server.close()

    assert b"" == caller.rest()


def test_a_server_closes_twice_and_before_it_starts(echo):
    from offair.emulator.web.host.server import Server

    server = Server("127.0.0.1", 0)
    server.close()
    server.close()
    started = Server("127.0.0.1", 0)
    started.start(echo)
    started.close()
    started.close()


def test_nothing_is_left_of_a_hundred_servers(call, echo):
    from offair.emulator.web.host.server import Server

    def run():
        server = Server("127.0.0.1", 0)
        server.start(echo)
        caller = call(server).say(GET)
        caller.answer()
        server.close()
        caller.socket.close()

    run()
    threads, files = threading.active_count(), _files()
    for _ in range(100):
        run()

    assert (threads, files) == (threading.active_count(), _files())


def test_a_server_that_closes_under_load_says_nothing_wrong(serve, call, echo):
    for _ in range(5):
        server = serve(echo)
        answers = []

        def ask(caller, answers=answers):
            try:
                while True:
                    answers.append(caller.say(GET).answer()[0])
            except OSError:
                return

        clients = [threading.Thread(target=ask, args=(call(server),)) for _ in range(8)]
        for client in clients:
            client.start()
        assert _await(lambda answers=answers: len(answers) > 100)
        server.close()
        for client in clients:
            client.join()

        assert {200} == set(answers)
