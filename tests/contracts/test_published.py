"""Exchanges, and reading the published ones."""

import json

import pytest

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.published import Trim, published

FORM = "application/x-www-form-urlencoded"
SAID = {
    "title": "A box",
    "source": "the book",
    "operation": "POST /boxes",
    "request": {"method": "POST", "path": "/boxes?size=1", "headers": {"X-A": "1"}, "body": {"z": "é", "a": 1}},
    "response": {"status": 201},
    "trims": [{"where": "response.body", "why": "not shown"}],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "box.json").write_text(json.dumps(SAID))
    (tmp_path / "examples" / "README.md").write_text("no example")
    return tmp_path


def test_a_published_example_keeps_its_members_in_order(folder):
    (box,) = published(folder)

    assert (box.name, list(box.request_body), box.status, box.response_body) == ("box", ["z", "a"], 201, None)
    assert ((Trim("response.body", "not shown"),), False) == (box.trims, box.is_sketch)


def test_a_published_example_becomes_bytes(folder):
    (box,) = published(folder)
    exchange = box.exchange

    assert '{"z":"é","a":1}'.encode() == exchange.request_body
    assert exchange.request_headers == {"Content-Type": "application/json", "X-A": "1"}
    assert (exchange.response_body, exchange.response_headers, exchange.response_content_type) == (b"", {}, None)


def test_headers_are_found_whatever_their_case():
    exchange = Exchange(method="GET", path="/", status=200, response_headers={"content-TYPE": "text/plain"})

    assert exchange.response_content_type == "text/plain"


def test_a_folder_without_examples_has_none(tmp_path):
    assert published(tmp_path) == ()


def example(folder, request, response):
    (folder / "examples").mkdir(exist_ok=True)
    said = {"title": "A call", "source": "the book", "operation": "POST /boxes"}
    asked = {"method": "POST", "path": "/boxes", **request}
    (folder / "examples" / "call.json").write_text(json.dumps({**said, "request": asked, "response": response}))
    (found,) = published(folder)
    return found


@pytest.mark.parametrize(
    ("said", "content_type", "content"),
    [
        ({"body": {"a": 1}}, "application/json", b'{"a":1}'),
        ({"body": {"a": 1}, "headers": {"content-type": "text/plain"}}, "text/plain", b'{"a":1}'),
        ({"text": "v=0\r\n", "headers": {"Content-Type": "application/sdp"}}, "application/sdp", b"v=0\r\n"),
        ({"text": "é"}, "text/plain; charset=utf-8", "é".encode()),
        ({"form": {"call": "publish", "tags[]": ["a", "b c"]}}, FORM, b"call=publish&tags%5B%5D=a&tags%5B%5D=b+c"),
        ({"body": None}, None, b""),
    ],
)
def test_a_side_is_json_a_text_or_a_form(tmp_path, said, content_type, content):
    asked = example(tmp_path, said, {"status": 200}).exchange
    answered = example(tmp_path, {}, {"status": 200, **said}).exchange

    assert (content_type, content) == (asked.request_content_type, asked.request_body)
    assert (content_type, content) == (answered.response_content_type, answered.response_body)


def test_headers_of_an_answer_are_kept(tmp_path):
    made = example(tmp_path, {}, {"status": 201, "headers": {"Location": "/boxes/7"}})

    assert {"Location": "/boxes/7"} == made.response_headers == made.exchange.response_headers


def test_an_exchange_may_say_when_it_was():
    assert (None, 1.5) == (
        Exchange(method="GET", path="/", status=200).at,
        Exchange(method="GET", path="/", status=200, at=1.5).at,
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [({"text": "v=0"}, "text/*"), ({"form": {"a": "1"}}, FORM), ({"body": {"a": 1}}, "application/json")],
)
def test_an_example_is_woven_in_under_its_media_type(write, said, kind):
    folder = write(openapi=f"""
        openapi: 3.1.0
        paths:
          /boxes:
            post:
              requestBody: {{$ref: "#/components/requestBodies/Box"}}
              responses: {{"200": {{description: made}}}}
        components:
          requestBodies: {{Box: {{content: {{"text/*": {{}}, application/json: {{}}, {FORM}: {{}}}}}}}}
    """)  # fmt: skip
    made = example(folder, said, {"status": 200})
    content = Contract.load(folder).woven()["components"]["requestBodies"]["Box"]["content"]

    assert {kind: {"call": {"summary": "A call", "value": made.request_body}}} == {
        name: holder["examples"] for name, holder in content.items() if "examples" in holder
    }
