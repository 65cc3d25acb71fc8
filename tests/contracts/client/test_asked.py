"""Requests as a client sends them, each broken in one way: exactly the rule that it breaks says so."""

import json
from dataclasses import replace

import pytest

from offair.contracts.checks.asked import ASKED
from offair.contracts.checks.catalogue import judge_exchanges
from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange

CONTRACT = promise("tenbyte")
ROOT = "/v1/livestream"
BODY = next(one for one in CONTRACT.examples if one.name == "create-video-push").request_body
KEY = {"X-API-Key": "tkb-a"}
LIST = Exchange(method="GET", path=f"{ROOT}/streams?page=1&per_page=20", status=200, request_headers=KEY)
CREATE = Exchange(
    method="POST",
    path=f"{ROOT}/streams",
    status=201,
    request_headers={**KEY, "Content-Type": "application/json"},
    request_body=json.dumps(BODY).encode(),
)


def with_body(**more):
    return replace(CREATE, request_body=json.dumps({**BODY, **more}).encode())


BROKEN = {
    "a path that is not there": (replace(LIST, path=f"{ROOT}/stream"), "requests/known-path"),
    "a method that is not there": (replace(LIST, method="PATCH", path=f"{ROOT}/streams"), "requests/known-method"),
    "a parameter that is not there": (replace(LIST, path=f"{ROOT}/streams?perpage=20"), "requests/documented-query"),
    "no credentials": (replace(LIST, request_headers={}), "requests/credentials-sent"),
    "credentials of nobody": (replace(LIST, status=401), "requests/credentials-sent"),
    "a word that is not documented": (with_body(type="endless"), "requests/documented-body"),
    "a member that is not documented": (with_body(webhookUrl="https://a.example/"), "requests/documented-body"),
    "a member that is missing": (replace(CREATE, request_body=b"{}"), "requests/documented-body"),
    "a form where JSON is documented": (
        replace(CREATE, request_headers={**KEY, "Content-Type": "text/csv"}),
        "requests/documented-body",
    ),
    "a body of which nobody says what it is": (replace(CREATE, request_headers=KEY), "requests/documented-body"),
    "too many calls": (replace(LIST, status=429), "requests/within-limits"),
}


def broken_rules(*exchanges):
    return [one.rule.name for one in judge_exchanges(CONTRACT, exchanges, ASKED) if one.outcome == "broken"]


def found(*exchanges):
    return [v for one in judge_exchanges(CONTRACT, exchanges, ASKED) for v in one.violations]


def test_a_client_that_asks_as_is_documented_breaks_nothing():
    assert [] == broken_rules(LIST, CREATE)


@pytest.mark.parametrize("how", BROKEN)
def test_a_request_that_breaks_one_rule_is_found_by_that_rule_alone(how):
    one, rule = BROKEN[how]

    assert [rule] == broken_rules(LIST, CREATE, one)


@pytest.mark.parametrize("how", ["a parameter that is not there", "a member that is not documented"])
def test_what_is_not_documented_and_let_pass_is_a_warning_that_names_the_nearest(how):
    one, _ = BROKEN[how]
    (violation,) = found(one)

    assert ("inferred", True) == (violation.grade, "did you mean" in violation.message)


def test_free_members_are_anybodys():
    assert [] == broken_rules(with_body(meta={"show": "evening", "deep": {"er": 1}}))


def test_a_path_that_is_nearly_documented_names_the_one_that_is():
    (violation,) = found(replace(LIST, path=f"{ROOT}/stream"))

    assert f"the nearest is {ROOT}/streams" in violation.message


def test_a_path_with_a_name_in_it_is_near_to_the_one_that_has_it_in_the_same_place():
    (violation,) = found(replace(LIST, path=f"{ROOT}/streems/0000cf2e-ae90-46bc-b119-f5f626258434"))

    assert f"the nearest is {ROOT}/streams/{{streamId}}" in violation.message
