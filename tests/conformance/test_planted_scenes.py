"""What is kept within things, and beside them, has scenes of its own: each fault is found in one, by its rule."""

import faults_of_what_is_kept as kept
import pytest
from planted import Site, planted

from offair.contracts.checks.catalogue import CHECKS, judge_exchanges
from offair.contracts.server.affecting import affecting
from offair.contracts.server.calling import Caller
from offair.contracts.server.changing import changing
from offair.contracts.server.scenes import gone, lists, on_air
from offair.contracts.server.searching import searching
from offair.contracts.server.within import within
from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH, judged

FAULTS = [
    ("ainative", within, kept.a_clip_is_cut_anywhere, "lifecycle/made-is-as-asked"),
    ("ainative", within, kept.a_clip_is_never_deleted, "lifecycle/deleted-is-gone"),
    ("ainative", within, kept.a_deleted_clip_stays_in_the_list, "lifecycle/deleted-is-unlisted"),
    ("ainative", within, kept.nobody_is_made_a_moderator, "lifecycle/made-is-listed"),
    ("ainative", within, kept.a_moderator_stays_one, "lifecycle/deleted-is-unlisted"),
    ("ainative", within, kept.a_moderator_never_becomes_a_vip, "reads/agree"),
    ("ainative", within, kept.a_clip_is_of_another_stream, "reads/names-it"),
    ("ainative", on_air, kept.what_is_on_air_is_shown_as_before, "lifecycle/airs"),
    ("bintu", on_air, kept.what_is_on_air_is_shown_as_before, "lifecycle/airs"),
    ("tenbyte", on_air, kept.what_is_on_air_is_shown_as_before, "lifecycle/airs"),
    ("ainative", changing, kept.an_upload_stays_as_it_is, "lifecycle/changed-is-as-asked"),
    ("ainative", changing, kept.an_upload_goes_back, "lifecycle/moves"),
    ("ainative", searching, kept.a_search_finds_nothing, "reads/found"),
    ("ainative", searching, kept.a_search_finds_everything, "reads/found"),
    ("bintu", within, kept.a_removed_transcode_is_still_shown, "lifecycle/deleted-is-unlisted"),
    ("bintu", gone, kept.a_deleted_tag_is_still_listed, "lifecycle/deleted-is-unlisted"),
    ("bintu", lists, kept.two_things_are_played_at_one_url, "lifecycle/own-place"),
    ("bintu", lists, kept.it_is_live_at_once, "lifecycle/begins"),
    ("bintu", lists, kept.a_look_shows_another_thing, "lifecycle/made-is-there"),
    ("tenbyte", lists, kept.two_things_are_played_at_one_url, "lifecycle/own-place"),
    ("tenbyte", lists, kept.two_things_have_one_id, "lifecycle/own-place"),
    ("tenbyte", lists, kept.it_is_live_at_once, "lifecycle/begins"),
    ("tenbyte", lists, kept.a_rung_is_another_than_was_asked, "lifecycle/made-is-as-asked"),
    ("ainative", affecting, kept.an_ended_stream_has_no_recording, "lifecycle/effects"),
    ("ainative", affecting, kept.an_album_stays_empty, "lifecycle/effects"),
    ("ainative", affecting, kept.nobody_is_followed, "lifecycle/effects"),
    ("ainative", affecting, kept.everybody_is_followed_for_ever, "lifecycle/effects"),
    ("ainative", affecting, kept.a_follower_is_not_listed, "lifecycle/effects"),
    ("ainative", affecting, kept.a_like_is_forgotten, "lifecycle/effects"),
    ("ainative", affecting, kept.nobody_takes_part, "lifecycle/effects"),
    ("ainative", affecting, kept.a_day_has_what_is_planned_for_the_next, "lifecycle/effects"),
    ("bintu", affecting, kept.a_group_lacks_its_last_member, "lifecycle/effects"),
    ("bintu", affecting, kept.a_group_is_not_among_the_groups, "lifecycle/effects"),
    ("ainative", on_air, kept.nobody_knows_since_when_it_is_live, "lifecycle/has"),
    ("tenbyte", on_air, kept.nobody_knows_since_when_it_is_live, "lifecycle/has"),
    ("ainative", searching, kept.it_is_live_at_once, "lifecycle/begins"),
]
CHECK = {one.name: one for one in CHECKS}


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator({**PASSTHROUGH, "seed": 1}) as emulator:
        yield emulator


@pytest.mark.parametrize(
    ("cloud", "scene", "fault", "rule"), FAULTS, ids=[f"{cloud}-{fault.__name__}" for cloud, _, fault, _ in FAULTS]
)
def test_a_scene_shows_a_fault_to_the_rule_that_it_breaks(emulator, cloud, scene, fault, rule):
    contract, outcomes = Site(cloud).contract, []
    with judged(cloud, emulator) as target:
        begin = target.snapshot()
        for one in (target, planted(target, cloud, fault)):
            (verdict,) = judge_exchanges(contract, scene(Caller(contract, one)), [CHECK[rule]])
            outcomes.append(verdict.outcome)
            target.restore(begin)

    assert ["kept", "broken"] == outcomes
