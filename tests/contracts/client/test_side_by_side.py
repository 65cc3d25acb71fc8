"""Clients that ask for the same in several threads or tasks: what stands side by side is no repetition."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from offair.contracts.client.lines import again, in_haste, side_by_side
from offair.contracts.client.tape import Heard
from offair.contracts.double import double
from offair.contracts.exchange import Exchange
from offair.emulator.target import playing

ASKED = Exchange(method="GET", path="/streams", status=200, at=1.0)
RULES = ("drills/retry_after", "drills/backs_off", "drills/token", "answers/listStreams")
THREADS = 3


class RefusedError(Exception):
    """What the clients raise."""


def heard(*moments):
    return [Heard(ASKED, None, nth, begun=begun, over=over) for nth, (begun, over) in enumerate(moments)]


def test_a_call_that_was_asked_before_another_was_answered_stands_beside_it():
    calls = first, second, third, fourth = heard((1, 3), (2, 4), (5, 0), (6, 7))

    assert [[first, third], [second, fourth]] == list(again(calls))


@pytest.mark.parametrize(
    ("moments", "count", "beside"), [([(1, 2), (3, 4), (5, 6)], 3, 1), ([(1, 4), (2, 5), (3, 6)], 3, 3)]
)
def test_who_asks_in_haste_does_not_therefore_ask_side_by_side(moments, count, beside):
    asked = heard(*moments)

    assert ({"GET /streams": count}, {"GET /streams": beside}) == (in_haste(asked), side_by_side(asked))


def asks(http, wait):
    for tries in range(3):
        answer = http.get("/streams")
        if answer.status_code not in {429, 503}:
            break
        time.sleep(wait(answer, tries))
    if answer.is_error:
        raise RefusedError(answer.status_code)


def does_as_told(answer, tries):
    said = answer.headers.get("Retry-After", str(2**tries))
    return int(said) if said.isdigit() else 60


def does_as_it_likes(_answer, tries):
    return 2**tries


@pytest.mark.parametrize(("wait", "told"), [(does_as_told, []), (does_as_it_likes, ["drills/retry_after"])])
def test_threads_are_judged_each_by_what_it_is_told(broken, http, wait, told):
    def job():
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda _: asks(http, wait), range(THREADS)))

    assert told == list(broken(job, *RULES, raises=RefusedError, examples=10))


def test_what_is_in_flight_does_not_time_out_while_another_task_sleeps(broken, counterpart):
    async def job():
        async def beat():
            while True:
                await asyncio.sleep(60)

        beating = asyncio.create_task(beat())
        async with httpx.AsyncClient(headers=counterpart.headers, timeout=5, verify=False) as http:
            for _ in range(3):
                (await http.get(f"{counterpart.base_url}/streams")).raise_for_status()
                await asyncio.sleep(1)
        beating.cancel()

    assert {} == broken(job, "requests/good-day")


@pytest.mark.parametrize(("wait", "told"), [(does_as_told, []), (does_as_it_likes, ["drills/retry_after"])])
def test_tasks_beneath_a_double_are_told_apart(broken, counterpart, emulator, wait, told):
    played = playing(counterpart.name, emulator)

    async def ask(http):
        for tries in range(3):
            answer = await http.get(f"{played.promise.servers[0]}/streams")
            if answer.status_code not in {429, 503}:
                break
            await asyncio.sleep(wait(answer, tries))
        if answer.is_error:
            raise RefusedError(answer.status_code)

    async def job():
        async with httpx.AsyncClient(headers=counterpart.headers, timeout=5, verify=False) as http:
            await asyncio.gather(*(ask(http) for _ in range(THREADS)))

    with double(played):
        assert told == list(broken(job, *RULES, raises=RefusedError, examples=10))
