"""What a schema needs of a document is found by its references, however many steps away."""

import pytest

from offair.contracts.pointer import needed
from offair.contracts.schema import Schema

COMPONENTS = {
    "schemas": {
        "Stream": {"type": "object", "properties": {"owner": {"$ref": "#/components/schemas/Owner"}}},
        "Owner": {"type": "object", "properties": {"streams": {"items": {"$ref": "#/components/schemas/Stream"}}}},
        "a/b": {"type": "string"},
        "Other": {"type": "integer"},
    },
    "parameters": {"id": {"schema": {"$ref": "#/components/schemas/Other"}}},
}


@pytest.mark.parametrize(
    ("reference", "names"),
    [
        ("#/components/schemas/Stream", {"Stream", "Owner"}),
        ("#/components/schemas/Owner/properties/streams", {"Stream", "Owner"}),
        ("#/components/schemas/a~1b", {"a/b"}),
        ("#/components/parameters/id/schema", {"id", "Other"}),
        ("#/components/schemas/Nobody", set()),
    ],
)
def test_a_schema_needs_what_it_leads_to_and_what_that_leads_to(reference, names):
    found = needed(COMPONENTS, {"anyOf": [{"items": {"$ref": reference}}]})

    assert names == {name for section in found.values() for name in section}


@pytest.mark.parametrize("reference", ["#somewhere", "#/properties/a", "#/components/schemas"])
def test_a_reference_to_no_component_needs_the_whole(reference):
    assert COMPONENTS == needed(COMPONENTS, {"$ref": reference})


def test_a_schema_judges_by_what_lies_steps_away():
    schema = Schema({"$ref": "#/components/schemas/Stream"}, where="body", components=COMPONENTS)

    (found,) = schema.violations({"owner": {"streams": [{"owner": 7}]}})

    assert ("type", ("owner", "streams", 0, "owner")) == (found.rule, found.path)
