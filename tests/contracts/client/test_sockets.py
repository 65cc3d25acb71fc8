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


def listener(cloud, pause):
    async def listen(url):
        async with websockets.connect(url) as socket:
            assert json.loads(await socket.recv())["type"] == "history"
            async with asyncio.timeout(1):
                while True:
                    await socket.recv()

    async def job():
        async with httpx.AsyncClient(base_url=cloud.base_url, headers=cloud.headers, verify=False) as http:
            stream = (await http.post("/streams/", json={"title": "Evening"})).json()
            await http.post("/auth/register", json={**NAME, "username": "somebody"})
            token = (await http.post("/auth/login", json=NAME)).json()["access_token"]
        url = f"{cloud.base_url.replace('http', 'ws')}/streams/{stream['id']}/chat/ws?token={token}"
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
