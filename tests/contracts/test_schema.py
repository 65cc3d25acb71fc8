"""How a schema says what is wrong."""

import pytest

from offair.contracts.schema import ENOUGH, Schema

ZEBRA_FIRST = {
    "type": "object",
    "required": ["apple", "zebra"],
    "properties": {
        "zebra": {"type": "integer", "minimum": 1},
        "mango": {"type": "object", "required": ["stone"], "properties": {"stone": {"type": "string"}}},
        "apple": {"type": "string"},
    },
}
RULE = {"code": "needs_b", "field": "b", "message": "b is required with a"}


def judge(schema, value, **more):
    return Schema(schema, where="value", **more).violations(value)


def paths(violations):
    return [violation.path for violation in violations]


def rules(violations):
    return [violation.rule for violation in violations]


def test_a_valid_value_has_no_violations():
    assert judge(ZEBRA_FIRST, {"zebra": 1, "apple": "x"}) == []


def test_violations_stand_in_the_order_of_properties_not_of_the_alphabet():
    found = judge(ZEBRA_FIRST, {"apple": 1, "mango": {}, "zebra": 0})

    assert paths(found) == [("zebra",), ("mango", "stone"), ("apple",)]


def test_a_missing_member_is_blamed_at_its_own_path_and_in_its_place():
    found = judge(ZEBRA_FIRST, {"mango": 1})

    assert [(violation.path, violation.rule) for violation in found] == [
        (("zebra",), "required"),
        (("mango",), "type"),
        (("apple",), "required"),
    ]


def test_items_stand_in_the_order_of_the_list():
    found = judge({"type": "array", "items": ZEBRA_FIRST}, [{"apple": 1}, {"zebra": 0, "apple": ""}])

    assert paths(found) == [(0, "zebra"), (0, "apple"), (1, "zebra")]


@pytest.mark.parametrize(
    ("schema", "value", "telling"),
    [
        ({"type": "string", "enum": ["a"]}, 1, "type"),
        ({"enum": ["abc"], "minLength": 3}, "x", "enum"),
        ({"minLength": 5, "format": "uri"}, "x", "minLength"),
        ({"maximum": 3, "multipleOf": 2}, 5, "maximum"),
        ({"format": "uuid", "const": "y"}, "x", "const"),
    ],
)
def test_one_value_gets_its_most_telling_violation(schema, value, telling):
    assert [telling] == rules(judge(schema, value))


def test_nothing_is_said_below_a_value_of_the_wrong_type():
    rule = {"properties": {"mango": {"required": ["peel"]}}, "x-rule": {"code": "peel", "message": "peel it"}}

    assert rules(judge({**ZEBRA_FIRST, "allOf": [rule]}, [])) == ["type"]


def test_a_rule_with_a_name_is_told_once_by_that_name():
    schema = {
        "allOf": [{"if": {"required": ["a"]}, "then": {"required": ["b", "c"], "minProperties": 9}, "x-rule": RULE}]
    }

    (found,) = judge(schema, {"a": 1})

    assert (found.rule, found.path, found.field, found.text) == ("needs_b", ("b",), "b", "b is required with a")


def test_a_rule_names_its_field_below_the_value_that_it_judges():
    inner = {"allOf": [{"required": ["b"], "x-rule": RULE}]}

    (found,) = judge({"properties": {"list": {"items": inner}}}, {"list": [{"b": 1}, {}]})

    assert (found.path, found.field) == (("list", 1, "b"), "list.1.b")


def test_a_rule_with_a_name_is_told_instead_of_a_plain_missing():
    schema = {"required": ["b"], "properties": {"b": {}}, "allOf": [{"required": ["b"], "x-rule": RULE}]}

    assert rules(judge(schema, {})) == ["needs_b"]


def test_a_rule_with_a_name_stands_after_the_members_of_its_field_and_before_the_next_field():
    schema = {
        "properties": {"b": {"properties": {"x": {"type": "string"}}}, "c": {"type": "string"}},
        "allOf": [{"properties": {"b": {"required": ["y"]}}, "x-rule": RULE}],
    }

    assert rules(judge(schema, {"c": 1, "b": {"x": 1}})) == ["type", "needs_b", "type"]


def test_rules_at_one_field_stand_in_the_order_of_the_document():
    clauses = [{"required": [name], "x-rule": {"code": name, "message": name}} for name in ("z", "m", "a")]

    assert rules(judge({"allOf": clauses}, {})) == ["z", "m", "a"]


def test_references_lead_into_the_components():
    components = {"schemas": {"Name": {"type": "string", "maxLength": 2, "x-source": "the book, Name"}}}

    (found,) = judge(
        {"properties": {"name": {"$ref": "#/components/schemas/Name"}}}, {"name": "abc"}, components=components
    )

    assert (found.path, found.expected, found.got, found.source) == (("name",), 2, "abc", "the book, Name")


def test_a_source_names_the_member_below_it():
    (found,) = judge({"x-source": "the book", **ZEBRA_FIRST}, {"zebra": 1, "apple": "", "mango": {}})

    assert (found.source, found.grade) == ("the book.mango.stone", "documented")


def test_a_guessed_keyword_says_so_and_the_others_do_not():
    schema = {"x-source": "the book", "minimum": 1, "maximum": 9, "x-inferred": {"minimum": "guess: because"}}

    (low,), (high,) = judge(schema, 0), judge(schema, 10)

    assert (low.grade, low.source) == ("inferred", "guess: because")
    assert (high.grade, high.source) == ("documented", "the book")


def test_undocumented_members_are_blamed_one_by_one():
    found = judge({"properties": {"a": {}}, "additionalProperties": False}, {"x": 1, "a": 1, "y": 2})

    assert sorted(paths(found)) == [("x",), ("y",)]


def test_a_member_that_must_be_absent_is_blamed():
    (found,) = judge({"properties": {"a": False}}, {"a": 1})

    assert (found.rule, found.path, found.message) == ("false", ("a",), "must not be there")


def test_a_password_is_not_told():
    (found,) = judge({"properties": {"key": {"type": "string", "format": "password"}}}, {"key": 12345})

    assert "12345" not in str(found)


def test_a_violation_says_what_where_why_and_who():
    (found,) = judge({"x-source": "the book", **ZEBRA_FIRST}, {"zebra": 0, "apple": ""})

    assert str(found) == "value at zebra: must be 1 or more, got 0 (minimum; documented: the book.zebra)"


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": ["string", "null"]}, 1.5, "must be a string or null, not a number"),
        ({"type": "object"}, None, "must be an object, not null"),
        ({"type": "array"}, True, "must be a list, not true or false"),
        ({"minItems": 1}, [], "must have at least 1 item"),
        ({"maxLength": 2}, "abc", "must be at most 2 characters long"),
        ({"uniqueItems": True}, [1, 1], "must not have an item twice"),
        ({"enum": ["a", 2]}, "b", "must be one of 'a', 2"),
        ({"format": "date-time"}, "today", "must be a valid date-time"),
        ({"contains": {"const": 1}}, [], "breaks 'contains'"),
    ],
)
def test_messages_are_words(schema, value, message):
    assert [message] == [violation.message for violation in judge(schema, value)]


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", ["\ud800", nested(600)])
def test_what_cannot_be_judged_is_of_the_wrong_type(value):
    """Half a surrogate pair and hundreds of brackets are a client's doing, so they must not raise."""
    (found,) = judge({"properties": {"name": {"maxLength": 9, "enum": ["x"]}}}, {"name": value})

    assert found.is_type_error


TEXTS = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (TEXTS, [1] * 3000),
        ({"properties": {"list": {"anyOf": [{"type": "null"}, TEXTS]}}}, {"list": [1] * 3000}),
        ({"properties": {"a": {}}, "additionalProperties": False}, dict.fromkeys(map(str, range(3000)))),
    ],
    ids=["items", "of what may be nothing", "members"],
)
def test_a_value_wrong_in_thousands_of_places_is_answered_with_the_first_hundreds(schema, value):
    assert len(judge(schema, value)) == ENOUGH


@pytest.mark.parametrize("sound", [0, ENOUGH, 7 * ENOUGH])
def test_of_a_long_list_the_first_wrong_items_are_told_however_many_are_right(sound):
    found = judge(TEXTS, ["x"] * sound + [1] * 50 * ENOUGH)

    assert [(place,) for place in range(sound, sound + ENOUGH)] == paths(found)


@pytest.mark.parametrize(
    ("schema", "rule"), [({"maxItems": 3}, "maxItems"), ({"minItems": 9999}, "minItems"), ({"required": ["x"]}, None)]
)
def test_a_long_list_is_as_long_as_it_came(schema, rule):
    assert [rule] * bool(rule) == rules(judge(schema, [1] * 5000))


def test_a_member_that_is_called_like_a_position_is_blamed_by_its_name():
    numbered = {"properties": {"7": {"type": "string"}, "01": {"type": "string"}}}
    found = judge({"additionalProperties": numbered}, {"list": {"7": 1, "01": 1}, "+3": {"7": 1}})

    assert {("list", "7"), ("list", "01"), ("+3", "7")} == set(paths(found))


def test_a_schema_that_is_none_raises_when_it_is_asked_not_when_it_is_made():
    broken = Schema({"type": "nonsense"}, where="value")

    with pytest.raises(ValueError, match="nonsense"):
        broken.is_valid(1)


def test_what_may_be_nothing_is_told_what_is_wrong_with_it_as_something():
    thing = {"type": "object", "properties": {"name": {"type": "string"}}}

    (found,) = judge({"properties": {"thing": {"anyOf": [thing, {"type": "null"}]}}}, {"thing": {"name": 5}})

    assert ("type", ("thing", "name")) == (found.rule, found.path)


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"anyOf": [{"required": ["a"]}, {"type": "null"}], "x-inferred": {"anyOf": "a guess"}},
    ],
    ids=["either might be meant", "that it is one of them is a guess"],
)
def test_what_may_be_one_of_several_is_told_that_it_is_none(schema):
    assert ["anyOf"] == rules(judge(schema, {}))
