"""A cloud from elsewhere is served like one of ours, and no file of ours knows of it."""

import json

import httpx
import pytest

from offair.emulator.cli.remote import exports
from offair.emulator.emulator import Emulator
from offair.emulator.media.testcard.playing import count_frames
from offair.emulator.settings import Settings


def test_it_is_found_beside_the_others(everybody, providers):
    assert [*providers, "toy"] == [provider.name for provider in everybody]


def test_it_is_announced_beside_the_others(emulator):
    toy = emulator.ready()["clouds"]["toy"]

    assert (f"{emulator.http_url}/toy/v0", {"X-Toy"}, {"vault": f"{emulator.http_url}/toy-vault/api/v1"}) == (
        toy["base_url"],
        set(toy["headers"]),
        toy["services"],
    )


def test_a_shell_is_told_where_each_service_is(emulator, everybody, monkeypatch):
    monkeypatch.setattr("offair.emulator.provider.provider.discover", lambda: everybody)
    told = exports(emulator.ready())
    services = emulator.addresses("toy").services

    assert (emulator.addresses("toy").api, services["vault"]) == (told["TOY_BASE_URL"], told["TOY_VAULT_URL"])


def test_its_credentials_are_what_its_users_need(emulator):
    credentials = emulator.ready()["clouds"]["toy"]["credentials"]

    assert ({"house", "talk", "token", "vault"}, "ws://127.0.0.1") == (
        set(credentials),
        credentials["talk"].rpartition(":")[0],
    )


def test_what_its_demo_sends_is_what_it_documents(everybody, api):
    toy = everybody[-1]
    (example,) = [one for one in toy.promise.examples_of(toy.demo.operation) if one.name == toy.demo.example]
    answer = api.post("/rooms/", json=example.request_body).json()

    assert (answer["room"], {"hls"}) == (toy.demo.stream_id(answer), set(toy.demo.playback(answer)))


def test_what_is_documented_and_undone_is_a_marked_501(api, make_room):
    answer = api.post(f"/rooms/{make_room()['room']}/dance")

    assert (501, "documented, and this stand-in does not have it yet") == (
        answer.status_code,
        answer.json()["oops"].rpartition(" is ")[2],
    )


def test_a_tenant_of_the_toy_is_nobody_at_another_cloud(emulator, tenant):
    token = tenant.credentials["token"]
    answer = httpx.get(f"{emulator.addresses('tenbyte').api}/streams", headers={"X-API-Key": token})

    assert 401 == answer.status_code


def test_a_tenant_of_another_cloud_is_nobody_at_the_toy(emulator, anybody):
    other = emulator.tenancy.invite("tenbyte")
    answer = anybody.get("/rooms/open", headers={"X-Toy": other.credentials["api_key"]})

    assert 401 == answer.status_code


def test_another_clouds_stream_is_no_room(emulator, api):
    other = emulator.tenancy.invite("tenbyte")
    body = json.loads((emulator.providers["tenbyte"].promise.folder / "examples/create-video-push.json").read_text())[
        "request"
    ]["body"]
    stream = httpx.post(f"{emulator.addresses('tenbyte').api}/streams", json=body, headers=dict(other.headers)).json()

    assert 404 == api.get(f"/rooms/{stream['data']['id']}").status_code


def _publish_and_watch(emulator, tenant, publish, executable) -> int:
    room = httpx.post(
        f"{emulator.addresses('toy').api}/rooms/", json={"title": "on air"}, headers=dict(tenant.headers)
    ).json()
    with publish(room):
        is_live = {"kind": "move", "stream": room["room"], "text": "to live"}
        assert emulator.journal.wait_for(is_live, emulator.clock.deadline(30)), emulator.journal.entries()[-5:]
        return count_frames(executable, room["watch"], 1.0)


@pytest.mark.media
def test_what_is_pushed_can_be_watched(emulator, tenant, publish, executable):
    frames = _publish_and_watch(emulator, tenant, publish, executable)

    assert 10 <= frames <= 20, frames


@pytest.mark.media
def test_it_needs_no_other_cloud(everybody, publish, executable):
    with Emulator(Settings(port=0, rtmp_port=0), everybody[-1:]) as alone:
        frames = _publish_and_watch(alone, alone.tenancy.invite("toy"), publish, executable)

        assert (["toy"], True) == (list(alone.ready()["clouds"]), frames >= 10)
