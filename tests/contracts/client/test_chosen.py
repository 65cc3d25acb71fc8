"""Few answers of many: each kind of stumbling block has its share, and none stands twice in one place."""

import pytest

from offair.contracts.client.finding import every_called, find_called
from offair.contracts.client.taking import chosen, placed
from offair.contracts.contract import promise

FEW = 20


def picked(called, examples=FEW):
    return [one for one, _ in placed(chosen(called, None, examples=examples, seed=1), 1, examples)]


def test_few_answers_have_several_words_of_a_state_and_other_kinds_too():
    single = [one.departures[0] for one in picked(find_called("tenbyte", "getStream")) if len(one.departures) == 1]
    states = [one for one in single if one.path[-1:] == ("status",) and one.kind == "value"]

    assert 4 <= len(states)
    assert {"value", "missing", "null", "added"} <= {one.kind for one in single}


@pytest.mark.parametrize("cloud", ["tenbyte", "bintu", "ainative"])
def test_two_differences_of_one_answer_are_in_two_places(cloud):
    together = [one for called in every_called(promise(cloud)) for one in picked(called, 60) if one.departures[1:]]

    assert together
    assert [] == [str(one) for one in together if len({each.path for each in one.departures}) < len(one.departures)]
