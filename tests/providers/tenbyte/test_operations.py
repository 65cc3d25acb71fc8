"""What the other nine operations do, state by state."""

import pytest

STATES = ["idle", "starting", "live", "reconnecting", "stopping", "errored"]


def _status(api, stream):
    return api.get(f"/streams/{stream['id']}").json()["data"]["status"]


@pytest.mark.parametrize("path", ["/ping", "/health"])
def test_probes_are_open(api, path):
    assert 200 == api.get(path, headers={"X-API-Key": ""}).status_code


@pytest.mark.parametrize("state", STATES)
def test_deletion_waits_until_a_stream_is_off_air(api, stream, report, state):
    report(stream["id"], state)

    assert (204 if state in {"idle", "errored"} else 409) == api.delete(f"/streams/{stream['id']}").status_code


@pytest.mark.parametrize("state", STATES)
def test_stopping_needs_something_to_stop(api, stream, report, state):
    report(stream["id"], state)

    assert (409 if state in {"idle", "stopping"} else 200) == api.post(f"/streams/{stream['id']}/stop").status_code


@pytest.mark.parametrize("state", ["starting", "live", "reconnecting", "errored"])
def test_a_stopped_stream_without_an_encoder_is_idle_at_once(api, stream, report, state):
    report(stream["id"], state)
    api.post(f"/streams/{stream['id']}/stop")

    assert "idle" == _status(api, stream)


@pytest.mark.parametrize("state", STATES)
def test_restarting_is_refused_only_while_live(api, stream, report, state):
    report(stream["id"], state)
    code = api.post(f"/streams/{stream['id']}/restart").status_code

    assert ((409, "live") if state == "live" else (200, "starting")) == (code, _status(api, stream))


@pytest.mark.parametrize("state", STATES)
def test_a_key_is_reset_unless_the_stream_is_stopping(api, stream, report, state):
    report(stream["id"], state)
    answer = api.post(f"/streams/{stream['id']}/reset-key")
    key = answer.json().get("data", {}).get("stream_key", stream["stream_key"])

    assert (409 if state == "stopping" else 200, state != "stopping") == (
        answer.status_code,
        key != stream["stream_key"],
    )


def test_a_reset_key_stands_in_the_srt_url_and_leaves_playback_alone(api, stream):
    renewed = api.post(f"/streams/{stream['id']}/reset-key").json()["data"]

    assert (True, stream["playback"], stream["ingest"]["rtmp"]) == (
        renewed["stream_key"] in renewed["ingest"]["srt"], renewed["playback"], renewed["ingest"]["rtmp"],
    )  # fmt: skip


def test_a_deleted_stream_is_gone(api, stream):
    answers = [api.delete(f"/streams/{stream['id']}").status_code for _ in range(2)]

    assert ([204, 404], 404) == (answers, api.get(f"/streams/{stream['id']}").status_code)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/stop"), ("POST", "/restart"), ("POST", "/reset-key")]
)
def test_another_organizations_stream_does_not_exist(api, emulator, stream, method, path):
    stranger = emulator.tenancy.invite("tenbyte", "a stranger")
    answer = api.request(method, f"/streams/{stream['id']}{path}", headers=dict(stranger.headers))

    assert 404 == answer.status_code


def test_a_restarted_stream_falls_back_when_no_input_comes(api, emulator, until, stream):
    api.post(f"/streams/{stream['id']}/restart")
    emulator.publications.stop(emulator.world.get(_streams(), stream["id"]), reason="the patience of this test")

    assert "idle" == _status(api, stream)


def _streams():
    from offair.emulator.core.streams import STREAMS

    return STREAMS


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, "cba"),
        ({"order": "asc"}, "abc"),
        ({"order": "sideways"}, "cba"),
        ({"per_page": "2"}, "cb"),
        ({"per_page": "2", "page": "2"}, "a"),
        ({"page": "0"}, "cba"),
        ({"page": "-7"}, "cba"),
        ({"page": "9" * 400}, "cba"),
        ({"per_page": "0"}, "cba"),
        ({"per_page": "many", "page": "first"}, "cba"),
        ({"page": "9"}, ""),
    ],
    ids=str,
)
def test_a_list_falls_back_and_never_refuses(api, body, query, names):
    for name in "abc":
        api.post("/streams", json={**body, "name": name})
    answer = api.get("/streams", params=query)

    assert (200, list(names)) == (answer.status_code, [row["name"] for row in answer.json()["data"]])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"per_page": "101"}, (1, 100, 3, 1)),
        ({"per_page": "-1"}, (1, 10, 3, 1)),
        ({"per_page": "2", "page": "5"}, (5, 2, 3, 2)),
    ],
)
def test_pagination_tells_the_values_that_were_used(api, body, query, expected):
    for name in "abc":
        api.post("/streams", json={**body, "name": name})
    numbers = api.get("/streams", params=query).json()["meta"]["pagination"]

    assert expected == (numbers["page"], numbers["per_page"], numbers["total"], numbers["total_pages"])


def test_a_row_shows_no_key_and_no_url(api, stream):
    text = api.get("/streams").text

    assert [False, False, False] == [word in text for word in (stream["stream_key"], "rtmp://", "master.m3u8")]


def test_an_unknown_path_is_not_found(api):
    answer = api.get("/regions")

    assert (404, "NOT_FOUND") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/streams", "GET, POST"),
        ("PATCH", "/streams/x", "DELETE, GET"),
        ("GET", "/streams/x/stop", "POST"),
        ("OPTIONS", "/ping", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(api, method, path, allowed):
    answer = api.request(method, path)

    assert (405, allowed, "METHOD_NOT_ALLOWED") == (answer.status_code, answer.headers["Allow"], answer.json()["code"])


@pytest.mark.parametrize("state", STATES)
def test_a_transcoder_is_believed_whatever_it_says(api, stream, report, state):
    report(stream["id"], "live")
    report(stream["id"], state)

    assert state == _status(api, stream)


def test_a_callback_for_an_unknown_stream_is_not_found(report):
    assert 404 == report("0000cf2e-ae90-46bc-b119-f5f626258434", "live").status_code


def test_a_callback_needs_its_secret(api, stream):
    body = {"event": "x", "stream_id": stream["id"], "status": "live", "timestamp": "2026-04-16T12:00:00Z"}
    codes = [
        api.post("/webhooks/transcoder", json=body, headers=h).status_code for h in ({}, {"X-Webhook-Secret": "wrong"})
    ]

    assert [401, 401] == codes


def test_a_callback_with_a_wrong_status_is_invalid(stream, report):
    answer = report(stream["id"], "sleeping")

    assert (422, "status") == (answer.status_code, answer.json()["errors"][0]["field"])


def test_times_of_a_broadcast_appear_when_they_have_a_value(api, stream, report):
    report(stream["id"], "live")
    during = api.get(f"/streams/{stream['id']}").json()["data"]
    report(stream["id"], "idle")
    after = api.get(f"/streams/{stream['id']}").json()["data"]

    assert ([False, True, False], True) == (
        ["last_live_at" in stream, "last_live_at" in during, "last_ended_at" in during], "last_ended_at" in after,
    )  # fmt: skip
