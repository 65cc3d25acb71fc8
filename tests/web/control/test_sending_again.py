"""Hooks out of turn: one that was sent is sent again, and the cloud's own hook is sent of what did not happen."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from inbox import Inbox

from offair.emulator.core.streams import STREAMS

EVENTS = ("stream.started", "stream.stopped", "stream.error", "stream.idle")
MARK = {"X-Offair": "1"}
SIGNED = "X-Webhook-Signature"


@pytest.fixture(name="inbox")
def _inbox():
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture(name="deliveries")
def _deliveries(control):
    return lambda stream: control.get("/deliveries", params={"stream": stream["id"]}).json()["deliveries"]


@pytest.fixture(name="told")
def _told(emulator):
    """Wait until so many attempts at a stream's hooks were told, and give the last."""

    def told(stream, count):
        about, deadline = {"kind": "hook", "stream": stream["id"]}, emulator.clock.deadline(20)
        assert emulator.journal.wait_for(lambda _: len(emulator.journal.entries(about)) >= count, deadline)
        return emulator.journal.entries(about)[count - 1]

    return told


@pytest.fixture(name="sent")
def _sent(create, report, inbox, told, deliveries):
    """A stream with one hook that was delivered, and that hook."""
    stream = create(webhook_url=inbox.url)
    report(stream["id"], "live")
    told(stream, 1)
    return stream, deliveries(stream)[0]


def _resend(control, hook_id):
    return control.post(f"/deliveries/{hook_id}/resend", headers=MARK)


def _trigger(control, stream, event):
    return control.post(f"/streams/{stream['id']}/trigger", json={"event": event})


def test_what_is_sent_again_is_the_same_to_the_byte(control, inbox, sent, told, deliveries):
    stream, hook = sent
    answer = _resend(control, hook["id"])
    told(stream, 2)
    first, second = inbox.all("stream.started")

    assert (202, hook["id"], (first.content, first.headers)) == (
        answer.status_code,
        answer.json()["id"],
        (second.content, second.headers),
    )
    assert [("delivered", 2)] == [(one["state"], len(one["attempts"])) for one in deliveries(stream)]


def test_one_that_waits_for_its_next_attempt_waits_no_longer(control, inbox, create, report, told, deliveries):
    inbox.answers["stream.started"] = (500, "")
    stream = create(webhook_url=inbox.url)
    report(stream["id"], "live")
    told(stream, 1)
    inbox.answers.clear()
    _resend(control, deliveries(stream)[0]["id"])
    told(stream, 2)

    assert [("delivered", [500, 200])] == [
        (one["state"], [tried["status"] for tried in one["attempts"]]) for one in deliveries(stream)
    ]


def test_one_that_was_given_up_has_one_attempt_more(control, inbox, create, report, told, deliveries):
    inbox.answers["stream.started"] = (500, "")
    stream = create(webhook_url=inbox.url)
    report(stream["id"], "live")
    for attempt in (1, 2, 3):
        told(stream, attempt)
        _resend(control, deliveries(stream)[0]["id"])
    told(stream, 4)

    assert [("given_up", 4)] == [(one["state"], len(one["attempts"])) for one in deliveries(stream)]


def test_what_is_not_there_cannot_be_sent_again(control):
    answer = _resend(control, "nothing")

    assert (404, True) == (answer.status_code, "there is no delivery nothing" in answer.json()["error"])


def test_no_form_of_a_page_sends_a_hook_again(control, sent):
    assert 415 == control.post(f"/deliveries/{sent[1]['id']}/resend").status_code


@pytest.mark.parametrize("event", EVENTS)
def test_every_documented_hook_comes_when_it_is_triggered_and_is_signed_as_always(control, inbox, create, told, event):
    stream = create(webhook_url=inbox.url)
    secret = control.get(f"/streams/{stream['id']}").json()["hook_secret"]
    answer = _trigger(control, stream, event)
    told(stream, 1)
    (hook,) = inbox.arrived
    digest = hmac.new(secret.encode(), hook.content, hashlib.sha256).hexdigest()

    assert (202, event, stream["id"], f"sha256={digest}") == (
        answer.status_code,
        hook.body["event"],
        hook.body["stream_id"],
        hook.headers[SIGNED],
    )


def test_a_triggered_hook_is_all_that_happens(emulator, api, control, inbox, create, told):
    stream = create(webhook_url=inbox.url)
    before = api.get(f"/streams/{stream['id']}").json()["data"]
    _trigger(control, stream, "stream.error")
    told(stream, 1)

    assert (before, []) == (
        api.get(f"/streams/{stream['id']}").json()["data"],
        emulator.journal.entries({"kind": "move", "stream": stream["id"]}),
    )


def test_a_triggered_hook_is_tried_again_where_the_receiver_fails(control, inbox, create, told, deliveries):
    inbox.answers["stream.idle"] = (500, "")
    stream = create(webhook_url=inbox.url)
    _trigger(control, stream, "stream.idle")
    told(stream, 1)

    assert ["waiting"] == [one["state"] for one in deliveries(stream)]


def test_an_unknown_hook_is_refused_with_those_that_there_are(control, create):
    answer = _trigger(control, create(), "stream.exploded")

    assert (404, True) == (answer.status_code, f"it documents {', '.join(EVENTS)}" in answer.json()["error"])


def test_a_hook_that_would_go_nowhere_is_not_sent(emulator, control, create, deliveries):
    stream = create()
    emulator.world.put(STREAMS, replace(emulator.world.get(STREAMS, stream["id"]), hook_url=None))
    answer = _trigger(control, stream, "stream.started")

    assert (409, True, []) == (answer.status_code, "no URL is set" in answer.json()["error"], deliveries(stream))


def test_of_a_stream_that_is_not_there_nothing_is_triggered(control):
    assert 404 == _trigger(control, {"id": "nothing"}, "stream.started").status_code
