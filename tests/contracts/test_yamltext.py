"""Documents are read as YAML has it, and a key that stands twice is no way to say two things."""

import pytest
import yaml

from offair.contracts.yamltext import read_yaml


@pytest.mark.parametrize("document", [b"a: 1\nb: 2\na: 3", b"a:\n - {b: 1, c: 2, b: 1}", b"x: {200: a, 200: b}"])
def test_a_key_that_stands_twice_is_refused(document):
    with pytest.raises(yaml.YAMLError, match="stands twice in it"):
        read_yaml(document)


def test_what_a_mapping_merges_it_may_say_another_way():
    said = read_yaml(b"x: {y: &deep {<<: {a: 1, b: 1}, a: 2}}\nlast: {<<: *deep}")

    assert ({"a": 2, "b": 1}, {"a", "b"}) == (said["x"]["y"], {*said["last"]})


def test_a_number_and_the_same_as_text_are_two_keys():
    assert {200: "a", "200": "b"} == read_yaml(b'{200: a, "200": b}')
