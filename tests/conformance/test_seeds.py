"""A seed draws the same in every process, whatever that has imported and has found before."""

import importlib.util
import json
import sys

import pytest
from hypothesis import settings
from hypothesis.database import InMemoryExampleDatabase

from offair.contracts.contract import Contract
from offair.contracts.jsontext import parse_or_none
from offair.contracts.server import check_server
from offair.contracts.server.target import Target

OPENAPI = """
openapi: 3.1.0
info: {title: Small, version: '1'}
servers: [{url: https://small.example/v1}]
paths:
  /things:
    post:
      operationId: makeThing
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [name], properties: {name: {type: string}, size: {type: integer}}}
      responses:
        '200': {description: Made., content: {application/json: {schema: {type: object}}}}
        default: {description: Not made., content: {application/json: {schema: {type: object}}}}
"""
LONG = 60  # bytes: no scene sends more


@pytest.fixture(scope="module", name="contract")
def _contract(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    folder.joinpath("openapi.yaml").write_text(OPENAPI)
    return Contract.load(folder)


def serving(longest):
    """Take what is documented, refuse the rest, and fail at what is longer than so many bytes."""

    def application(environ, start):
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status = "405 No" if environ["REQUEST_METHOD"] != "POST" else "200 Yes" if _is_good(content) else "400 No"
        status = "500 Oops" if len(content) > longest else status
        start(status, [("Content-Type", "application/json"), ("Content-Length", "2"), ("Allow", "POST")])
        return [b"{}"]

    return application


def _is_good(content):
    asked = parse_or_none(content)
    return isinstance(asked, dict) and isinstance(asked.get("name"), str) and type(asked.get("size", 0)) is int


def drawn(contract, *, longest=sys.maxsize):
    """What is asked of such a server, and what it broke."""
    target = Target(base_url="https://small.example/v1", application=serving(longest))
    report = check_server(contract, target, depth="ci", seed=3, only=["answer/no-failure"])
    asked = [(one.method, one.path, one.request_body) for one in report.exchanges]
    return asked, [one.rule.name for one in report.broken]


def test_what_was_imported_meanwhile_is_not_drawn(contract, tmp_path, monkeypatch):
    before = drawn(contract)
    file = tmp_path / "elsewhere.py"
    file.write_text(f"WORDS = {json.dumps([f'offair-{n}' for n in range(500)])}\nNUMBERS = {[*range(7000, 7500)]}")
    spec = importlib.util.spec_from_file_location("elsewhere", file)
    monkeypatch.setitem(sys.modules, "elsewhere", importlib.util.module_from_spec(spec))

    assert before == drawn(contract)


def test_what_was_found_before_is_not_tried_first(contract):
    database = InMemoryExampleDatabase()
    settings.register_profile("remembering", settings.get_profile("house"), database=database)
    settings.load_profile("remembering")
    try:
        first, again = drawn(contract, longest=LONG), drawn(contract, longest=LONG)
    finally:
        settings.load_profile("house")

    assert ["answer/no-failure"] == first[1]
    assert first == again
    assert {} == database.data
