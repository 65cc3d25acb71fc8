"""Loading a promise and finding one's way in it."""

from textwrap import dedent

import pytest

from offair.contracts.contract import Contract, promise
from offair.contracts.document import DocumentError

TOY = dedent(
    """
    openapi: 3.1.0
    info: {title: Toy, version: "3"}
    paths:
      /boxes:
        parameters: [{$ref: "#/components/parameters/size"}]
        get:
          operationId: listBoxes
          responses: {200: {description: all, content: {application/json: {schema: {type: array}}}}}
        post:
          operationId: addBox
          requestBody: {$ref: "#/components/requestBodies/Box"}
          responses: {"201": {description: made}, 4XX: {description: no}, default: {description: hm}}
      /boxes/{boxId}: {get: {responses: {"200": {description: one}}}}
      /boxes/newest: {get: {responses: {"200": {description: one}}}}
    components:
      parameters:
        size: {name: size, in: query, required: true, schema: {type: integer, minimum: 1}}
      requestBodies:
        Box: {content: {application/json: {schema: {type: object, required: [lid]}}}}
    """
)


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "openapi.yaml").write_text(TOY)
    return Contract.load(tmp_path / "toy")


def test_an_openapi_document_alone_is_a_contract(toy):
    assert (toy.name, toy.title, toy.version, toy.base_path) == ("toy", "Toy", "3", "")
    assert (toy.webhooks, toy.limits, toy.examples) == ({}, (), ())


def test_operations_are_keyed_by_method_and_path_in_document_order(toy):
    assert list(toy.operations) == ["GET /boxes", "POST /boxes", "GET /boxes/{boxId}", "GET /boxes/newest"]


def test_a_folder_without_a_document_is_no_contract(tmp_path):
    with pytest.raises(LookupError, match=r"put an openapi\.yaml"):
        Contract.load(tmp_path)


def test_a_document_that_is_no_mapping_is_refused(tmp_path):
    (tmp_path / "openapi.yaml").write_text("[]")

    with pytest.raises(DocumentError, match="it is list"):
        Contract.load(tmp_path)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("a: [", "is no YAML"),
        ("openapi: 3.1.0\ninfo: {title: a, title: b}", "'title' stands twice in it .*line 2"),
        ("", "it is NoneType"),
        ("info: {}", "no 'openapi"),
        ("openapi: 3.1.0\npaths: []", "#/paths"),
    ],
)
def test_a_document_that_is_none_is_refused_with_its_file(tmp_path, document, words):
    (tmp_path / "openapi.yaml").write_text(document)

    with pytest.raises(DocumentError, match=words) as told:
        Contract.load(tmp_path)
    assert str(told.value).startswith(str(tmp_path / "openapi.yaml"))


def test_an_unknown_promise_names_the_known_ones():
    with pytest.raises(LookupError, match="tenbyte"):
        promise("nobody")


def test_parameters_of_the_path_hold_for_every_method_of_it(toy):
    assert [
        [parameter.name for parameter in toy.operations[key].query_parameters] for key in ("GET /boxes", "POST /boxes")
    ] == [["size"], ["size"]]


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ({"size": ["3"]}, []),
        ({"size": ["3"], "colour": ["red"]}, []),
        ({}, ["required"]),
        ({"size": ["0"]}, ["minimum"]),
        ({"size": ["big"]}, ["type"]),
        ({"size": ["1.5"]}, ["type"]),
        ({"size": ["true"]}, ["type"]),
        ({"size": ["NaN"]}, ["type"]),
        ({"size": ["[1]"]}, ["type"]),
    ],
)
def test_a_query_is_read_as_its_types(toy, query, rules):
    assert rules == [violation.rule for violation in toy.operations["GET /boxes"].query_violations(query)]


def test_a_body_behind_a_reference_is_judged(toy):
    operation = toy.operations["POST /boxes"]

    assert (operation.has_body, operation.is_body_required) == (True, False)
    assert [violation.path for violation in operation.value_violations(None, {})] == [("lid",)]


def test_an_operation_without_a_body_takes_anything(toy):
    assert toy.operations["GET /boxes"].value_violations(None, {"a": 1}) == []


@pytest.mark.parametrize(("status", "found"), [(201, "201"), (404, "4XX"), (500, "default")])
def test_an_answer_is_found_by_number_then_class_then_default(toy, status, found):
    assert found == toy.operations["POST /boxes"].answer(status).status


@pytest.mark.parametrize(
    ("status", "content_type", "body", "where"),
    [
        (200, "application/json", b"[]", []),
        (200, "Application/JSON; charset=utf-8", b"[]", []),
        (200, "text/html", b"[]", ["response.content_type"]),
        (200, None, b"[]", ["response.content_type"]),
        (200, "application/json", b"[", ["response.body"]),
        (200, "application/json", b"[NaN]", ["response.body"]),
        (200, "application/json", b"\xff", ["response.body"]),
        (200, "application/json", b"[" * 100_000, ["response.body"]),
        (200, "application/json", b"{}", ["response.body"]),
        (418, "application/json", b"[]", ["response.status"]),
    ],
)
def test_an_answer_is_judged_from_the_outside_in(toy, status, content_type, body, where):
    found = toy.operations["GET /boxes"].response_violations(status, content_type, body)

    assert where == [violation.where for violation in found]


def test_an_answer_without_a_body_must_have_none(toy):
    operation = toy.operations["POST /boxes"]

    assert (
        operation.response_violations(201, None, b""),
        [violation.rule for violation in operation.response_violations(201, "text/plain", b"done")],
    ) == ([], ["empty"])


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/boxes", "GET /boxes", {}),
        ("post", "/boxes?size=1", "POST /boxes", {}),
        ("GET", "/boxes/a%20b", "GET /boxes/{boxId}", {"boxId": "a b"}),
        ("GET", "/boxes/newest", "GET /boxes/newest", {}),
    ],
)
def test_a_request_is_matched_with_its_operation(toy, method, path, key, parameters):
    operation, found = toy.match(method, path)

    assert (key, parameters) == (operation.key, found)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/boxes"), ("GET", "/boxes/"), ("GET", "/"), ("GET", "boxes")])
def test_what_is_not_documented_matches_nothing(toy, method, path):
    assert toy.match(method, path) is None


def test_methods_at_a_path_are_known(toy):
    assert (toy.methods("/boxes"), toy.methods("/lids")) == (["GET", "POST"], [])


def test_the_base_path_is_the_path_of_the_server(tenbyte):
    assert tenbyte.base_path == "/v1/livestream"
    assert tenbyte.match("GET", "/v1/livestream/ping") is not None
    assert tenbyte.match("GET", "/ping") is None
    assert tenbyte.match("GET", "/v1/livestreams/ping") is None


def test_a_reference_out_of_the_document_is_refused(tmp_path):
    (tmp_path / "openapi.yaml").write_text(TOY.replace("#/components/requestBodies/Box", "other.yaml#/Box"))

    with pytest.raises(LookupError, match="leaves the document"):
        Contract.load(tmp_path)


def test_a_reference_into_nothing_is_refused(tmp_path):
    (tmp_path / "openapi.yaml").write_text(TOY.replace("requestBodies/Box", "requestBodies/Bag"))

    with pytest.raises(LookupError, match="there is no 'Bag'"):
        Contract.load(tmp_path)
