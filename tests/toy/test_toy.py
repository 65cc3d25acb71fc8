"""A cloud from elsewhere is served like one of ours, and no file of ours knows of it."""

import subprocess

import httpx
import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.media.testcard.playing import count_frames
from offair.emulator.settings import Settings


def test_it_is_found_beside_the_others(everybody, providers):
    assert [*providers, "toy"] == [provider.name for provider in everybody]


def test_it_is_announced_beside_the_others(emulator):
    toy = emulator.ready()["clouds"]["toy"]

    assert (f"{emulator.http_url}/toy/v0", {"X-Toy"}) == (toy["base_url"], set(toy["headers"]))


def test_a_room_can_be_made(api):
    answer = api.post("/rooms", json={"title": "mine"})

    assert (201, {"room", "push", "watch"}) == (answer.status_code, set(answer.json()))


def test_nobody_else_may(emulator):
    answer = httpx.post(f"{emulator.addresses('toy').api}/rooms", json={"title": "mine"})

    assert (403, {"oops": "who are you"}) == (answer.status_code, answer.json())


def test_the_promise_is_kept_before_the_code_is_asked(api):
    answer = api.post("/rooms", json={"title": ""})

    assert (418, ["oops"]) == (answer.status_code, list(answer.json()))


def test_what_is_documented_and_undone_is_a_marked_501(api):
    answer = api.post("/rooms/mine/dance")

    assert (501, "documented, and this stand-in does not have it yet") == (
        answer.status_code,
        answer.json()["oops"].rpartition(" is ")[2],
    )


@pytest.mark.parametrize("path", ["/stairs", "/rooms/", "/rooms/mine", "/rooms/mine/sing"])
def test_what_is_not_documented_is_a_404_in_the_toys_own_words(api, path):
    answer = api.get(path)

    assert (404, ["oops"]) == (answer.status_code, list(answer.json()))


def test_another_method_is_refused_in_the_toys_own_words(api):
    answer = api.get("/rooms")

    assert (405, ["oops"]) == (answer.status_code, list(answer.json()))


def test_a_tenant_of_the_toy_is_nobody_at_another_cloud(emulator, tenant):
    token = tenant.credentials["token"]
    answer = httpx.get(f"{emulator.addresses('tenbyte').api}/streams", headers={"X-API-Key": token})

    assert 401 == answer.status_code


def _publish_and_watch(emulator, tenant, executable) -> int:
    room = httpx.post(
        f"{emulator.addresses('toy').api}/rooms", json={"title": "on air"}, headers=dict(tenant.headers)
    ).json()
    clip = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=15", "-f", "lavfi", "-i", "sine", "-c:v", "libx264"]
    fast = ["-preset", "ultrafast", "-tune", "zerolatency", "-g", "15", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    argv = [executable, "-v", "error", "-nostdin", *clip, *fast, "-f", "flv", room["push"]]
    with subprocess.Popen(argv, stderr=subprocess.PIPE) as encoder:
        try:
            is_live = {"kind": "move", "stream": room["room"], "text": "to live"}
            assert emulator.journal.wait_for(is_live, emulator.clock.deadline(30)), emulator.journal.entries()[-5:]
            return count_frames(executable, room["watch"], 1.0)
        finally:
            encoder.kill()
            encoder.communicate(timeout=10)


@pytest.mark.media
def test_what_is_pushed_can_be_watched(emulator, tenant, executable):
    frames = _publish_and_watch(emulator, tenant, executable)

    assert 10 <= frames <= 20, frames


@pytest.mark.media
def test_it_needs_no_other_cloud(everybody, executable):
    with Emulator(Settings(port=0, rtmp_port=0), everybody[-1:]) as alone:
        frames = _publish_and_watch(alone, alone.invite("toy"), executable)

        assert (["toy"], True) == (list(alone.ready()["clouds"]), frames >= 10)
