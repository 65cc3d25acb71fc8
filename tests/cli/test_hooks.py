"""``offair hooks``: what was sent and what waits, one sent again, and one out of turn."""

import json

import httpx
import pytest
from inbox import Inbox

from offair.contracts.contract import promise
from offair.emulator.cli.hooks import row

EVENTS = list(promise("tenbyte").webhooks)
HOOK = {"id": "an-id", "state": "given_up", "event": "x", "url": "http://there/", "attempts": []}


@pytest.fixture(name="inbox")
def _inbox():
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture(name="stream")
def _stream(serving, inbox):
    """A stream whose hooks come to the inbox."""
    example = next(e for e in promise("tenbyte").examples if e.name == "create-video-push")
    body = example.request_body | {"webhook_url": inbox.url}
    answer = httpx.post(f"{serving.cloud['base_url']}/streams", headers=serving.cloud["headers"], json=body)
    return answer.raise_for_status().json()["data"]["id"]


@pytest.fixture(name="hooks")
def _hooks(run, serving):
    return lambda *arguments: run("hooks", *arguments, "--url", serving.url)


def test_a_triggered_hook_is_told_with_its_answer(hooks, inbox, stream):
    ended = hooks("trigger", "stream.started", stream)

    assert (0, True, [stream]) == (
        ended.code,
        ended.out.endswith(f"stream.started to {inbox.url}: 200 (delivered)\n"),
        [one.body["stream_id"] for one in inbox.all("stream.started")],
    )


def test_a_hook_that_is_not_taken_ends_the_command_with_1(hooks, inbox, stream):
    inbox.answers["stream.idle"] = (503, "")
    ended = hooks("trigger", "stream.idle", stream)

    assert (1, True) == (ended.code, "503 (waiting)" in ended.out)


def test_what_was_sent_is_listed_and_sent_again_by_its_id(hooks, inbox, stream):
    hooks("trigger", "stream.error", stream)
    (hook,) = json.loads(hooks("--stream", stream, "--json").out)
    again = hooks("resend", hook["id"])
    listed = hooks("--stream", stream).out

    assert (0, 2, f"{hook['id']}  delivered  stream.error  200 (attempt 2)  {inbox.url}\n") == (
        again.code,
        len(inbox.all("stream.error")),
        listed,
    )


def test_the_url_may_stand_before_the_subcommand(run, serving, stream):
    assert 0 == run("hooks", "--url", serving.url, "trigger", "stream.started", stream).code


def test_an_unknown_hook_is_a_sentence_with_those_that_there_are(hooks, stream):
    ended = hooks("trigger", "stream.exploded", stream)

    assert (1, True) == (ended.code, f"it documents {', '.join(EVENTS)}" in ended.sentence)


def test_an_id_that_is_nobodys_is_a_sentence(hooks):
    ended = hooks("resend", "no/thing")

    assert (1, True) == (ended.code, "there is no delivery" in ended.sentence or "404" in ended.sentence)


def test_where_nothing_was_sent_a_sentence_says_so(hooks):
    ended = hooks("--tenant", "nobody")

    assert (0, "", "No hook was sent, and none waits.") == (ended.code, ended.out, ended.sentence)


def test_what_is_chosen_for_the_list_is_not_dropped_in_silence(run):
    ended = run("hooks", "--state", "waiting", "resend", "an-id")

    assert (2, True) == (ended.code, "is for the list" in ended.err)


@pytest.mark.parametrize(
    ("attempts", "words"),
    [
        ([], "not tried yet"),
        ([{"status": 500, "error": None}], "500"),
        ([{"status": None, "error": "refused"}], "refused"),
        ([{"status": 500, "error": None}, {"status": 204, "error": None}], "204 (attempt 2)"),
    ],
)
def test_a_line_says_what_came_of_a_hook(attempts, words):
    assert f"an-id  given_up   x  {words}  http://there/" == row(HOOK | {"attempts": attempts})


def test_a_line_steers_no_terminal():
    assert r"x\x1b[2J" in row(HOOK | {"event": "x\x1b[2J"})
