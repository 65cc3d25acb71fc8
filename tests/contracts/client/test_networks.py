"""Clients whose network fails, or whose thing is not there yet: each library's patience is seen without waiting."""

import asyncio
import time

import aiohttp
import httpx
import pytest
import requests

from offair.contracts.client import check_client
from offair.contracts.contract import promise
from offair.emulator.counterpart import counterpart_of

BODY = next(one for one in promise("tenbyte").examples if one.name == "create-video-push").request_body
HANGS = "waits for an answer without a time-out: where none comes, it hangs"


def by_httpx(cloud, seconds):
    return lambda: httpx.get(f"{cloud.base_url}/streams", headers=cloud.headers, timeout=seconds).raise_for_status()


def by_requests(cloud, seconds):
    return lambda: requests.get(f"{cloud.base_url}/streams", headers=cloud.headers, timeout=seconds).raise_for_status()


def by_httpx_async(cloud, seconds):
    async def job():
        where = {"base_url": cloud.base_url, "headers": cloud.headers, "verify": False}
        async with httpx.AsyncClient(**where, timeout=seconds) as http:
            (await http.get("/streams")).raise_for_status()

    return job


def by_aiohttp(cloud, seconds):
    async def job():
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with aiohttp.ClientSession(headers=cloud.headers, timeout=timeout, raise_for_status=True) as http:
            await http.get(f"{cloud.base_url}/streams")

    return job


@pytest.mark.parametrize("ask", [by_httpx, by_requests, by_httpx_async, by_aiohttp])
@pytest.mark.parametrize(("seconds", "told"), [(30, set()), (None, {HANGS})])
def test_who_waits_for_an_answer_without_a_time_out_is_found(counterpart, ask, seconds, told):
    report = check_client(counterpart, ask(counterpart, seconds), only=["drills/silence"])

    assert [("drills/silence", "broken" if told else "kept")] == [(v.rule.name, v.outcome) for v in report.verdicts]
    assert (told, {"inferred"} if told else set()) == (
        {one.message for one in report.violations},
        {one.grade for one in report.violations},
    )


class GoneError(Exception):
    """What a client raises whose cloud is not to be reached."""


def waits_longer(tries):
    time.sleep(2**tries)


def waits_never(tries):
    return None


def persistent(http, pause, tries=5):
    def job():
        for count in range(tries):
            try:
                return http.get("/streams").raise_for_status().json()
            except httpx.TransportError:
                pause(count)
        raise GoneError

    return job


@pytest.mark.parametrize(
    ("pause", "tries", "told"),
    [
        (waits_longer, 5, ""),
        (waits_never, 5, "without a pause"),
        (waits_longer, 10_000, "asks more than 20 times, where 1 are enough on a good day"),
    ],
)
def test_a_client_that_hammers_where_nobody_answers_is_found(broken, http, pause, tries, told):
    found = broken(persistent(http, pause, tries), "drills/cut_off", raises=(GoneError, httpx.HTTPStatusError))

    assert (bool(told), True) == (
        bool(found),
        all(told in one for one in found.get("drills/cut_off", [])),
    )


def test_half_an_answer_that_is_taken_for_a_crash_is_found(broken, http):
    def job():
        try:
            http.get("/streams").raise_for_status()
        except httpx.RemoteProtocolError as error:
            raise KeyError("half") from error

    found = broken(job, "drills/cut_off", raises=(GoneError, httpx.HTTPStatusError))

    assert ["KeyError"] == [one.partition("raises ")[2][:8] for one in found["drills/cut_off"]][:1]


def waiting_for(cloud, http, get, state, pause, over=("ended", "errored")):
    def job(stream):
        for _ in range(15):
            said = http.get(get.format(stream)).raise_for_status().json()
            said = said.get("data", said)[state]
            if said == "live":
                return said
            if said in over:
                raise GoneError(said)
            time.sleep(pause)
        raise GoneError

    return job


@pytest.mark.parametrize(("pause", "names"), [(2, []), (0, ["drills/vod_not_ready"])])
def test_who_waits_for_a_stream_to_go_on_air_pauses_between_two_looks(broken, counterpart, http, pause, names):
    look = waiting_for(counterpart, http, "/streams/{}", "status", pause)

    def job():
        stream = http.post("/streams", json=BODY).raise_for_status().json()["data"]["id"]
        counterpart.simulate(stream, "live")
        return look(stream)

    assert names == list(broken(job, "drills/vod_not_ready", raises=(GoneError, httpx.HTTPStatusError)))


@pytest.mark.parametrize(("over", "names"), [(("ended",), []), ((), ["drills/stream_ends"])])
def test_who_waits_for_a_stream_that_no_encoder_brought_on_air_is_told_that_it_is_over(emulator, over, names):
    cloud = counterpart_of("ainative", emulator)
    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:

        def job():
            stream = http.post("/streams/", json={"title": "Evening"}).raise_for_status().json()["id"]
            http.post(f"/streams/id/{stream}/start").raise_for_status()
            while (said := http.get(f"/streams/id/{stream}").raise_for_status().json()["status"]) != "live":
                if said in over:
                    raise GoneError(said)
                time.sleep(1)

        report = check_client(cloud, job, raises=(GoneError, httpx.HTTPStatusError), only=["drills/stream_ends"])

    assert names == [one.rule.name for one in report.broken]


def test_few_answers_have_one_of_each_kind_of_stumbling_block(broken, counterpart, http):
    def job():
        stream = http.post("/streams", json=BODY).raise_for_status().json()["data"]
        return {"idle": 0}[http.get(f"/streams/{stream['id']}").raise_for_status().json()["data"]["status"]]

    found = broken(job, "answers/getStream", raises=(httpx.HTTPStatusError,), examples=30)

    assert "KeyError" in found["answers/getStream"][0]


def test_a_client_that_sleeps_beside_its_requests_is_asked_for_no_patience(counterpart):
    async def job():
        await asyncio.sleep(60)
        async with httpx.AsyncClient(base_url=counterpart.base_url, headers=counterpart.headers, verify=False) as http:
            (await http.get("/streams")).raise_for_status()

    report = check_client(counterpart, job, only=["drills/silence", "drills/cut_off"])

    assert [] == report.violations
