"""Exchanges, and reading the published ones."""

import json

import pytest

from offair.contracts.exchange import Exchange, Trim, published

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
