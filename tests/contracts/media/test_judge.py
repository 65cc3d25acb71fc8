"""The judge, proven with mutants: a good timeline has no violation, and a broken rule fires alone."""

from functools import cache
from random import Random, SystemRandom

import pytest
from mutants_dash import MUTANTS as DASH
from mutants_hls import MUTANTS as HLS
from mutants_low_latency import MUTANTS as LOW_LATENCY
from mutants_master import MUTANTS as MASTER
from mutants_tags import MUTANTS as TAGS
from sabotage import ORIGINS, Sabotage, aired

from offair.contracts.checks.media import timeline as timelines
from offair.contracts.checks.media.playlists import MediaPlaylist
from offair.contracts.checks.media.rulebook import RULES, check_media

MUTANTS = (*HLS, *TAGS, *MASTER, *LOW_LATENCY, *DASH)


@pytest.fixture(scope="module", autouse=True)
def _reads_once():
    """Read once what mutants share, which is all that they do not break: without it that takes half of the time."""
    known = {}

    def read(fetch, variables):
        key = id(fetch), tuple(variables.items())
        if key not in known:
            known[key] = MediaPlaylist(fetch, variables)
        return known[key]  # which keeps the fetch, so that no other ever has its identity

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timelines, "MediaPlaylist", read)
        patch.setattr(timelines, "look", cache(timelines.look))
        yield


@pytest.mark.parametrize("name", ORIGINS)
def test_a_good_origin_has_no_violation(name):
    _, timeline = aired(name)

    assert [] == [str(violation) for violation in check_media(timeline)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{one} ({one.origin})" for one in MUTANTS])
def test_breaking_a_rule_makes_that_rule_fire_and_no_other(mutant):
    """Each run breaks it somewhere else: a whole timeline is judged, and once is enough for a run."""
    origin, timeline = aired(mutant.origin)
    seed = SystemRandom().getrandbits(32)

    broken = mutant.sabotage(Sabotage(origin, timeline, Random(seed).choice))
    violations = check_media(broken)

    found = "\n".join(map(str, violations))
    assert {mutant.rule} == {one.rule for one in violations}, f"at the place that Random({seed}) chooses:\n{found}"


def test_every_rule_has_a_mutant():
    assert set() == {rule.name for rule in RULES} - {mutant.rule for mutant in MUTANTS}
