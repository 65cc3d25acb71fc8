"""What an answer may differ in and still be as documented: pure, for every published answer of every cloud."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.client.answers import answers, every_answer, hostile, schema_of, statuses_of
from offair.contracts.client.finding import every_called, find_called
from offair.contracts.contract import promise
from offair.contracts.departures import Departure, ElsewhereError, departures, judged
from offair.contracts.schema import Schema

CLOUDS = [promise(name) for name in ("ainative", "bintu", "tenbyte")]
CALLED = [called for contract in CLOUDS for called in every_called(contract)]
THING = Schema(
    {
        "type": "object",
        "required": ["id", "state"],
        "additionalProperties": False,
        "x-grade": "documented",
        "x-inferred": {"required": "a guess"},
        "properties": {
            "id": {"type": "string"},
            "state": {"enum": ["idle", "live"]},
            "ended": {"type": ["string", "null"]},
            "begun": {"type": "string", "format": "date-time"},
            "rank": {"type": "integer", "minimum": 3, "maximum": 9},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 4},
            "more": {"type": "object", "properties": {"is_on": {"type": "boolean"}}},
        },
    },
    where="answer",
)
BODY = {
    "id": "a",
    "state": "idle",
    "ended": "x",
    "begun": "2026-04-26T10:15:30Z",
    "rank": 5,
    "tags": ["a", "b"],
    "more": {"is_on": True},
}


def test_every_kind_of_departure_is_made_and_reads_as_one_difference():
    assert {
        "begun is missing", 'begun is "2026-04-26T11:15:30.000+01:00"',
        "state is \"live\"", "ended is missing", "ended is null", "rank is missing", "rank is 3", "rank is 9",
        "tags is missing", "tags is empty", "tags is in another order", "tags has 4 items", "more is missing",
        "more.is_on is missing", "more.is_on is false", 'more.x_offair_added is added, "new"',
    } == set(map(str, departures(THING, BODY)))  # fmt: skip


def test_what_nothing_but_a_guess_excludes_is_made_only_when_asked_for():
    more = set(map(str, departures(THING, BODY, grade="inferred"))) - set(map(str, departures(THING, BODY)))

    assert {"id is missing", "state is missing"} == more


def test_a_member_that_is_not_there_is_added():
    assert 'ended is added, "a"' in map(str, departures(THING, {"id": "a", "state": "live"}))


def test_a_member_that_is_null_is_filled():
    assert 'ended is "a"' in map(str, departures(THING, BODY | {"ended": None}))


def test_a_moment_is_spelt_in_another_way_and_stays_the_same():
    (other,) = [one.value for one in departures(THING, BODY) if one.kind == "respelt"]

    assert datetime.fromisoformat(BODY["begun"]) == datetime.fromisoformat(other)


def test_a_departure_from_a_place_that_is_not_there_says_so():
    with pytest.raises(ElsewhereError, match=r"there is no more\.is_on"):
        Departure("null", ("more", "is_on")).applied({"id": "a"})


@given(st.data())
def test_a_departure_leaves_the_body_that_it_departs_from_alone(data):
    one = data.draw(st.sampled_from(departures(THING, BODY, grade="inferred")))
    before = repr(BODY)
    one.applied(BODY)

    assert before == repr(BODY)


@pytest.mark.parametrize("called", CALLED, ids=lambda one: f"{one.contract.name}-{one.name}")
def test_every_answer_is_valid_and_differs_from_the_published_one_in_one_place(called):
    for status in statuses_of(called):
        schema = schema_of(called.operation.answer(status))
        for one in every_answer(called.contract, called.operation.key, status=status):
            assert len(one.departures) <= 1
            assert schema is None or one.content or schema.is_valid(one.value), one


@given(st.data())
def test_drawn_answers_are_valid_whatever_they_put_together(data):
    contract, name = data.draw(
        st.sampled_from([(CLOUDS[0], "createStream"), (CLOUDS[1], "createStream"), (CLOUDS[2], "getStream")])
    )
    one = data.draw(answers(contract, name))
    schema = schema_of(find_called(contract, name).operation.answer(one.status))

    assert schema is None or schema.is_valid(one.value)


def test_an_answer_shrinks_to_one_difference():
    found = _smallest(answers("tenbyte", "getStream", status=200), lambda one: "data.playback.hls is null" in str(one))

    assert "getStream 200: data.playback.hls is null" == str(found)


def _smallest(strategy, condition):
    import hypothesis

    settings = hypothesis.settings(max_examples=2000, database=None, derandomize=True)
    return hypothesis.find(strategy, condition, settings=settings)


def test_too_many_calls_are_refused_with_and_without_a_time_to_wait():
    said = [one.headers.get("Retry-After") for one in every_answer("tenbyte", "createStream", status=429)]

    assert {None, "7"} == set(said)


def test_what_is_no_answer_of_the_cloud_stands_apart():
    documented = {one.mishap for one in every_answer("tenbyte", "getStream")}

    assert ({""}, ["", "half", "reset", "silence"]) == (
        documented,
        [one.mishap for one in hostile("tenbyte", "getStream")],
    )


def test_an_unknown_operation_names_the_nearest():
    with pytest.raises(LookupError, match=r"no operation getStrem \(did you mean getStream\?\)"):
        every_answer("tenbyte", "getStrem")


def test_an_undocumented_status_names_those_that_there_are():
    with pytest.raises(LookupError, match="documents no 418; it documents 200, 401"):
        every_answer("tenbyte", "getStream", status=418)


def test_grades_say_who_allows_a_difference():
    assert {"documented", "inferred"} == {grade for _, grade in judged(THING, BODY)}
