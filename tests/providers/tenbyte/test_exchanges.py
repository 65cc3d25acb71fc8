"""Every published exchange, replayed: the same request gets the same answer, member by member, in the same order.

What differs, differs for a reason: VALUES lists the members whose value is ours to choose, and the examples
themselves say where the publisher trimmed an answer.
"""

import re

import pytest

from offair.contracts.contract import promise

VALUES = {
    "id": "ids are made",
    "organization_id": "ids are made",
    "stream_key": "keys are made",
    "rtmp": "we listen elsewhere",
    "srt": "we listen elsewhere, and it holds the key",
    "hls": "we serve elsewhere",
    "dash": "we serve elsewhere",
    "created_at": "the time is another",
    "updated_at": "the time is another",
    "last_live_at": "the time is another",
}
CREATED = [
    e for e in promise("tenbyte").examples if e.operation == "POST /streams" and e.response_body and e.status == 201
]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _shape(value):
    """Reduce made values to their form, and keep everything else, with its order, as it is."""
    if isinstance(value, dict):
        return [
            (name, _form(inner) if name in VALUES and isinstance(inner, str) else _shape(inner))
            for name, inner in value.items()
        ]
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return value


def _form(text):
    text = TIME.sub("<time>", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>", text)
    text = re.sub(r"^(rtmp|srt)://[^/?]+", r"\1://<host>", text)
    return re.sub(r"^https?://.*?/(?=<uuid>)", "<cdn>/", text)


@pytest.mark.parametrize("example", CREATED, ids=lambda example: example.name)
def test_a_published_creation_is_answered_as_published(api, example):
    answer = api.post("/streams", json=example.request_body)
    shown = answer.json()
    if example.trims:  # the publisher left rungs out; ours shows them all
        count = len(example.response_body["data"]["ladder"]["video"])
        shown["data"]["ladder"]["video"] = shown["data"]["ladder"]["video"][:count]

    assert (example.status, _shape(example.response_body)) == (answer.status_code, _shape(shown))


def test_a_published_request_without_an_answer_is_accepted(api, examples):
    assert 201 == api.post("/streams", json=examples["create-audio-pull"].request_body).status_code


def test_a_live_stream_is_shown_as_published(api, examples, report):
    """The published answer is of a stream with one rung and without preserved_segments."""
    wanted = examples["get-live"].response_body["data"]
    asked = {
        name: wanted[name] for name in ("name", "type", "mode", "region", "output_protocols", "ladder", "packaging")
    } | {"ingest": {"kind": "push", "protocols": wanted["ingest"]["protocols"]}}
    stream_id = api.post("/streams", json=asked).json()["data"]["id"]
    report(stream_id, "live")

    assert _shape(examples["get-live"].response_body) == _shape(api.get(f"/streams/{stream_id}").json())


def test_a_list_row_has_the_published_members(api, examples, stream, report):
    report(stream["id"], "live")
    report(stream["id"], "errored")
    row = api.get("/streams").json()["data"][0]

    assert list(examples["list"].response_body["data"][0]) == list(row)


def test_an_empty_page_has_the_published_pagination(api, examples, stream):
    assert examples["list"].response_body["meta"] == api.get("/streams").json()["meta"]


def test_health_is_answered_without_an_envelope(api, examples):
    assert examples["health"].response_body == api.get("/health").json()


@pytest.mark.parametrize("name", ["transcoder-live", "transcoder-errored"])
def test_a_published_callback_is_answered_as_published(api, examples, tenant, stream, name):
    example = examples[name]
    body = {**example.request_body, "stream_id": stream["id"]}
    answer = api.post(
        "/webhooks/transcoder", json=body, headers={"X-Webhook-Secret": tenant.credentials["webhook_secret"]}
    )

    assert (example.status, example.response_body) == (answer.status_code, answer.json())


def test_malformed_json_is_told_where(api, examples):
    body = '{"name": "Live TV Channel", "type": "line' + "\n" + 'ar"}'
    answer = api.post("/streams", content=body, headers={"Content-Type": "application/json"})
    expected = examples["error-400"].response_body
    expected = {
        **expected,
        "errors": [{**expected["errors"][0], "message": f"Malformed JSON at offset {body.index(chr(10))}"}],
    }

    assert (400, expected) == (answer.status_code, answer.json())


def test_a_call_without_credentials_is_refused_as_published(api, examples):
    answer = api.get("/streams", headers={"X-API-Key": ""})

    assert (401, examples["error-401"].response_body) == (answer.status_code, answer.json())


def test_a_stream_that_is_not_there_is_answered_as_published(api, examples):
    answer = api.get("/streams/0000cf2e-ae90-46bc-b119-f5f626258434")

    assert (404, examples["error-404"].response_body) == (answer.status_code, answer.json())


def test_deleting_a_live_stream_is_refused_as_published(api, examples, stream, report):
    report(stream["id"], "live")
    answer = api.delete(f"/streams/{stream['id']}")

    assert (409, examples["error-409"].response_body) == (answer.status_code, answer.json())


def test_several_failing_fields_are_told_together_as_published(api, body, examples):
    wrong = {**body, "name": "", "ingest": {}, "ladder": {}}
    answer = api.post("/streams", json=wrong)

    assert (422, examples["error-422"].response_body) == (answer.status_code, answer.json())
