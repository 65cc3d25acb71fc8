"""Health, readiness, state: what is there."""

import os
import re

import pytest

from offair.emulator.web.app import build
from offair.emulator.web.control.mount import control_mount


def test_it_is_up(control):
    assert {"status": "up"} == control.get("/health").json()


def test_ready_tells_what_the_emulator_tells(emulator, control):
    ready = control.get("/ready").json()

    assert (emulator.ready(), True, os.getpid()) == (ready, ready["ready"], ready["pid"])


def test_the_document_is_what_is_mounted(emulator, control):
    """Path for path and method for method, and nothing beside it."""
    document = control.get("/openapi.json").json()
    mount = control_mount(emulator.steered(), emulator.timers)
    (root,) = mount.roots
    documented = {
        (root + re.sub(r"\{[^}]+\}", "{}", path), method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    rules = build(mount).url_map.iter_rules()
    mounted = {
        (re.sub(r"<p\d+>", "{}", rule.rule), method)
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert documented == mounted


def test_every_documented_operation_is_answered(emulator):
    operations = control_mount(emulator.steered(), emulator.timers).surface.operations

    assert [] == [operation.key for operation, performer in operations if performer is None]


def test_what_is_not_documented_is_a_404_that_says_so(control):
    answer = control.get("/coffee")

    assert (404, True) == (answer.status_code, "documents no path /_offair/coffee" in answer.json()["error"])


def test_a_mistyped_path_leads_to_the_one_that_was_meant(control):
    words = "control documents no path /_offair/redy (did you mean GET /ready?)"

    assert {"error": words} == control.get("/redy").json()


def test_another_method_is_a_405_that_names_the_right_one(control):
    answer = control.post("/health", json={})

    assert (405, "GET") == (answer.status_code, answer.headers["Allow"])


def test_a_path_outside_of_everything_names_what_there_is(emulator, control):
    answer = control.get(f"{emulator.http_url}/nowhere")

    assert (404, True, True) == (
        answer.status_code,
        "/_offair" in answer.json()["error"],
        "/tenbyte/v1/livestream" in answer.json()["error"],
    )


def test_the_state_shows_streams_and_tenants(control, tenant, create):
    stream = create(name="shown")
    state = control.get("/state").json()

    assert (
        [{"id": tenant.id, "cloud": "tenbyte", "name": "a test"}],
        [("shown", "idle", "tenbyte", tenant.id, None)],
        1.0,
        "light",
        [],
    ) == (
        [shown for shown in state["tenants"] if shown["id"] == tenant.id],
        [
            (shown["name"], shown["state"], shown["cloud"], shown["tenant"], shown["publication"])
            for shown in state["streams"]
            if shown["id"] == stream["id"]
        ],
        state["clock"]["rate"],
        state["media_profile"],
        state["publications"],
    )


def test_the_state_tells_no_secret(control, tenant, create):
    stream = create()
    text = control.get("/state").text

    assert [] == [secret for secret in (stream["stream_key"], *tenant.credentials.values()) if secret in text]


def test_a_stream_is_shown_with_what_its_owner_needs(emulator, control, create):
    stream = create(webhook_url="http://127.0.0.1:1/hook")
    shown = control.get(f"/streams/{stream['id']}").json()

    assert (
        f"{emulator.rtmp_url}/live/{stream['stream_key']}",
        "http://127.0.0.1:1/hook",
        True,
        True,
    ) == (
        shown["publish_url"],
        shown["hook_url"],
        len(shown["hook_secret"]) >= 16,
        stream["playback"]["hls"].startswith(shown["cdn_url"]),
    )


def test_a_stream_that_is_not_there_is_a_404_with_the_next_step(control):
    answer = control.get("/streams/nothing")

    assert (404, "there is no stream nothing; GET /state lists those that are there") == (
        answer.status_code,
        answer.json()["error"],
    )


def test_a_new_tenant_gets_credentials_that_work(emulator, control):
    made = control.post("/tenants", json={"cloud": "tenbyte", "name": "Ada"})
    answer = control.get(f"{emulator.addresses('tenbyte').api}/streams", headers=made.json()["headers"])

    assert (201, "Ada", 200) == (made.status_code, made.json()["name"], answer.status_code)


def test_a_tenant_is_told_with_all_that_is_printed_of_the_first_one(emulator, control, providers):
    printed = {name: one["credentials"] for name, one in emulator.ready()["clouds"].items()}
    listed = control.get("/tenants").json()["tenants"]
    made = {name: control.post("/tenants", json={"cloud": name}).json()["credentials"] for name in providers}

    assert (printed, {name: set(told) for name, told in printed.items()}) == (
        {one["cloud"]: one["credentials"] for one in listed if one["is_house"]},
        {name: set(told) for name, told in made.items()},
    )


def test_a_tenant_of_an_unknown_cloud_is_a_404_that_names_the_clouds(control, providers):
    answer = control.post("/tenants", json={"cloud": "nowhere"})

    words = f"there is no cloud nowhere; there is {', '.join(providers)}"
    assert (404, words) == (answer.status_code, answer.json()["error"])


def test_a_token_stands_for_its_tenant(emulator, control, tenant, create):
    stream = create()
    token = control.post("/tokens", json={"cloud": "tenbyte", "tenant": tenant.id}).json()["token"]
    answer = control.get(
        f"{emulator.addresses('tenbyte').api}/streams", headers={"Authorization": f"Bearer {token}"}
    ).json()

    assert [stream["id"]] == [shown["id"] for shown in answer["data"]]


def test_a_token_of_nobody_in_particular_is_the_printed_tenants(emulator, control):
    token = control.post("/tokens", json={"cloud": "tenbyte"}).json()["token"]
    answer = control.get(f"{emulator.addresses('tenbyte').api}/streams", headers={"Authorization": f"Bearer {token}"})

    assert 200 == answer.status_code


def test_a_token_of_an_unknown_tenant_is_a_404(control):
    answer = control.post("/tokens", json={"cloud": "tenbyte", "tenant": "nobody"})

    assert (404, True) == (answer.status_code, "there is no tenant nobody" in answer.json()["error"])


def test_a_token_that_lasts_no_time_is_refused(control):
    answer = control.post("/tokens", json={"cloud": "tenbyte", "seconds": 0})

    assert (422, True) == (answer.status_code, any("seconds" in words for words in answer.json()["violations"]))


@pytest.mark.parametrize("path", ["/journal", "/journal.har", "/journal/wait", "/events"])
def test_what_happened_in_a_cloud_that_is_not_there_is_not_looked_for(control, path):
    answer = control.get(path, params={"cloud": "tenbite"})

    assert (404, True) == (answer.status_code, "there is no cloud tenbite (did you mean tenbyte?)" in answer.text)


def test_what_happened_at_the_control_surface_is_looked_for_by_its_name(control):
    control.get("/coffee")

    assert {"control"} == {one["cloud"] for one in control.get("/journal?cloud=control").json()["entries"]}
