"""The journal over HTTP: what is found, what is waited for, and what is never shown."""

import threading
from pathlib import Path

import pytest

from offair.emulator.media.testcard.clip import load_clip
from offair.emulator.media.testcard.publisher import Publisher, PublishError
from offair.emulator.media.testcard.sources import Looped


@pytest.fixture(name="entries")
def _entries(control):
    def entries(**query):
        answer = control.get("/journal", params=query)
        assert 200 == answer.status_code, answer.text
        return answer.json()["entries"]

    return entries


def test_a_call_is_an_entry_with_both_sides(entries, tenant, create):
    stream = create(name="noted")
    (entry,) = entries(tenant=tenant.id, kind="request")

    assert ("POST /tenbyte/v1/livestream/streams 201", "tenbyte", "noted", "createStream", stream["id"]) == (
        entry["summary"],
        entry["cloud"],
        entry["details"]["request_body"]["name"],
        entry["details"]["operation"],
        entry["details"]["response_body"]["data"]["id"],
    )


def test_a_move_is_an_entry_with_its_reason(entries, create, report):
    stream = create()
    report(stream["id"], "live")
    (move,) = entries(kind="move", stream=stream["id"])

    assert ("idle", "live") == (move["details"]["origin"], move["details"]["state"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"kind": "request"}, 3),
        ({"kind": "move"}, 0),
        ({"cloud": "tenbyte"}, 3),
        ({"cloud": "bintu"}, 0),
        ({"text": "POST"}, 1),
        ({"limit": "2"}, 2),
        ({"limit": "0"}, 0),
    ],
)
def test_entries_are_found_by_what_is_asked_for(entries, tenant, api, create, query, count):
    create()
    for _ in range(2):
        api.get("/streams")

    assert count == len(entries(tenant=tenant.id, **query))


def test_after_gives_only_what_is_new(entries, tenant, api):
    api.get("/streams")
    seen = entries(tenant=tenant.id)[-1]["number"]
    api.get("/ping")
    api.get("/streams")

    assert [True] == [entry["number"] > seen for entry in entries(tenant=tenant.id, after=str(seen))]


def test_the_latest_come_when_there_are_too_many(entries, tenant, api):
    for page in ("1", "2", "3"):
        api.get("/streams", params={"page": page})

    assert ["page=2", "page=3"] == [
        entry["details"]["url"].rpartition("?")[2] for entry in entries(tenant=tenant.id, limit="2")
    ]


@pytest.mark.parametrize("query", [{"limit": "many"}, {"after": "-1"}, {"kind": "gossip"}, {"timeout": "soon"}])
def test_a_query_that_cannot_be_is_refused(control, query):
    path = "/journal/wait" if "timeout" in query else "/journal"
    answer = control.get(path, params=query)

    assert (422, True) == (answer.status_code, next(iter(query)) in answer.json()["error"])


def test_waiting_gives_what_was_there_before(control, create, report):
    stream = create()
    report(stream["id"], "live")
    answer = control.get("/journal/wait", params={"stream": stream["id"], "kind": "move", "timeout": "0"})

    assert (200, "live") == (answer.status_code, answer.json()["details"]["state"])


def test_waiting_is_woken_by_what_happens(control, create, report):
    stream = create()
    mover = threading.Timer(0.1, report, (stream["id"], "live"))
    mover.start()
    answer = control.get("/journal/wait", params={"stream": stream["id"], "kind": "move", "text": "to live"})
    mover.join()

    assert (200, stream["id"]) == (answer.status_code, answer.json()["stream"])


def test_waiting_in_vain_tells_what_was_seen_instead(control, tenant, create):
    create()
    answer = control.get("/journal/wait", params={"tenant": tenant.id, "kind": "move", "timeout": "0.05"})

    assert (404, True, True) == (
        answer.status_code,
        "nothing matched within 0.05 s" in answer.json()["error"],
        "POST /tenbyte/v1/livestream/streams 201" in answer.json()["error"],
    )


def test_looking_leaves_no_entry(entries):
    """The control surface is not part of the play."""
    before = entries()

    assert before == entries()


@pytest.fixture(name="everything")
def _everything(control):
    """The whole journal as text."""
    return lambda: control.get("/journal", params={"limit": "10000"}).text


def test_no_credential_is_shown(control, tenant, api, create, report, everything):
    """Neither those that a call sends nor those that an answer gives."""
    stream = create(webhook_url="http://127.0.0.1:1/hook")
    report(stream["id"], "live")
    token = control.post("/tokens", json={"cloud": "tenbyte", "tenant": tenant.id}).json()["token"]
    api.get("/streams", headers={"Authorization": f"Bearer {token}"})
    hook_secret = control.get(f"/streams/{stream['id']}").json()["hook_secret"]
    text = everything()

    assert [] == [
        secret for secret in (*tenant.credentials.values(), token, hook_secret, stream["stream_key"]) if secret in text
    ]


def test_a_wrong_credential_is_not_shown_either(api, everything):
    """It may be the right one somewhere else."""
    api.get("/streams", headers={"X-API-Key": "tkb-of-production-0001"})
    api.get("/streams", headers={"X-API-Key": "", "Authorization": "Bearer of-production-0002"})
    text = everything()

    assert (False, False) == ("of-production-0001" in text, "of-production-0002" in text)


def test_a_stream_key_is_hidden_inside_an_srt_url_too(entries, tenant, create):
    stream = create()
    (entry,) = entries(tenant=tenant.id)
    key, shown = stream["stream_key"], entry["details"]["response_body"]["data"]["ingest"]["srt"]

    assert (True, stream["ingest"]["srt"].replace(key, f"{key[:4]}…")) == (key in stream["ingest"]["srt"], shown)


def test_both_keys_of_a_reset_are_hidden(api, create, everything):
    stream = create()
    fresh = api.post(f"/streams/{stream['id']}/reset-key").json()["data"]["stream_key"]
    text = everything()

    assert (False, False) == (fresh in text, stream["stream_key"] in text)


def test_a_key_that_an_encoder_tried_is_hidden(emulator, entries, everything):
    """An encoder that is refused may have the right key of another place."""
    encoder = Publisher(
        f"{emulator.rtmp_url}/live/of-production-0003",
        Looped(load_clip(), clock=emulator.clock),
        choose_ffmpeg=lambda: Path("never-started"),
        random_bytes=emulator.world.ids.random_bytes,
    )
    with pytest.raises(PublishError, match="NetStream"):
        encoder.run(lambda _progress: None, lambda: False)

    assert (True, False) == (bool(entries(kind="publication")), "of-production-0003" in everything())


def test_a_storage_secret_is_hidden(control, api, body, everything):
    storage = {"endpoint": "https://s3.example.com", "bucket": "b", "region": "r", "access_key_id": "AKIA0123456789",
               "secret_access_key": "of-production-0004"}  # fmt: skip
    api.post("/streams", json=body | {"recording": {"enabled": True, "target": "s3", "s3_config": storage}})

    assert ("of-production-0004" in everything()) is False, control


@pytest.mark.parametrize(
    "asked",
    [{"headers": {"X-Long": "x" * 30_000}}, {"params": {"q": "x" * 30_000}}],
    ids=["headers", "a query"],
)
def test_what_a_request_says_besides_its_body_is_counted(emulator, api, monkeypatch, asked):
    monkeypatch.setattr("offair.emulator.core.journal.LARGEST", 300_000)
    before = emulator.journal.latest
    for _ in range(20):
        api.get("/streams", **asked)

    assert len(emulator.journal.entries({"after": str(before)})) <= 10


def test_of_a_long_body_only_its_length_is_kept(api, control, tenant, body):
    api.post("/streams", json=body | {"meta": {"x": "y" * 30_000}})
    entry = control.get("/journal", params={"tenant": tenant.id, "kind": "request"}).json()["entries"][-1]

    assert entry["details"]["request_body"].endswith(" bytes")
