"""Clients that call a cloud's own addresses are answered in this process, by whichever library they call."""

import asyncio

import aiohttp
import httpx
import httpx2
import pytest
import requests
from doubling import LIBRARIES, by_aiohttp, by_httpx, by_httpx_async, by_requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from offair.contracts.contract import promise
from offair.contracts.double import double
from offair.contracts.double.router import UnknownHostError
from offair.emulator.target import playing

CLOUD = "tenbyte"
STREAMS = f"{promise(CLOUD).servers[0]}/streams"
WISH = {"name": "news", "type": "event"}
CUT_OFF = (
    *(httpx.RemoteProtocolError, httpx2.RemoteProtocolError),
    *(requests.ConnectionError, aiohttp.ServerDisconnectedError),
)
TOO_SHORT = (
    *(httpx.RemoteProtocolError, httpx2.RemoteProtocolError),
    *(requests.exceptions.ChunkedEncodingError, requests.ConnectionError, aiohttp.ClientPayloadError),
)


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes piece by piece."""

    def __init__(self, *pieces):
        self.pieces = pieces

    def __iter__(self):
        yield from self.pieces

    async def __aiter__(self):
        for piece in self.pieces:
            yield piece


@pytest.fixture(name="cloud")
def _cloud():
    return CLOUD


@pytest.fixture(name="doubled")
def _doubled(emulator):
    return playing(CLOUD, emulator)


@pytest.fixture(name="headers")
def _headers(tenant):
    return dict(tenant.headers)


@pytest.fixture(name="spoil")
def _spoil(control, tenant):
    def spoil(**fault):
        control.post("/faults", json={"tenant": tenant.id, "remaining": 1, **fault}).raise_for_status()

    return spoil


@pytest.mark.parametrize("ask", LIBRARIES)
def test_a_production_address_is_answered_as_the_stand_in_answers(ask, doubled, headers):
    over_loopback = ask("GET", f"{doubled.base_url}/streams", headers=headers)

    with double(doubled):
        assert over_loopback == ask("GET", STREAMS, headers=headers)


@pytest.mark.parametrize("ask", LIBRARIES)
def test_what_is_sent_arrives(ask, doubled, headers):
    with double(doubled) as router:
        status, answer = ask("POST", STREAMS, headers=headers, json=WISH)

        assert b"VALIDATION_ERROR" in answer
        assert (422, 1) == (status, router.calls.call_count)


@pytest.mark.parametrize("ask", LIBRARIES)
def test_what_was_answered_is_read_from_the_calls_as_often_as_somebody_likes(ask, doubled, headers):
    with double(doubled) as router:
        _, answer = ask("GET", STREAMS, headers=headers)
        kept = router.calls.last.response

    assert (answer, answer, []) == (kept.content, kept.content, kept.json()["data"])


@pytest.mark.parametrize("ask", LIBRARIES)
def test_another_host_is_refused_with_a_sentence(ask, doubled):
    with double(doubled), pytest.raises(UnknownHostError, match=r"example\.org/x goes to a host that is not doubled"):
        ask("GET", "https://example.org/x")


@pytest.mark.parametrize("ask", LIBRARIES)
def test_the_stand_in_itself_is_reached_over_its_sockets(ask, doubled, headers):
    with double(doubled):
        assert 200 == ask("GET", f"{doubled.base_url}/streams", headers=headers)[0]


@pytest.mark.parametrize("ask", LIBRARIES)
def test_a_connection_that_is_dropped_is_a_dropped_connection(ask, doubled, headers, spoil):
    spoil(kind="drop", remaining=2)  # aiohttp asks once more of itself, as it does on a network

    with double(doubled), pytest.raises(CUT_OFF):
        ask("GET", STREAMS, headers=headers)


@pytest.mark.parametrize("ask", LIBRARIES)
def test_half_a_body_is_half_a_body(ask, doubled, headers, spoil):
    spoil(kind="truncate")

    with double(doubled), pytest.raises(TOO_SHORT):
        ask("GET", STREAMS, headers=headers)


@pytest.mark.parametrize("ask", LIBRARIES)
def test_a_route_of_ones_own_goes_first(ask, doubled, headers):
    with double(doubled) as router:
        router.get(STREAMS, params={"page": "2"}).respond(503, text="ours")

        assert (503, b"ours") == ask("GET", f"{STREAMS}?page=2", headers=headers)
        assert 200 == ask("GET", STREAMS, headers=headers)[0]


@pytest.mark.parametrize("ask", [by_httpx, by_httpx_async])
def test_what_a_route_lets_pass_goes_to_its_socket_and_is_one_call(ask, doubled, headers):
    elsewhere = doubled.base_url.replace("127.0.0.1", "localhost")
    with double(doubled) as router:
        router.get(host="localhost").pass_through()

        assert 200 == ask("GET", f"{elsewhere}/streams", headers=headers)[0]
        assert 1 == router.calls.call_count


def test_a_coroutine_may_answer_for_a_route(doubled):
    async def answer(_request):
        await asyncio.sleep(0)
        return httpx.Response(418)

    with double(doubled) as router:
        router.get(STREAMS).mock(side_effect=answer)

        assert 418 == by_httpx_async("GET", STREAMS)[0]


def test_an_answer_tells_how_long_it_took(doubled, headers):
    with double(doubled):
        assert httpx.get(STREAMS, headers=headers).elapsed.total_seconds() >= 0


def test_retries_of_urllib3_wait_and_repeat(doubled, headers, monkeypatch):
    waited = []
    monkeypatch.setattr("time.sleep", waited.append)
    busy = httpx.Response(503, headers={"Retry-After": "7"})
    with requests.Session() as session, double(doubled) as router:
        router.get(STREAMS).mock(side_effect=[busy, httpx.Response(200)])
        session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[503])))

        assert 200 == session.get(STREAMS, headers=headers, timeout=5).status_code
        assert ([7.0], 2) == (waited, router.calls.call_count)


def test_a_session_outlives_the_double(doubled, headers):
    with requests.Session() as session:
        with double(doubled):
            session.get(STREAMS, headers=headers, timeout=5)

        assert 200 == session.get(f"{doubled.base_url}/streams", headers=headers, timeout=5).status_code


def test_a_connection_of_aiohttp_stays_open_and_is_not_used_beyond_the_double(doubled, headers):
    async def ask():
        async with aiohttp.ClientSession(headers=headers) as session:
            with double(doubled):
                for _ in range(3):
                    async with session.get(STREAMS) as answer:
                        await answer.read()
                (kept,) = session.connector._conns.values()
                is_open = [protocol.is_connected() for protocol, _ in kept]
            return is_open, [protocol.is_connected() for protocol, _ in kept]

    assert ([True], [False]) == asyncio.run(ask())


def test_cookies_are_kept_as_from_a_network(doubled):
    with double(doubled) as router, requests.Session() as session:
        router.get(STREAMS).respond(200, headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/")])
        session.get(STREAMS, timeout=5)

        assert {"a": "1", "b": "2"} == session.cookies.get_dict()


@pytest.mark.parametrize("ask", LIBRARIES)
def test_an_answer_without_a_length_is_read_to_its_end(ask, doubled):
    with double(doubled) as router:
        router.get(STREAMS).mock(return_value=httpx.Response(200, stream=Pieces(b"one", b"two")))

        assert (200, b"onetwo") == ask("GET", STREAMS)


def test_calls_side_by_side_are_answered_each(doubled, headers):
    async def ask_many():
        async with aiohttp.ClientSession(headers=headers) as session:
            answers = await asyncio.gather(*(session.get(f"{STREAMS}?page={page}") for page in range(1, 9)))
            return [(await answer.json())["meta"]["pagination"]["page"] for answer in answers]

    with double(doubled):
        assert list(range(1, 9)) == asyncio.run(ask_many())


def test_a_function_is_decorated(doubled, headers):
    @double(doubled)
    def ask():
        return by_httpx("GET", STREAMS, headers=headers)[0]

    assert [200, 200] == [ask(), ask()]


def test_a_coroutine_is_decorated(doubled, headers):
    @double(doubled)
    async def ask():
        async with httpx.AsyncClient() as client:
            return (await client.get(STREAMS, headers=headers)).status_code

    assert 200 == asyncio.run(ask())


def test_doubles_stand_within_each_other(emulator, doubled, headers):
    other = next(playing(name, emulator) for name in emulator.providers if name != CLOUD)
    with double(doubled), double(other):
        for ask in (by_httpx, by_httpx_async, by_requests, by_aiohttp):
            assert 200 == ask("GET", STREAMS, headers=headers)[0]


def test_every_address_of_every_service_is_answered(emulator):
    clouds = [playing(name, emulator) for name in emulator.providers]
    contracts = [each for cloud in clouds for each in (cloud.promise, *cloud.promise.services.values())]
    with double(*clouds):
        seen = {url: by_httpx("GET", f"{url}/nobody-documents-this")[0] for one in contracts for url in one.servers}

    assert {} == {url: status for url, status in seen.items() if status < 400 or status >= 500}


def test_afterwards_everything_is_as_it_was(doubled):
    from aiohttp import TCPConnector
    from urllib3.connection import HTTPConnection, HTTPSConnection

    def seen():
        return HTTPConnection.connect, HTTPSConnection.connect, TCPConnector._create_connection

    before = seen()
    with pytest.raises(KeyError), double(doubled):
        assert before != seen()
        raise KeyError

    assert before == seen()


def test_a_double_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs a cloud"):
        double()


def test_a_generator_is_doubled_until_it_ends(doubled, headers):
    @double(doubled)
    def asking():
        yield by_requests("GET", STREAMS, headers=headers)[0]
        yield by_httpx("GET", STREAMS, headers=headers)[0]

    assert [200, 200] == list(asking())


def test_an_async_generator_is_doubled_until_it_ends(doubled, headers):
    @double(doubled)
    async def asking():
        async with httpx.AsyncClient() as client:
            yield (await client.get(STREAMS, headers=headers)).status_code

    async def all_of_it():
        return [status async for status in asking()]

    assert [200] == asyncio.run(all_of_it())


def test_who_begins_a_double_twice_ends_it_twice(doubled, headers):
    router = double(doubled)
    with router:
        with router:
            pass

        assert 200 == by_requests("GET", STREAMS, headers=headers)[0]


def test_a_class_is_not_decorated(doubled):
    with pytest.raises(TypeError, match="News is a class; decorate its methods"):

        @double(doubled)
        class News:
            pass


@pytest.mark.parametrize("other", ["tenbyte", promise(CLOUD), print])
def test_what_is_no_cloud_that_runs_is_refused_in_a_sentence(other):
    with pytest.raises(TypeError, match="is no cloud that runs"):
        double(other)
