"""Parameters are text; their schemas say what the text means."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.checks.request import check_request
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.openapi import operations

DOCUMENT = """
    openapi: 3.1.0
    servers: [{url: https://toy.example/v1}]
    paths:
      /boxes/{id}:
        parameters:
          - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
          - {name: size, in: query, schema: {type: string}}
        get:
          x-source: the book
          parameters:
            - {name: "tags[]", in: query, schema: {type: array, maxItems: 2, items: {type: string}}}
            - {name: sizes, in: query, explode: false, schema: {$ref: "#/components/schemas/Sizes"}}
            - {name: piped, in: query, style: pipeDelimited, schema: {type: array, items: {type: boolean}}}
            - {name: either, in: query, schema: {anyOf: [{type: integer}, {type: "null"}]}}
            - {name: open, in: query, schema: {type: boolean}}
            - {name: any, in: query, schema: {type: [string, integer]}}
            - name: size
              in: query
              x-grade: inferred
              x-source: a guess
              schema: {$ref: "#/components/schemas/Size"}
            - {name: X-Depth, in: header, required: true, schema: {type: number, maximum: 9}}
            - {name: X-Marks, in: header, schema: {type: array, items: {type: integer}}}
            - {name: Authorization, in: header, required: true, schema: {type: integer}}
            - {name: accept, in: header, required: true, schema: {type: integer}}
            - {name: Content-Type, in: header, required: true, schema: {type: integer}}
            - {name: session, in: cookie, required: true, schema: {type: string}}
          responses: {"200": {description: one}}
    components:
      schemas: {Size: {type: integer, maximum: 9}, Sizes: {type: array, items: {$ref: "#/components/schemas/Size"}}}
"""


GET = next(operations(yaml.safe_load(DOCUMENT)))


@pytest.fixture
def contract(write):
    return Contract.load(write(openapi=DOCUMENT))


@pytest.fixture(name="get")
def _get():
    return GET


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ({"tags[]": ["a"]}, {"tags[]": ["a"]}),
        ({"tags[]": ["a", "b"]}, {"tags[]": ["a", "b"]}),
        ({"tags[]": [""]}, {"tags[]": [""]}),
        ({"tags[]": []}, {}),
        ({"tags": ["a"]}, {}),
        ({"sizes": ["1,2,x"]}, {"sizes": [1, 2, "x"]}),
        ({"piped": ["true|false"]}, {"piped": [True, False]}),
        ({"size": ["3", "4"]}, {"size": 3}),
        ({"size": ["2.0"]}, {"size": 2}),
        ({"either": ["7"], "open": ["true"], "any": ["7"]}, {"either": 7, "open": True, "any": "7"}),
        ({"open": ["yes"], "either": ["null"]}, {"open": "yes", "either": "null"}),
    ],
)
def test_a_query_is_read_as_the_types_of_its_schemas(get, query, meant):
    assert meant == get.query_parameters.read(query)


@pytest.mark.parametrize(
    ("query", "broken"),
    [
        ({"tags[]": ["a", "b", "c"]}, [(("tags[]",), "maxItems")]),
        ({"sizes": ["1,20,x"]}, [(("sizes", 1), "maximum"), (("sizes", 2), "type")]),
        ({"size": ["20"]}, [(("size",), "maximum")]),
        ({"open": ["yes"]}, [(("open",), "type")]),
        ({"unheard": ["of"]}, []),
    ],
)
def test_a_query_is_judged_where_it_is_documented(get, query, broken):
    found = get.query_violations(query)

    assert broken == [(violation.path, violation.rule) for violation in found]
    assert {"request.query"} >= {violation.where for violation in found}


@pytest.mark.parametrize(("value", "rules"), [("1", []), ("0", ["minimum"]), ("a", ["type"]), ("1.5", ["type"])])
def test_a_path_is_judged(get, value, rules):
    found = get.path_violations({"id": value})

    assert rules == [violation.rule for violation in found]
    assert {"request.path"} >= {violation.where for violation in found}


@pytest.mark.parametrize(
    ("headers", "broken"),
    [
        ({"x-depth": "9"}, []),
        ({"X-DEPTH": "10", "X-Marks": "1,2"}, [("X-Depth", "maximum")]),
        ({}, [("X-Depth", "required")]),
        ({"x-depth": "1", "x-marks": "1,b"}, [("X-Marks", "type")]),
    ],
)
def test_headers_are_judged_whatever_their_case_and_those_that_are_no_parameters_are_not(get, headers, broken):
    found = get.header_violations(headers)

    assert broken == [(violation.path[0], violation.rule) for violation in found]
    assert {"request.headers"} >= {violation.where for violation in found}


def test_an_operations_own_parameter_replaces_the_paths_and_says_who_promises_it(get):
    (guessed,), (said,) = get.query_violations({"size": ["20"]}), get.query_violations({"open": ["yes"]})

    assert ("a guess", "inferred") == (guessed.source, guessed.grade)
    assert ("the book.open", "documented") == (said.source, said.grade)


def test_a_request_is_judged_in_all_its_places(contract):
    request = Exchange(method="GET", path="/v1/boxes/0?size=20&tags%5B%5D=a&tags[]=b&tags[]=c", status=200)

    assert ["request.path", "request.query", "request.query", "request.headers"] == [
        violation.where for violation in check_request(contract, request)
    ]


TEXTS = st.lists(st.text() | st.sampled_from(["1e400", "NaN", "[1]", "{}", "\ud800", " 1", "1,2"]))


@given(st.dictionaries(st.sampled_from(["size", "tags[]", "sizes", "open", "either", "other"]), TEXTS))
def test_no_text_makes_a_query_raise_and_every_violation_says_who_promised_it(query):
    for violation in GET.query_violations(query):
        assert violation.source.startswith(("the book", "a guess", "RFC 8259"))
        assert set(violation.path[:1]) <= set(query)
