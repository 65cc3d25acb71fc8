"""What the page about AINative tells a reader to type works as it stands there."""

import json
import subprocess

import httpx
import needing
import pytest

PAGE = "docs/providers/ainative.md"
pytestmark = needing.program("curl")


def _type(script, environment, folder):
    """Type into a shell, and give the last line that it prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, cwd=folder, timeout=90, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(name="variables")
def _variables(emulator, environment):
    house = emulator.tenancy.house("ainative").credentials
    known = {"TOKEN": house["token"], "USERNAME": house["username"], "BASE_URL": emulator.addresses("ainative").api}
    return environment | {"OFFAIR_URL": emulator.http_url} | {f"AINATIVE_{name}": text for name, text in known.items()}


@pytest.mark.media
def test_the_first_stream_of_the_guide_becomes_a_vod(blocks, variables, tmp_path):
    printed = _type(blocks(PAGE, "sh stream")[0], variables, tmp_path)
    (vod,) = json.loads(printed[-1])

    assert ("ended", "ready", True) == (printed[-2], vod["status"], vod["duration"] > 3)


def test_the_account_of_the_guide_logs_in(blocks, variables, tmp_path):
    printed = _type(blocks(PAGE, "sh accounts")[0], variables, tmp_path)

    assert "newcomer" in printed[-1]


def test_the_world_of_the_guide_is_not_empty(blocks, environment, tmp_path):
    printed = _type(blocks(PAGE, "sh world")[0], environment, tmp_path)

    assert 4 == json.loads(printed[-1])["total"]


class _Visit:
    """A browser's context, or a route in it, which keeps what is asked of it."""

    def __init__(self, url=""):
        self.url, self.request, self.routes, self.said = url, self, {}, {}

    def route(self, glob, answer):
        self.routes[glob] = answer

    def fulfill(self, **said):
        self.said = said


def test_the_player_of_the_guide_is_a_frame_of_ours(blocks, emulator):
    cdn, names = emulator.addresses("ainative").cdn, {}
    exec(blocks(PAGE, "python player")[0], names)
    headers = dict(emulator.tenancy.invite("ainative").headers)
    made = httpx.post(
        f"{emulator.addresses('ainative').api}/streams/", json={"title": "framed"}, headers=headers
    ).json()
    names["play_from"](context := _Visit(), cdn)
    asked = _Visit(f"https://iframe.cloudflarestream.com/{made['cloudflare_stream_id']}?autoplay=true")
    context.routes["https://iframe.cloudflarestream.com/**"](asked)

    assert "<title>framed</title>" in httpx.get(asked.said["headers"]["Location"]).text
