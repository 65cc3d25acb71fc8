"""The built-in inbox: it catches hooks, and answers as it is told to."""

import hashlib
import hmac
import json
from base64 import b64decode

import httpx
import pytest

from offair.emulator.core import inbox as inboxes
from offair.emulator.core.clock import Clock
from offair.emulator.core.inbox import Inbox
from offair.fixtures.settling import settle

MARK = {"X-Offair": "1"}
SIGNED = "X-Webhook-Signature"


@pytest.fixture(autouse=True)
def _empty(control, emulator):
    """Begin with nothing, and with nothing on its way."""
    yield
    settle(emulator)
    control.delete("/inbox", headers=MARK).raise_for_status()


@pytest.fixture(name="url")
def _url(control):
    return control.get("/inbox").json()["url"]


@pytest.fixture(name="caught")
def _caught(control):
    return lambda: control.get("/inbox").json()["caught"]


@pytest.fixture(name="sent")
def _sent(create, report, until, url, control):
    """A stream whose hook the inbox caught, and that delivery."""
    stream = create(webhook_url=url)
    report(stream["id"], "live")
    until("stream.started", kind="hook", stream=stream["id"])
    return stream, control.get("/deliveries", params={"stream": stream["id"]}).json()["deliveries"][0]


def test_a_hook_is_caught_with_a_signature_that_can_be_checked(control, sent, caught):
    (call,) = caught()
    secret = control.get(f"/streams/{sent[0]['id']}").json()["hook_secret"]
    digest = hmac.new(secret.encode(), call["body"].encode(), hashlib.sha256).hexdigest()

    assert ("catch", "stream.started", f"sha256={digest}", 200) == (
        call["name"], json.loads(call["body"])["event"], call["headers"][SIGNED], call["status"],
    )  # fmt: skip


@pytest.mark.parametrize("status", [204, 302, 400, 403, 404, 410, 503])
def test_it_answers_any_status_that_it_was_told_to(control, url, status):
    control.put("/inbox", json={"status": status}).raise_for_status()

    assert status == httpx.post(url, json={}).status_code  # and no answer of ours breaks our contract


def test_it_answers_with_the_status_that_it_was_told(control, create, report, until, url):
    control.put("/inbox", json={"status": 503}).raise_for_status()
    stream = create(webhook_url=url)
    report(stream["id"], "live")

    assert 503 == until("stream.started", kind="hook", stream=stream["id"]).details["status"]


def test_it_answers_as_late_as_it_was_told(control, emulator, url):
    control.put("/inbox", json={"delay": 0.3}).raise_for_status()
    began = emulator.clock.monotonic()
    httpx.post(url, json={})

    assert emulator.clock.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("content", "kind", "shown"),
    [(b"a=1&b=2", "application/x-www-form-urlencoded", "a=1&b=2"), (b"plain", "text/plain", "plain"),
     (b"\xff\xfe", "application/octet-stream", "��"), (b"", None, ""), (b"<xml/>", None, "<xml/>"),
     (b"not {json", "application/json", "not {json"), (b"[" * 200, "application/json", "[" * 200),
     (b"a%", "multipart/form-data", "a%"), (b"\xff", "application/x-www-form-urlencoded", "�")],
)  # fmt: skip
def test_whatever_is_posted_is_caught(url, caught, content, kind, shown):
    answer = httpx.post(f"{url}?a=1", content=content, headers={"Content-Type": kind} if kind else {})

    assert (200, [(shown, "a=1")]) == (answer.status_code, [(one["body"], one["query"]) for one in caught()])


def test_what_is_no_text_is_kept_to_the_byte(url, caught):
    httpx.post(url, content=bytes(range(256)), headers={"Content-Type": "application/json"})
    httpx.post(url, content="ü".encode())

    assert [bytes(range(256)), None] == [one["base64"] and b64decode(one["base64"]) for one in caught()]


def test_a_query_is_told_so_that_it_can_be_read_again(url, caught):
    httpx.post(f"{url}?a=x%26y&b=1")

    assert ["a=x%26y&b=1"] == [one["query"] for one in caught()]


def test_a_page_of_another_origin_puts_nothing_in(url, caught):
    answer = httpx.post(url, content=b"x", headers={"Origin": "https://evil.example"})

    assert (403, []) == (answer.status_code, caught())


@pytest.mark.parametrize("wrong", [{"status": 99}, {"status": 600}, {"delay": -1}, {"delay": 61}])
def test_what_nobody_can_answer_is_refused(control, wrong):
    assert 422 == control.put("/inbox", json=wrong).status_code


def test_it_is_emptied_and_answers_as_at_first(control, url, caught):
    control.put("/inbox", json={"status": 500}).raise_for_status()
    httpx.post(url, json={})
    control.delete("/inbox", headers=MARK)

    assert (200, 1) == (httpx.post(url, json={}).status_code, len(caught()))


def test_an_edited_hook_is_another_delivery_signed_anew(control, sent, caught, until):
    stream, hook = sent
    answer = control.post(f"/deliveries/{hook['id']}/resend", json={"body": '{"event": "edited"}'})
    until("stream.started", kind="hook", stream=stream["id"], after=_latest(control, stream))
    secret = control.get(f"/streams/{stream['id']}").json()["hook_secret"]
    digest = hmac.new(secret.encode(), b'{"event": "edited"}', hashlib.sha256).hexdigest()

    assert (202, True) == (answer.status_code, answer.json()["id"] != hook["id"])
    assert ('{"event": "edited"}', f"sha256={digest}") == (caught()[-1]["body"], caught()[-1]["headers"][SIGNED])


def test_a_hook_can_be_sent_elsewhere(control, sent, caught, until, url):
    stream, hook = sent
    control.post(f"/deliveries/{hook['id']}/resend", json={"url": url.replace("catch", "elsewhere")})
    until("elsewhere", kind="hook", stream=stream["id"])

    assert ["catch", "elsewhere"] == [one["name"] for one in caught()]


def test_a_delivery_tells_how_it_is_signed_and_not_with_what(control, sent):
    stream, hook = sent
    secret = control.get(f"/streams/{stream['id']}").json()["hook_secret"]

    assert {"header": SIGNED, "form": "sha256={hex}", "method": "HMAC-SHA256"} == hook["signature"]
    assert secret not in control.get("/deliveries", params={"stream": stream["id"]}).text


def test_a_hook_is_triggered_to_a_url_from_a_stream_that_has_none(control, create, until, url, caught):
    stream = create()
    answer = control.post(f"/streams/{stream['id']}/trigger", json={"event": "stream.error", "url": url})
    until("stream.error", kind="hook", stream=stream["id"])

    assert (202, ["stream.error"]) == (answer.status_code, [json.loads(one["body"])["event"] for one in caught()])


def test_a_reset_empties_it(control, url, caught):
    httpx.post(url, json={})
    control.post("/reset", json={})

    assert [] == caught()


def test_it_keeps_only_so_much(monkeypatch):
    monkeypatch.setattr(inboxes, "KEPT", 3)
    monkeypatch.setattr(inboxes, "KEPT_BYTES", 10)
    inbox = Inbox(Clock())
    for number in range(5):
        inbox.catch("catch", query="", headers={}, content=b"x" * (number % 2))
    many = [one.number for one in inbox.caught()]
    for _ in range(3):
        inbox.catch("catch", query="", headers={}, content=b"x" * 6)

    assert ([3, 4, 5], [8]) == (many, [one.number for one in inbox.caught()])


def _latest(control, stream):
    """The number of the latest hook that was told before."""
    entries = control.get("/journal", params={"kind": "hook", "stream": stream["id"]}).json()["entries"]
    return entries[0]["number"]
