"""What a document says that an operation has done is looked for where it says so, and nowhere else."""

from dataclasses import replace

import pytest

from offair.contracts.checks.effects import effects
from offair.contracts.contract import Contract
from offair.contracts.effect import NOWHERE, Done, is_shown
from offair.contracts.exchange import Exchange

BOXES = """
    openapi: 3.1.0
    servers: [{url: "https://boxes.example"}]
    paths:
      /boxes/{box}/things:
        parameters: [{name: box, in: path, required: true, schema: {type: string}}]
        post:
          operationId: put
          x-effects:
            - {shown-in: %s, parameters: {id: $request.path.box}, members: {things: $request.body#/thing},
               given: {"$request.body#/how": {const: gently}}}
          responses: {"200": {description: put}}
      /boxes:
        get:
          operationId: list
          parameters:
            - {name: page, in: query, schema: {type: integer}}
            - {name: size, in: query, schema: {type: integer}}
          responses: {"200": {description: all}}
      /boxes/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: string}}]
        get: {operationId: show, responses: {"200": {description: one}}}
"""
PUT = Exchange(
    method="POST", path="/boxes/a/things", status=200, who="us", request_body=b'{"thing": "hat", "how": "gently"}',
    request_headers={"Content-Type": "application/json"},
)  # fmt: skip
EMPTY = Exchange(
    method="GET", path="/boxes/a", status=200, who="us", response_body=b'{"things": []}',
    response_headers={"Content-Type": "application/json"},
)  # fmt: skip
DONE = Done({"box": "a"}, {"thing": {"kind": "hat"}, "size": None}, {"id": 5})


@pytest.fixture(name="boxes")
def _boxes(write):
    return Contract.load(write(openapi=BOXES % "show"))


def test_what_does_not_show_is_told_with_what_was_done_first(boxes):
    (found,) = effects(boxes, [PUT, EMPTY])

    assert ("GET /boxes/{id}", {"things": "hat"}) == (found.operation, found.expected)
    assert found.message == "shows nothing with what POST /boxes/{box}/things has done a moment before"
    assert found.reproduce.index("POST") < found.reproduce.index(" && ")


def test_what_shows_is_kept(boxes):
    assert [] == effects(boxes, [PUT, replace(EMPTY, response_body=b'{"things": ["scarf", "hat"]}')])


@pytest.mark.parametrize(
    "between",
    [
        [replace(PUT, status=400)],
        [replace(PUT, request_body=b'{"thing": "hat", "how": "roughly"}')],
        [replace(PUT, request_body=b'{"how": "gently"}')],
        [PUT, replace(PUT, path="/boxes/b/things", request_body=b"{}")],
    ],
    ids=["refused", "not given", "leads nowhere", "done and something else"],
)
def test_what_was_not_done_or_is_not_the_last_is_not_looked_for(boxes, between):
    assert [] == effects(boxes, [*between, EMPTY])


@pytest.mark.parametrize(
    "look",
    [{"who": "another"}, {"path": "/boxes/b"}, {"method": "HEAD", "response_body": b""}, {"status": 404}],
    ids=["another's", "elsewhere", "without a body", "a refusal"],
)
def test_another_look_shows_nothing_of_it(boxes, look):
    assert [] == effects(boxes, [PUT, replace(EMPTY, **look)])


def test_a_page_that_is_full_may_have_it_on_the_next(write):
    listed = Contract.load(write(openapi=BOXES % "list"))
    told = [
        effects(listed, [PUT, replace(EMPTY, path=f"/boxes?page=1&size={size}", response_body=b'[{"things": []}]')])
        for size in (1, 2)
    ]

    assert [0, 1] == [len(found) for found in told]


def test_an_effect_in_no_operation_is_told_by_file_and_pointer(write):
    with pytest.raises(LookupError) as told:
        Contract.load(write(openapi=BOXES % "open"))

    assert "toy/openapi.yaml#/paths/~1boxes~1{box}~1things/post/x-effects/0/shown-in: " in told.value.args[0]
    assert "no operation is called 'open'; give the operationId of one that reads" in told.value.args[0]


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ("$request.path.box", "a"),
        ("$request.body#/thing/kind", "hat"),
        ("$response.body#/id", 5),
        ("$response.body#/other", NOWHERE),
        ("$request.body#/size", NOWHERE),
        ("hat", "hat"),
        ({"of": {"kind": "$request.body#/thing/kind"}}, {"of": {"kind": "hat"}}),
        (True, True),
    ],
)
def test_an_expression_is_worth_what_it_leads_to(said, worth):
    assert worth == DONE.worth(said)


@pytest.mark.parametrize(
    ("wanted", "shown", "is_there"),
    [
        ({"a": 1}, {"data": [{"a": 2}, {"a": 1}]}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": {"b": 1}}, {"a": [{"b": 2}, {"b": 1, "c": 3}]}, True),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}]}, False),
        ({"a": {}}, {"a": []}, False),
        ({"a": {}}, {"a": [{"b": 1}]}, True),
        ({"a": 1, "b": 2}, [{"a": 1}, {"b": 2}], False),
    ],
)
def test_an_object_is_shown_by_its_members(wanted, shown, is_there):
    assert is_there is is_shown(wanted, shown)
