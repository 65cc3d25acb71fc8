"""What differs between two contracts is sorted by whom it breaks: a server may take more and give less than before."""

import copy
import json

import pytest

from offair.contracts.difference import Papers, compare, read_papers

DOCUMENT = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://api.example/v1"}],
    "security": [{"key": []}],
    "paths": {
        "/things/{id}": {
            "put": {
                "operationId": "putThing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": 50, "enum": [10, 20]}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {
                    "200": {
                        "headers": {"X-Total": {"required": True, "schema": {"type": "integer"}}, "X-Hint": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {"description": "None."},
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 10},
                    "kind": {"enum": ["a", "b"]},
                    "code": {"type": "string", "pattern": "^x"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "many": {"format": "int32"},
                    "shown": {"type": "string", "readOnly": True},
                    "most": {"maximum": 5},
                    "one": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                },
            }
        },
    },
}
REFERENCE = {"$ref": "#/components/schemas/Thing"}
PUT = "PUT /things/{id}"
OPERATION = ("paths", "/things/{id}", "put")
THING = ("components", "schemas", "Thing")
MEMBERS = (*THING, "properties")


def differing(*edits):
    """Change a document at places: a value is put there, None takes away what is there."""
    changed = copy.deepcopy(DOCUMENT)
    for way, value in edits:
        node = changed
        for step in way[:-1]:
            node = node[step]
        if value is None:
            del node[way[-1]]
        else:
            node[way[-1]] = value
    return changed


def levels(old, new):
    found = compare(Papers(openapi=old), Papers(openapi=new))
    return {(one.level, one.place, one.message) for one in found if "[]" not in one.place}


def test_a_contract_does_not_differ_from_itself():
    assert set() == levels(DOCUMENT, copy.deepcopy(DOCUMENT))


def test_what_is_only_written_another_way_does_not_differ():
    inlined = differing((("paths", "/things/{key}"), copy.deepcopy(DOCUMENT["paths"]["/things/{id}"])))
    del inlined["paths"]["/things/{id}"]
    inlined["paths"]["/things/{key}"]["put"]["parameters"][0]["name"] = "key"
    inlined["components"]["schemas"]["Thing"]["description"] = "in other words"

    assert set() == levels(DOCUMENT, inlined)


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ((("paths", "/things/{id}"), {}), {("breaking", PUT, "is not there any more")}),
        ((("servers",), []), {("breaking", "server https://api.example/v1", "is not there any more")}),
        (((*OPERATION, "operationId"), "other"), {("risky", PUT, "has another operationId")}),
        (((*OPERATION, "deprecated"), True), {("harmless", PUT, "is deprecated now")}),
        (((*OPERATION, "security"), [{"key": []}, {}]), {("harmless", PUT, "takes who shows no credentials now")}),
        (
            ((*OPERATION, "security"), [{"token": ["w"]}]),
            {("breaking", PUT, "does not take key any more"), ("harmless", PUT, "takes token of w now")},
        ),
        (((*OPERATION, "parameters", 1), None), {("risky", f"{PUT}, query size", "is not there any more")}),
        (((*OPERATION, "parameters", 1, "required"), True), {("breaking", f"{PUT}, query size", "is required now")}),
        (
            ((*OPERATION, "parameters", 1, "schema", "maximum"), 40),
            {("breaking", f"{PUT}, query size", "has another maximum")},
        ),
        (
            ((*OPERATION, "parameters", 1, "schema", "maximum"), 60),
            {("harmless", f"{PUT}, query size", "has another maximum")},
        ),
        (
            ((*OPERATION, "parameters", 1, "schema", "enum"), [10, 30]),
            {
                ("breaking", f"{PUT}, query size", "may not be 20 any more"),
                ("harmless", f"{PUT}, query size", "may be 30 now"),
            },
        ),
        (((*OPERATION, "parameters", 1, "style"), "pipeDelimited"),
         {("breaking", f"{PUT}, query size", "is written another way")}),
        (((*OPERATION, "parameters", 1, "explode"), True), set()),
        (((*OPERATION, "requestBody", "content"), {"application/json; charset=utf-8": {"schema": REFERENCE}}), set()),
        ((("components", "securitySchemes", "key", "name"), "X-Other"),
         {("breaking", "security scheme key", "is shown another way")}),
        (((*OPERATION, "requestBody", "required"), True), {("breaking", f"{PUT}, request body", "is required now")}),
        (
            ((*OPERATION, "requestBody", "content", "text/plain"), {}),
            {("harmless", f"{PUT}, request body", "may be text/plain now")},
        ),
        (((*OPERATION, "responses", "200"), None), {("breaking", f"{PUT}, answer 200", "is not there any more")}),
        (((*OPERATION, "responses", "404"), None), {("harmless", f"{PUT}, answer 404", "is not there any more")}),
        (((*OPERATION, "responses", "409"), {}), {("harmless", f"{PUT}, answer 409", "is new")}),
        (
            ((*OPERATION, "responses", "200", "headers", "X-Total"), None),
            {("breaking", f"{PUT}, answer 200, header x-total", "is not there any more")},
        ),
        (
            ((*OPERATION, "responses", "200", "headers", "X-Hint"), None),
            {("risky", f"{PUT}, answer 200, header x-hint", "is not there any more")},
        ),
    ],
)  # fmt: skip
def test_a_change_of_an_operation_is_sorted(edit, found):
    assert found == levels(DOCUMENT, differing(edit))


ASKED, ANSWERED = f"{PUT}, request body:", f"{PUT}, answer 200:"


@pytest.mark.parametrize(
    ("edit", "place", "asked", "answered"),
    [
        (((*MEMBERS, "new"), {}), "new", "harmless", "harmless"),
        (((*MEMBERS, "kind"), None), "kind", "risky", "risky"),
        (((*THING, "required"), ["name", "kind"]), "kind", "breaking", "harmless"),
        (((*THING, "required"), []), "name", "harmless", "breaking"),
        (((*MEMBERS, "kind", "enum"), ["a", "b", "c"]), "kind", "harmless", "breaking"),
        (((*MEMBERS, "kind", "enum"), ["a"]), "kind", "breaking", "harmless"),
        (((*MEMBERS, "kind", "enum"), None), "kind", "harmless", "breaking"),
        (((*MEMBERS, "name", "type"), "integer"), "name", "breaking", "breaking"),
        (((*MEMBERS, "name", "type"), ["string", "null"]), "name", "harmless", "breaking"),
        (((*MEMBERS, "name", "nullable"), True), "name", "harmless", "breaking"),
        (((*MEMBERS, "name", "maxLength"), 5), "name", "breaking", "harmless"),
        (((*MEMBERS, "name", "maxLength"), None), "name", "harmless", "breaking"),
        (((*MEMBERS, "name", "minLength"), 2), "name", "breaking", "harmless"),
        (((*MEMBERS, "code", "pattern"), "^y"), "code", "risky", "risky"),
        (((*MEMBERS, "code", "pattern"), None), "code", "harmless", "breaking"),
        (((*MEMBERS, "code", "format"), "uri"), "code", "breaking", "harmless"),
        (((*MEMBERS, "code", "not"), {"const": "x"}), "code", "risky", "risky"),
        (((*MEMBERS, "name", "format"), "uri"), "name", "breaking", "harmless"),
        (((*MEMBERS, "many", "contains"), {"const": 1}), "many", "breaking", "harmless"),
        (((*MEMBERS, "many", "minContains"), 2), "many", "breaking", "harmless"),
        (((*MEMBERS, "many", "format"), "int64"), "many", "harmless", "breaking"),
        (((*MEMBERS, "many", "format"), "float"), "many", "breaking", "breaking"),
        (((*MEMBERS, "many", "default"), 2), "many", "harmless", "harmless"),
        (((*MEMBERS, "code"), False), "code", "breaking", "harmless"),
        (((*MEMBERS, "shown", "enum"), ["x"]), "shown", "harmless", "harmless"),
        (((*THING, "dependentRequired"), {"name": ["kind"]}), "", "breaking", "harmless"),
        (((*THING, "propertyNames"), {"pattern": "^x"}), "", "breaking", "harmless"),
        (((*MEMBERS, "most", "exclusiveMaximum"), True), "most", "breaking", "harmless"),
        (((*MEMBERS, "one", "oneOf", 1), None), "one", "breaking", "harmless"),
        (((*THING, "additionalProperties"), False), "", "breaking", "harmless"),
    ],
)  # fmt: skip
def test_a_change_of_a_schema_is_sorted_by_who_sends_it(edit, place, asked, answered):
    expected = {(asked, f"{ASKED}.{place}".rstrip(".")), (answered, f"{ANSWERED}.{place}".rstrip("."))}

    assert expected == {(level, at) for level, at, _ in levels(DOCUMENT, differing(edit))}


def test_what_a_body_has_in_its_own_kind_is_compared_once():
    changed = differing(((*MEMBERS, "name", "maxLength"), 5))
    places = [one.place for one in compare(Papers(openapi=DOCUMENT), Papers(openapi=changed))]

    assert sorted(set(places)) == sorted(places)
    assert f"{ASKED}.parts[].name" not in places


SIGNED = {"webhooks": {"hi": {"post": {"requestBody": {"content": {"application/json": {"schema": {}}}}}}}}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"webhooks": SIGNED}, {"webhooks": {}}, [("breaking", "webhook hi")]),
        ({"webhooks": {}}, {"webhooks": SIGNED}, [("harmless", "webhook hi")]),
        (
            {"webhooks": SIGNED},
            {"webhooks": {**SIGNED, "x-signature": {"header": "X-Sign", "form": "{hex}"}}},
            [("breaking", "webhook hi")],
        ),
        ({"limits": {"limits": [{"kind": "rate", "subject": "*", "unit": "requests", "allowed": 10, "seconds": 60}]}},
         {"limits": {"limits": [{"kind": "rate", "subject": "*", "unit": "requests", "allowed": 5, "seconds": 60}]}},
         [("breaking", "rate of * (requests)")]),
        ({"limits": {"limits": [{"kind": "rate", "subject": "*", "unit": "requests", "allowed": 5, "seconds": 60}]}},
         {"limits": {"limits": [{"kind": "rate", "subject": "*", "unit": "requests", "allowed": 10, "seconds": 60}]}},
         [("harmless", "rate of * (requests)")]),
        ({"limits": {}},
         {"limits": {"limits": [{"kind": "quota", "subject": "x", "unit": "streams", "allowed": 5}]}},
         [("risky", "quota of x (streams)")]),
        ({"sockets": {"sockets": {"chat": {"path": "/a", "from_server": {"said": {}, "left": {}}}}}},
         {"sockets": {"sockets": {"chat": {"path": "/b", "from_server": {"said": {}}}}}},
         [("breaking", "socket chat"), ("breaking", "socket chat, frame left")]),
        ({"services": {"vod": Papers(openapi=DOCUMENT)}}, {}, [("breaking", "service vod")]),
    ],
)  # fmt: skip
def test_what_stands_beside_the_operations_is_compared_too(old, new, found):
    differences = compare(Papers(openapi={}, **old), Papers(openapi={}, **new))

    assert found == [(one.level, one.place) for one in differences]


def test_the_worst_comes_first():
    changed = differing(
        (("paths", "/things/{id}"), {}), (("servers",), [{"url": "https://api.example/v1"}, {"url": "b"}])
    )

    assert ["breaking", "harmless"] == [one.level for one in compare(Papers(openapi=DOCUMENT), Papers(openapi=changed))]


def test_what_says_nothing_is_no_difference():
    assert set() == levels(DOCUMENT, differing(((*MEMBERS, "many", "uniqueItems"), False)))


def test_the_same_bound_is_written_in_two_ways():
    old = differing(((*MEMBERS, "most"), {"maximum": 5, "exclusiveMaximum": True}))
    new = differing(((*MEMBERS, "most"), {"exclusiveMaximum": 5}))

    assert set() == levels(old, new)


@pytest.mark.parametrize(("mark", "level"), [({}, "harmless"), ({"x-sunset": "2027-01-01"}, "breaking")])
def test_what_was_deprecated_may_go_unless_its_day_is_told(mark, level):
    old = differing(((*OPERATION, "deprecated"), True), *(((*OPERATION, name), value) for name, value in mark.items()))

    assert {level} == {one for one, _, _ in levels(old, differing((("paths", "/things/{id}"), {})))}


def test_webhooks_of_an_openapi_document_are_compared(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    known = {**DOCUMENT["components"], "pathItems": {"Hi": {"post": {}}}}
    webhooks = {"hi": {"$ref": "#/components/pathItems/Hi"}, "bye": {}}
    old.write_text(json.dumps({**DOCUMENT, "webhooks": webhooks, "components": known}))
    new.write_text(json.dumps({**DOCUMENT, "webhooks": {"hi": {"post": {}}}}))
    found = compare(read_papers(old), read_papers(new))

    assert [("breaking", "webhook bye")] == [(one.level, one.place) for one in found]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ((("openapi",), "4.0.0"), "is of OpenAPI 4.0.0"),
        ((("swagger",), "2.0"), "is Swagger 2.0; convert it"),
        ((THING, {"$ref": "#/components/schemas/Thing"}), "leads back to itself"),
        ((THING, {"allOf": [{"$ref": "#/components/schemas/Thing"}]}), "leads back to itself"),
        (((*MEMBERS, "name"), {"$ref": "#anchor"}), "is an anchor"),
        (((*MEMBERS, "name"), "string"), "#/components/schemas/Thing/properties/name must be a schema"),
        (((*THING, "required"), "name"), "#/components/schemas/Thing/required must be a list of texts"),
        (((*MEMBERS, "name", "type"), 5), "must be a text, or a list of texts"),
        (((*MEMBERS, "name", "maxLength"), "5"), "must be a number"),
        (((*OPERATION, "parameters"), {"a": 1}), "/parameters must be a list"),
        (((*OPERATION, "parameters", 1, "name"), None), "must be a parameter, with a name"),
        (((*OPERATION, "responses"), []), "/responses must be a mapping"),
        ((OPERATION, "oops"), "/put must be a mapping"),
        ((("security",), {"key": []}), "#/security must be a list of mappings"),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(tmp_path, edit, words):
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(differing(edit)))

    with pytest.raises(ValueError, match=r"openapi\.json") as refused:
        read_papers(file)
    assert words in str(refused.value)
