"""The journal as an HTTP Archive."""

import json

import pytest
from inbox import Inbox


@pytest.fixture(name="export")
def _export(control, tenant):
    def export(**query):
        answer = control.get("/journal.har", params={"tenant": tenant.id, **query})
        assert 200 == answer.status_code, answer.text
        return answer.json()["log"]["entries"]

    return export


def test_a_call_is_in_it_with_both_sides(emulator, export, create):
    stream = create(name="archived")
    (entry,) = export()

    assert ("POST", f"{emulator.addresses('tenbyte').api}/streams", 201) == (
        entry["request"]["method"], entry["request"]["url"], entry["response"]["status"],
    )  # fmt: skip
    assert "archived" == json.loads(entry["request"]["postData"]["text"])["name"]
    assert stream["id"] == json.loads(entry["response"]["content"]["text"])["data"]["id"]


def test_a_hook_is_in_it_and_a_move_is_not(export, create, report, until):
    inbox = Inbox()
    stream = create(webhook_url=inbox.url)
    report(stream["id"], "live")
    until("stream.started", kind="hook", stream=stream["id"])
    found = export(stream=stream["id"])
    inbox.close()

    assert [inbox.url] == [one["request"]["url"] for one in found if "/streams" not in one["request"]["url"]
                           and "transcoder" not in one["request"]["url"]]  # fmt: skip
    assert "stream.started" in found[-1]["request"]["postData"]["text"]


def test_only_what_is_asked_for_is_in_it(export, api, create):
    create()
    api.get("/streams/nowhere")

    assert [404] == [one["response"]["status"] for one in export(status="4xx")]


def test_no_secret_is_in_it(control, tenant, create):
    stream = create()
    text = control.get("/journal.har").text

    assert [] == [secret for secret in (*tenant.credentials.values(), stream["stream_key"]) if secret in text]


def test_it_is_offered_as_a_file(control):
    assert 'attachment; filename="offair.har"' == control.get("/journal.har").headers["Content-Disposition"]
