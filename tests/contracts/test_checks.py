"""The pure checks: an Exchange in, Violations out."""

from dataclasses import replace

import pytest

from offair.contracts.checks.request import check_request
from offair.contracts.checks.response import check_response
from offair.contracts.checks.webhook import check_webhook
from offair.contracts.exchange import Exchange


@pytest.fixture
def example(tenbyte):
    return {found.name: found.exchange for found in tenbyte.examples}


def wheres(violations):
    return [violation.where for violation in violations]


def test_a_documented_request_passes(tenbyte, example):
    assert check_request(tenbyte, example["create-video-push"]) == []


def test_an_undocumented_path_is_a_violation(tenbyte):
    (found,) = check_request(tenbyte, Exchange(method="GET", path="/v1/livestream/regions", status=404))

    assert (found.rule, found.where) == ("path", "request.path")


def test_an_undocumented_method_names_the_documented_ones(tenbyte):
    (found,) = check_request(tenbyte, Exchange(method="PATCH", path="/v1/livestream/streams/x", status=405))

    assert (found.rule, found.expected, found.got) == ("method", ["DELETE", "GET"], "PATCH")


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"", "application/json", ("request.body", "required")),
        (b"{", "application/json", ("request.body", "json")),
        (b"{}", "text/plain", ("request.content_type", "content_type")),
        (b"[]", "application/json", ("request.body", "type")),
    ],
)
def test_a_body_is_judged_from_the_outside_in(tenbyte, example, body, content_type, told):
    request = replace(example["create-video-push"], request_body=body, request_headers={"Content-Type": content_type})

    (found,) = check_request(tenbyte, request)

    assert told == (found.where, found.rule)


def test_any_list_query_is_fine_because_the_cloud_falls_back(tenbyte):
    request = Exchange(method="GET", path="/v1/livestream/streams?page=-1&per_page=many&order=up&x=", status=200)

    assert check_request(tenbyte, request) == []


def test_a_documented_answer_passes(tenbyte, example):
    assert check_response(tenbyte, example["get-live"]) == []


def test_an_undocumented_status_is_a_violation(tenbyte, example):
    assert wheres(check_response(tenbyte, replace(example["get-live"], status=202))) == ["response.status"]


def test_a_deleted_stream_is_answered_without_a_body(tenbyte):
    gone = Exchange(method="DELETE", path="/v1/livestream/streams/x", status=204)

    assert check_response(tenbyte, gone) == []
    assert wheres(check_response(tenbyte, replace(gone, response_body=b"{}"))) == ["response.body"]


def test_what_answers_an_undocumented_request_is_not_judged(tenbyte):
    assert check_response(tenbyte, Exchange(method="GET", path="/elsewhere", status=599)) == []


def test_a_delivery_needs_a_signature(tenbyte, example):
    delivery = example["webhook-stream-started"]
    signed = replace(
        delivery, request_headers={**delivery.request_headers, "x-webhook-signature": "sha256=" + "0" * 64}
    )

    (found,) = check_webhook(tenbyte, delivery)

    assert (found.rule, found.path, found.grade) == ("signature", ("X-Webhook-Signature",), "inferred")
    assert check_webhook(tenbyte, signed) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [(b"{", "json"), (b"[]", "event"), (b'{"event":"stream.burnt"}', "event"), (b'{"event":[]}', "event")],
)
def test_a_delivery_must_be_a_documented_event(tenbyte, body, rule):
    delivery = Exchange(method="POST", path="/", status=200, request_body=body)

    assert [rule] == [violation.rule for violation in check_webhook(tenbyte, delivery)]
