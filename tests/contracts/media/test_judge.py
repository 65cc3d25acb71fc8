"""The judge, proven with mutants: a good timeline has no violation, and breaking one rule makes that rule fire alone."""

import pytest
from airing import record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutants_dash import MUTANTS as DASH
from mutants_hls import MUTANTS as HLS
from mutants_low_latency import MUTANTS as LOW_LATENCY
from sabotage import ORIGINS, Sabotage

from understudy.contracts.checks.media.rulebook import RULES, check_media

MUTANTS = (*HLS, *LOW_LATENCY, *DASH)


@pytest.fixture(scope="module", name="airings")
def _airings():
    """Every origin, and what was recorded from it."""
    made = {name: make() for name, make in ORIGINS.items()}
    return {name: (origin, record(origin)) for name, origin in made.items()}


@pytest.mark.parametrize("name", ORIGINS)
def test_a_good_origin_has_no_violation(airings, name):
    _, timeline = airings[name]

    assert [] == [str(violation) for violation in check_media(timeline)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{one} ({one.origin})" for one in MUTANTS])
@settings(max_examples=3, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_breaking_a_rule_makes_that_rule_fire_and_no_other(airings, mutant, data):
    origin, timeline = airings[mutant.origin]

    broken = mutant.sabotage(Sabotage(origin, timeline, data.draw))
    violations = check_media(broken)

    assert {mutant.rule} == {one.rule for one in violations}, [str(one) for one in violations]


def test_every_rule_has_a_mutant():
    assert set() == {rule.name for rule in RULES} - {mutant.rule for mutant in MUTANTS}
