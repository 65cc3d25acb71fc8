"""Laws of the Tenbyte create request: what one change to a valid body does to its violations.

``everything.json`` is a body with every member that the contract has, in the contract's order.
"""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from offair.contracts.contract import promise


def places(value, path=()):
    """List every place in a body, in its order."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        if key != "meta":
            yield from places(inner, (*path, key))


def copied(body):
    return json.loads(json.dumps(body))


def put(body, path, value):
    inner = changed = copied(body)
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return changed


def at(body, path):
    for part in path:
        body = body[part]
    return body


CREATE = promise("tenbyte").operations["POST /streams"]
PUBLISHED = [example.request_body for example in promise("tenbyte").examples_of(CREATE.key) if example.request_body]
FULL = json.loads(Path(__file__).with_name("everything.json").read_text("utf-8"))
BODIES = [FULL, *PUBLISHED]
ANYWHERE = st.sampled_from(BODIES).flatmap(lambda body: st.tuples(st.just(body), st.sampled_from(list(places(body)))))
OTHER_TYPES = st.sampled_from([None, True, 1, 1.5, "x", [], {}])


def kind(value):
    return "number" if isinstance(value, float) else type(value).__name__


def test_everything_is_valid_and_has_every_member_in_order():
    assert CREATE.value_violations(None, FULL) == []


@settings(max_examples=40)
@given(ANYWHERE, OTHER_TYPES)
def test_a_value_of_another_type_is_one_violation_at_its_place(where, other):
    body, path = where
    if kind(at(body, path)) == kind(other):
        return

    (found,) = CREATE.value_violations(None, put(body, path, other))

    assert (path, "type", True) == (found.path, found.rule, found.is_type_error)


@settings(max_examples=40)
@given(ANYWHERE)
def test_leaving_something_out_is_told_at_its_place_or_at_the_rule_that_needs_it(where):
    body, path = where
    changed = copied(body)
    at(changed, path[:-1]).pop(path[-1])

    for found in CREATE.value_violations(None, changed):
        assert found.path == path[: len(found.path)], found


@settings(max_examples=40)
@given(st.sets(st.sampled_from(list(places(FULL))), min_size=2, max_size=8))
def test_violations_stand_in_the_order_of_the_contract(broken):
    """Break several places at once, each in its own way; a place below another broken one is gone with it."""
    order = [path for path in places(FULL) if path in broken]
    order = [path for path in order if not any(path[:length] in broken for length in range(1, len(path)))]
    body = FULL
    for path in order:
        body = put(body, path, [str(path)] if not isinstance(at(FULL, path), list) else "wrong")

    assert order == [found.path for found in CREATE.value_violations(None, body)]
