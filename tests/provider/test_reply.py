"""An answer and a hook as they travel."""

import json
from pathlib import Path

import pytest

from offair.emulator.provider.hooks import FORM, Delivery, Outcome, unless_200
from offair.emulator.provider.reply import Reply

HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("reply", "is_json", "content"),
    [
        (Reply(200, {"a": 1}), True, b'{"a":1}'),
        (Reply(200, "word"), True, b'"word"'),
        (Reply(200, []), True, b"[]"),
        (Reply(200, None), True, b""),
        (Reply(200, 0), True, b"0"),
        (Reply(200, "ü", media_type=HTML), False, "ü".encode()),
        (Reply(200, b"\x00", media_type="image/png"), False, b"\x00"),
        (Reply(200, b'{"a":1}'), False, b'{"a":1}'),
        (Reply(200, {"a": 1}, media_type="application/problem+json"), True, b'{"a":1}'),
        (Reply(200, {"a": 1}, media_type="application/json; charset=utf-8"), True, b'{"a":1}'),
        (Reply(200, Path("x"), media_type="image/png"), False, b""),
        (Reply.empty(200), False, b""),
    ],
)
def test_a_body_travels_as_its_type_says(reply, is_json, content):
    assert (is_json, content) == (reply.is_json, reply.content)


def test_nothing_may_have_a_type_and_headers():
    assert ("text/plain", {"Allow": "GET"}) == (
        (empty := Reply.empty(200, "text/plain", Allow="GET")).media_type,
        empty.headers,
    )


def _delivery(body, media_type="application/json"):
    return Delivery(event="e", url="http://x", body=body, media_type=media_type)


@pytest.mark.parametrize(
    ("delivery", "content"),
    [
        (_delivery({"a": 1}), b'{"a":1}'),
        (_delivery({"a": "x y", "b": ["1", "2"]}, FORM), b"a=x+y&b=1&b=2"),
        (_delivery("a=1", FORM), b"a=1"),
        (_delivery("ü", "text/plain"), "ü".encode()),
        (_delivery(b"\x00", "image/png"), b"\x00"),
        (_delivery({"a": 1}, "text/plain"), b'{"a":1}'),
        (_delivery({"a": 1}, f"{FORM}; charset=utf-8"), b"a=1"),
    ],
)
def test_a_hook_travels_as_its_type_says(delivery, content):
    assert content == delivery.content


def test_a_hook_in_json_is_read_as_it_was_written():
    body = {"words": "ü", "number": 1.5, "nothing": None}

    assert body == json.loads(_delivery(body).content)


@pytest.mark.parametrize(
    ("outcome", "is_success", "words"),
    [
        (Outcome(status=204), True, "status 204"),
        (Outcome(status=302), False, "status 302"),
        (Outcome(error="away"), False, "away"),
        (Outcome(), False, "status None"),
    ],
)
def test_an_outcome_says_what_it_met(outcome, is_success, words):
    assert (is_success, words) == (outcome.is_success, outcome.words)


@pytest.mark.parametrize(
    ("outcome", "objection"),
    [
        (Outcome(status=200), None),
        (Outcome(status=204), "the hook says no (status 204)"),
        (Outcome(error="TimeoutError: timed out"), "the hook says no (TimeoutError: timed out)"),
    ],
)
def test_a_plain_200_alone_is_no_objection(outcome, objection):
    assert objection == unless_200(outcome)


def test_more_headers_leave_the_rest_as_it_was_written():
    reply = Reply(201, {"a": 1}, {"Allow": "GET"})
    written = reply.content
    more = reply.beside({"Vary": "Origin"})

    assert Reply(201, {"a": 1}, {"Allow": "GET", "Vary": "Origin"}) == more
    assert written is more.content
