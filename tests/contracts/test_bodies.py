"""Bodies by their media types."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.bodies import UnreadableBodyError
from offair.contracts.checks.request import check_request
from offair.contracts.checks.response import check_response
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.forms import write_form
from offair.contracts.openapi import operations

DOCUMENT = """
    openapi: 3.1.0
    paths:
      /boxes:
        post:
          x-source: the book
          x-grade: inferred
          x-body-limit: 5000000
          requestBody:
            required: true
            content:
              Application/JSON; charset=utf-8: {schema: {$ref: "#/components/schemas/Box"}}
              text/plain: {schema: {$ref: "#/components/schemas/Box"}}
              application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Box"}}
              multipart/form-data:
                schema:
                  allOf: [{$ref: "#/components/schemas/Box"}]
                  properties: {picture: {type: string, format: binary}}
                  required: [picture]
              application/sdp: {schema: {type: string, pattern: "^v=0"}}
              image/*: {schema: {type: string, minLength: 3}}
          responses:
            "200":
              description: made
              content:
                application/json: {schema: {$ref: "#/components/schemas/Box"}}
                text/html: {schema: {type: string, pattern: "(?i)^<!doctype html>"}}
                text/csv: {}
                image/jpeg: {schema: {type: string, minLength: 3}}
            "204": {$ref: "#/components/responses/Box"}
            4XX: {$ref: "#/components/responses/Box"}
            "302": {description: elsewhere}
        put:
          requestBody: {x-body-limit: 9, content: {"*/*": {schema: {type: [object, "null"]}}}}
          responses: {"200": {description: put}}
        get: {responses: {"200": {description: all}}}
    components:
      responses:
        Box: {description: a box, content: {application/json: {schema: {$ref: "#/components/schemas/Box"}}}}
      schemas:
        Box:
          x-source: the book, Box
          type: object
          required: [name]
          properties: {name: {type: string}, size: {type: integer, maximum: 9}, tags: {type: array, maxItems: 2}}
"""
POST, PUT, GET = operations(yaml.safe_load(DOCUMENT))
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=X"
PICTURE = b'--X\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n\x89\xff\r\n'
NAME = b'--X\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n'


@pytest.mark.parametrize(
    ("content_type", "content", "value"),
    [
        ("application/json", b'{"name":"a"}', {"name": "a"}),
        ("APPLICATION/JSON;charset=UTF-8", b'{"name":"a"}', {"name": "a"}),
        (None, b'{"name":"a"}', {"name": "a"}),
        ("text/plain;charset=UTF-8", b'{"name":"a"}', {"name": "a"}),
        (FORM, b"name=a&size=3&tags=x&tags[]=y", {"name": "a", "size": 3, "tags": ["x", "y"]}),
        (MULTIPART, NAME + PICTURE + b"--X--", {"name": "a", "picture": "a.png"}),
        ("application/sdp", "v=0 é".encode(), "v=0 é"),
        ("image/png", b"\x89\xff\r\n", "\x89\xff\r\n"),
    ],
)
def test_a_body_is_read_as_its_media_type(content_type, content, value):
    assert value == POST.read_body(content_type, content)
    assert POST.value_violations(content_type, value) == POST.body_violations(content_type, content) == []


@pytest.mark.parametrize(
    ("content_type", "content", "where", "rule"),
    [
        ("application/json", b"", "request.body", "required"),
        ("application/json", b"{", "request.body", "json"),
        ("text/plain", b"name=a", "request.body", "json"),
        ("text/html", b"<p>", "request.content_type", "content_type"),
        ("", b"{}", "request.content_type", "content_type"),
        (FORM, b"name=%ff", "request.body", "form"),
        ("multipart/form-data", b"--X", "request.body", "form"),
        ("application/sdp", b"\xff", "request.body", "text"),
    ],
)
def test_a_body_that_cannot_be_read_is_told(content_type, content, where, rule):
    with pytest.raises(UnreadableBodyError) as told:
        POST.read_body(content_type, content)
    (found,) = POST.body_violations(content_type, content)

    assert rule == told.value.rule
    assert (where, rule, "the book", "inferred") == (found.where, found.rule, found.source, found.grade)


@pytest.mark.parametrize(
    ("content_type", "content", "path", "rule"),
    [
        ("application/json", b'{"name":"a","size":10}', ("size",), "maximum"),
        ("text/plain", b"[]", (), "type"),
        (FORM, b"name=a&size=big", ("size",), "type"),
        (FORM, b"tags=1&tags=2", ("name",), "required"),
        (MULTIPART, NAME + b"--X--", ("picture",), "required"),
        ("application/sdp", b"o=0", (), "pattern"),
        ("image/gif", b"\xff", (), "minLength"),
    ],
)
def test_a_body_is_judged_by_the_schema_of_its_media_type(content_type, content, path, rule):
    (found,) = POST.body_violations(content_type, content)

    assert ("request.body", path, rule) == (found.where, found.path, found.rule)


def test_a_type_that_is_not_documented_is_told_with_those_that_are():
    (found,) = POST.body_violations("application/xml", b"<a/>")

    assert (sorted(POST.bodies), "application/xml") == (found.expected, found.got)


@pytest.mark.parametrize(
    ("content_type", "value"),
    [
        ("application/json", {"a": "1"}),
        ("text/plain", {"a": "1"}),
        ("x/y", {"a": "1"}),
        (None, {"a": "1"}),
        (FORM, {"a": "1"}),
    ],
)
def test_json_is_looked_for_under_any_type_where_only_an_object_will_do(content_type, value):
    assert value == PUT.read_body(content_type, json.dumps(value).encode())


def test_a_form_is_a_form_whatever_the_range():
    assert {"a": "1"} == PUT.read_body(FORM, b"a=1")


def test_an_operation_without_a_body_reads_none_and_takes_anything():
    assert (GET.read_body("text/html", b"<p>"), GET.body_violations("text/html", b"<p>")) == (None, [])


def test_a_body_that_is_not_needed_may_be_left_out():
    assert (PUT.read_body(None, b""), PUT.body_violations(None, b"")) == (None, [])


def test_a_limit_is_said_by_the_operation_or_by_its_body():
    assert (5_000_000, 9, None) == (POST.body_limit, PUT.body_limit, GET.body_limit)


@pytest.mark.parametrize(
    ("status", "content_type", "content", "found"),
    [
        (200, "application/json", b'{"name":"a"}', []),
        (200, "text/html; charset=utf-8", b"<!DOCTYPE html><p>", []),
        (200, "text/html", b"<p>", [("response.body", "pattern")]),
        (200, "text/csv", b"a,b\n", []),
        (200, "image/jpeg", b"\xff\xd8\xff", []),
        (200, "image/png", b"\xff\xd8\xff", [("response.content_type", "content_type")]),
        (200, None, b'{"name":"a"}', [("response.content_type", "content_type")]),
        (200, "application/json", b"", [("response.body", "required")]),
        (404, None, b"", [("response.body", "required")]),
        (204, None, b"", []),
        (302, None, b"", []),
        (302, "text/html", b"<p>", [("response.body", "empty")]),
    ],
)
def test_an_answer_is_judged_by_its_media_type(status, content_type, content, found):
    broken = POST.response_violations(status, content_type, content)

    assert found == [(violation.where, violation.rule) for violation in broken]


@pytest.mark.parametrize(
    ("content_type", "rules"), [("text/plain", []), ("", ["content_type"]), (None, ["content_type"])]
)
def test_a_client_says_what_it_sends(write, content_type, rules):
    """A cloud may let it pass; judging a client is the place to say so."""
    contract = Contract.load(write(openapi=DOCUMENT))
    headers = {} if content_type is None else {"Content-Type": content_type}
    sent = Exchange(method="POST", path="/boxes", status=200, request_headers=headers, request_body=b'{"name":"a"}')

    assert rules == [violation.rule for violation in check_request(contract, sent)]


def test_what_answers_head_is_judged_without_a_body(write):
    contract = Contract.load(write(openapi="""
        openapi: 3.1.0
        paths: {/boxes: {get: {responses: {"200": {description: all, content: {text/csv: {}}}}}}}
    """))  # fmt: skip
    asked = Exchange(method="HEAD", path="/boxes", status=200)

    assert check_response(contract, asked) == []
    assert ["response.status"] == [
        violation.where for violation in check_response(contract, Exchange(method="HEAD", path="/boxes", status=404))
    ]


def test_what_kept_one_schema_is_not_taken_for_keeping_another():
    judged = [POST.response_violations(status, "application/json", b"{}") for status in (200, 404)] * 2
    judged.append(PUT.body_violations("application/json", b"{}"))

    assert [["required"]] * 4 + [[]] == [[found.rule for found in broken] for broken in judged]


KINDS = st.sampled_from([*POST.bodies, MULTIPART, "image/png", "text/html", "", "*/*"]) | st.none() | st.text()
CONTENTS = st.binary() | st.sampled_from(
    [b"{}", b'{"name":1}', b"name=1&size=2", NAME + PICTURE, b"[" * 9999, b'"\\ud800"']
)


@given(KINDS, CONTENTS)
def test_no_bytes_raise_and_every_violation_names_who_promised_it(content_type, content):
    for violation in (
        *POST.body_violations(content_type, content),
        *POST.response_violations(200, content_type, content),
    ):
        assert violation.source.startswith(("the book", "RFC 8259"))
        assert violation.where.startswith(("request.", "response."))


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.fixed_dictionaries({"name": TEXT}, optional={"size": st.integers(max_value=9)}))
def test_a_form_and_json_say_the_same(box):
    written = write_form([(name, str(value)) for name, value in box.items()])

    assert box == POST.read_body(FORM, written) == POST.read_body("application/json", json.dumps(box).encode())
