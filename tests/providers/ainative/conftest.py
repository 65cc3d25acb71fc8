"""Streams, people and chats of AINative, for tests that each have a tenant of their own."""

from contextlib import ExitStack

import httpx
import pytest
from talk import Talk

from offair.contracts.contract import promise


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    """Whose tenants the tests are."""
    return "ainative"


@pytest.fixture(scope="session", name="examples")
def _examples():
    """The published exchanges by their beginning: d01, c05."""
    return {example.name.partition("-")[0]: example for example in promise("ainative").examples}


@pytest.fixture(name="other")
def _other(emulator, cloud, tenant):
    """A client of the tenant's second user."""
    headers = {"Authorization": f"Bearer {tenant.credentials['other_token']}"}
    with httpx.Client(base_url=emulator.addresses(cloud).api, headers=headers, timeout=30, verify=False) as client:
        yield client


@pytest.fixture(name="anybody")
def _anybody(emulator, cloud):
    """A client that says nothing about who it is."""
    with httpx.Client(base_url=emulator.addresses(cloud).api, timeout=30, verify=False) as client:
        yield client


@pytest.fixture(name="make")
def _make(api):
    """Make a stream of this test's first user."""

    def make(title="a stream", **wish):
        return api.post("/streams/", json={"title": title, **wish}).raise_for_status().json()

    return make


@pytest.fixture(name="stream")
def _stream(make):
    return make()


@pytest.fixture(name="live")
def _live(api, stream):
    """A stream that is live, without an encoder."""
    return api.post(f"/streams/id/{stream['id']}/start").raise_for_status().json()


@pytest.fixture(name="enter")
def _enter(emulator, cloud, tenant):
    """Go into a chat, and hear the history and the count that follows."""
    with ExitStack() as leaving:

        def enter(stream, *, token="token", frames=2, prefix="api/v1"):
            secret = tenant.credentials.get(token, token)
            root = f"ws{emulator.http_url.removeprefix('http')}/{cloud}/{prefix}"
            query = "" if secret is None else f"?token={secret}"
            talk = leaving.enter_context(Talk(f"{root}/streams/{stream}/chat/ws{query}"))
            talk.first = [talk.hear() for _ in range(frames)]
            return talk

        yield enter


def said(talk):
    """Give what is said next, letting counts of viewers pass."""
    while (frame := talk.hear())["type"] == "viewer_count":
        pass
    return frame


@pytest.fixture(name="hear")
def _hear():
    return said
