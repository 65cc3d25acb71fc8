"""A client's own time: its pauses cost nothing, and everybody else's cost what they cost."""

import asyncio
import selectors
import socket
import threading
import time
from contextlib import suppress
from contextvars import copy_context

import anyio
import pytest

from offair.contracts.client.pace import CLIENT, FOLLOWED, ROUND, ROUNDS, Pace, followed
from offair.emulator.core.clock import Clock

LONG = 3600.0
REAL = 0.02  # seconds


class Sky:
    """A cloud of which only the clock is asked."""

    def __init__(self):
        self.clock = Clock()

    def now(self):
        return self.clock.now()

    def advance(self, seconds):
        self.clock.advance(seconds)


def followed_in(function):
    def run():
        FOLLOWED.set(Pace(Sky()))
        return function()

    with followed():
        return copy_context().run(run)


def test_a_pause_moves_every_clock_that_the_client_reads():
    def pause():
        began = time.time(), time.monotonic()
        time.sleep(LONG)
        return [later - sooner for later, sooner in zip((time.time(), time.monotonic()), began, strict=True)]

    assert [LONG, LONG] == [round(passed, -2) for passed in followed_in(pause)]


def test_coroutines_pause_side_by_side_and_not_one_after_the_other():
    async def both():
        began = asyncio.get_running_loop().time()
        await asyncio.gather(asyncio.sleep(LONG), asyncio.sleep(LONG / 2))
        return asyncio.get_running_loop().time() - began

    assert LONG == round(followed_in(lambda: asyncio.run(both())), -2)


def test_a_time_out_of_a_coroutine_comes_on_the_clouds_time():
    async def hasty():
        try:
            async with asyncio.timeout(LONG):
                while True:
                    await asyncio.sleep(LONG / 10)
        except TimeoutError:
            return "over"

    assert "over" == followed_in(lambda: asyncio.run(hasty()))


def test_a_pause_does_not_pass_the_time_out_of_what_is_on_its_way():
    async def ask():
        arriving = asyncio.get_running_loop().create_future()
        timer = threading.Timer(REAL, arriving.get_loop().call_soon_threadsafe, [arriving.set_result, "here"])
        timer.name = "offair-elsewhere"
        timer.start()
        sleeping = asyncio.create_task(asyncio.sleep(LONG))
        try:
            async with asyncio.timeout(LONG / 10):
                return await arriving
        finally:
            sleeping.cancel()
            timer.join()

    assert "here" == followed_in(lambda: asyncio.run(ask()))


def test_nobody_is_called_slow_by_a_clock_that_leaps(caplog):
    with caplog.at_level("WARNING", logger="asyncio"):
        followed_in(lambda: asyncio.run(asyncio.sleep(LONG), debug=True))

    assert [] == caplog.messages


def told_in_a_thread(name):
    told = []
    thread = threading.Thread(target=lambda: told.append(time.time()), name=name)
    thread.start()
    thread.join()
    return told[0]


def test_a_thread_that_the_client_starts_has_its_time():
    def elsewhere():
        time.sleep(LONG)
        return time.time() - told_in_a_thread("a worker")

    assert 0.0 == round(followed_in(elsewhere), -2)


def test_a_thread_of_the_stand_ins_has_the_real_time():
    def elsewhere():
        time.sleep(LONG)
        return time.time() - told_in_a_thread("offair-at-work")

    assert LONG == round(followed_in(elsewhere), -2)


def test_the_stand_ins_own_reading_stays_real_even_in_the_clients_thread():
    def read():
        clock = Clock()
        began = clock.monotonic(), clock.now(), clock.wall()
        time.sleep(LONG)
        return [
            later - sooner for later, sooner in zip((clock.monotonic(), clock.now(), clock.wall()), began, strict=True)
        ]

    assert [0.0, 0.0, 0.0] == [round(passed, -2) for passed in followed_in(read)]


def test_python_has_its_own_clocks_again_afterwards():
    before = time.sleep, time.time, time.monotonic, asyncio.sleep, selectors.DefaultSelector.select
    followed_in(lambda: None)

    assert before == (time.sleep, time.time, time.monotonic, asyncio.sleep, selectors.DefaultSelector.select)


def in_a_clients_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(followed_in(function)), name=CLIENT)
    thread.start()
    thread.join()
    return found[0]


def test_who_could_be_told_to_stop_pauses_on_the_clouds_time_where_nobody_is_there_to_tell(monkeypatch):
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread(), threading.current_thread()])

    def pause():
        began = time.monotonic()
        return threading.Event().wait(LONG), time.monotonic() - began

    is_told, passed = in_a_clients_thread(pause)

    assert (False, LONG) == (is_told, round(passed, -2))


@pytest.fixture(name="alone")
def _alone(monkeypatch):
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread(), threading.current_thread()])


async def in_asyncios_way():
    async with asyncio.timeout(LONG):
        await asyncio.Event().wait()


async def in_the_old_way():
    await asyncio.wait_for(asyncio.Event().wait(), LONG)


async def in_anyios_way():
    with anyio.fail_after(LONG):
        await anyio.Event().wait()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("wait", [in_asyncios_way, in_the_old_way, in_anyios_way])
def test_a_loop_that_waits_for_a_time_out_and_for_nothing_else_is_there_at_once(wait):
    async def waited():
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await wait()
        return asyncio.get_running_loop().time() - began

    assert LONG == round(in_a_clients_thread(lambda: asyncio.run(waited())), -2)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("what", ["is_busy", "is_talking"])
def test_no_loop_leaps_over_who_may_still_speak(what):
    async def wait():
        begun, pace = asyncio.get_running_loop().time(), FOLLOWED.get()
        setattr(pace, what, lambda: True)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), (ROUNDS + 20) * ROUND)
        return asyncio.get_running_loop().time() - begun, pace.leaps

    took, leaps = in_a_clients_thread(lambda: asyncio.run(wait()))

    assert (True, []) == (took >= (ROUNDS + 20) * ROUND, leaps)


@pytest.mark.usefixtures("alone")
def test_what_comes_over_a_socket_comes_before_the_time_out_of_who_waits_for_it():
    near, far = socket.socketpair()

    async def listen():
        reader, writer = await asyncio.open_connection(sock=near)
        asyncio.get_running_loop().call_later(2 * ROUND, far.sendall, b"here")
        try:
            return await asyncio.wait_for(reader.read(4), LONG)
        finally:
            writer.close()
            await writer.wait_closed()

    with far:
        assert b"here" == in_a_clients_thread(lambda: asyncio.run(listen()))


def test_whom_another_thread_may_tell_to_stop_waits_for_it():
    def wait():
        over = threading.Event()
        other = threading.Timer(REAL, over.set)
        other.start()
        is_told = over.wait(LONG)
        other.join()
        return is_told

    assert in_a_clients_thread(wait)
