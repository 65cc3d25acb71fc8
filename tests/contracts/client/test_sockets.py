"""A client whose WebSocket is cut off: it opens another after a pause, or says that it is gone."""

import asyncio
import json

import httpx
import pytest
import websockets

from offair.contracts.client import check_client
from offair.emulator.counterpart import counterpart_of

NAME = {"email": "somebody@example.com", "password": "a-password-1"}


class ClientError(Exception):
    """What the client raises."""


def opens_after_a_pause(tries):
    return 2**tries


def opens_at_once(tries):
    return 0


def gives_up(tries):
    raise KeyError(tries)


async def a_room(cloud):
    """Make a stream and log in; give where one talks about it."""
    async with httpx.AsyncClient(base_url=cloud.base_url, headers=cloud.headers, verify=False) as http:
        stream = (await http.post("/streams/", json={"title": "Evening"})).json()
        await http.post("/auth/register", json={**NAME, "username": "somebody"})
        token = (await http.post("/auth/login", json=NAME)).json()["access_token"]
    return f"{cloud.base_url.replace('http', 'ws')}/streams/{stream['id']}/chat/ws?token={token}"


def listener(cloud, pause, meanwhile=0, sockets=1):
    async def listen(url):
        async with websockets.connect(url) as socket:
            assert json.loads(await socket.recv())["type"] == "history"
            await asyncio.sleep(meanwhile)
            async with asyncio.timeout(1):
                while True:
                    await socket.recv()

    async def job():
        url = await a_room(cloud)
        await asyncio.gather(*(stay(url) for _ in range(sockets)))

    async def stay(url):
        for tries in range(6):
            try:
                return await listen(url)
            except TimeoutError:
                return None
            except websockets.ConnectionClosed:
                await asyncio.sleep(pause(tries))
        raise ClientError

    return job


@pytest.mark.parametrize(
    ("pause", "told"),
    [
        (opens_after_a_pause, ""),
        (opens_at_once, "opens 3 more at once, each as soon as the one before is lost"),
        (gives_up, "raises KeyError"),
    ],
)
def test_who_loses_its_socket_is_judged_by_what_it_does_then(emulator, pause, told):
    cloud = counterpart_of("ainative", emulator)
    report = check_client(
        cloud, listener(cloud, pause), raises=(ClientError,), only=["drills/chat_reconnects", "requests/good-day"]
    )

    assert ([bool(told)], True) == (
        [bool(report.violations)],
        all(found.message.startswith(told) for found in report.violations),
    )


def test_who_sleeps_while_its_socket_is_open_has_not_paused_by_that(emulator):
    cloud = counterpart_of("ainative", emulator)
    careless = listener(cloud, opens_at_once, meanwhile=5)
    report = check_client(cloud, careless, raises=(ClientError,), only=["drills/chat_reconnects"])

    assert ["opens 3 more at once, each as soon as the one before is lost"] == [
        one.message for one in report.violations
    ]


def test_who_has_two_sockets_is_not_taken_for_one_that_opens_another_at_once(emulator):
    cloud = counterpart_of("ainative", emulator)
    honest = listener(cloud, opens_after_a_pause, sockets=2)
    report = check_client(cloud, honest, raises=(ClientError,), only=["drills/chat_reconnects"])

    assert [] == [str(one) for one in report.violations]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"type": "message", "content": "Hello"}, []),
        ({"type": "say", "content": "Hello"}, ["must say with 'type' which frame it is: message, ping, chat_message"]),
        ({"type": "message", "text": "Hello"}, ["is missing"]),
    ],
)
def test_what_a_client_says_over_its_socket_is_judged_as_what_it_asks(emulator, said, told):
    cloud = counterpart_of("ainative", emulator)

    async def job():
        url = await a_room(cloud)
        async with websockets.connect(url) as socket:
            await socket.recv()
            await socket.send(json.dumps(said))
            await socket.recv()

    report = check_client(cloud, job, only=["requests/documented-frames"])

    assert told == [one.message for one in report.violations]
    assert told or report.upheld


def test_who_offers_another_protocol_than_a_socket_asks_as_everybody_does(emulator):
    cloud = counterpart_of("ainative", emulator)
    offers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAAAAIAAAAB"}

    def job():
        with httpx.Client(base_url=cloud.base_url, headers={**cloud.headers, **offers}) as http:
            http.post("/streams/", json={"title": "Evening", "name": "Evening"}).raise_for_status()

    report = check_client(cloud, job, raises=(httpx.HTTPError,), only=["requests/documented-body"])

    assert ["is no documented member"] == [one.message.partition(",")[0] for one in report.violations]
