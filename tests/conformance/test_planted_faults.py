"""Bugs as servers have them are found by the scenes of a check, in each cloud, by the rule that they break."""

from dataclasses import replace

import faults_of_answers as answers
import faults_of_hooks as hooks
import faults_of_state as state
import pytest
from planted import Site, planted

from offair.contracts.server import check_server, driving, listening, stories
from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH, judged

pytestmark = pytest.mark.slow
EVERYWHERE = ("tenbyte", "bintu", "ainative")
FAULTS = [
    (answers.another_status_of_a_creation, "answer/status", ("tenbyte", "ainative")),
    (answers.a_look_lacks_a_state, "answer/body", EVERYWHERE),
    (answers.a_row_lacks_a_moment, "answer/body", EVERYWHERE),
    (answers.a_moment_is_a_number, "answer/body", EVERYWHERE),
    (answers.an_error_is_a_page, "answer/type", EVERYWHERE),
    (answers.an_error_has_another_shape, "answer/error", EVERYWHERE),
    (answers.it_takes_what_is_forbidden, "requests/refused", EVERYWHERE),
    (answers.it_takes_numbers_for_texts, "requests/refused", ("tenbyte", "ainative")),
    (answers.it_takes_texts_of_any_length, "requests/refused", ("tenbyte",)),
    (answers.it_refuses_an_allowed_member, "requests/taken", EVERYWHERE),
    (answers.it_refuses_an_allowed_value, "requests/taken", EVERYWHERE),
    (answers.any_path_is_fine, "requests/path", EVERYWHERE),
    (answers.what_is_made_has_another_name, "lifecycle/made-is-as-asked", ("tenbyte", "ainative")),
    (answers.moments_are_an_hour_ago, "clock/made-now", EVERYWHERE),
    (answers.moments_are_an_hour_ahead, "clock/not-ahead", EVERYWHERE),
    (state.another_tenant_reads, "tenants/read", ("tenbyte",)),
    (state.another_tenant_acts, "tenants/change", EVERYWHERE),
    (state.another_tenant_deletes, "tenants/change", ("tenbyte", "bintu")),
    (state.everybody_lists_everything, "tenants/list", ("tenbyte", "bintu")),
    (state.what_is_deleted_is_still_shown, "lifecycle/deleted-is-gone", ("tenbyte",)),
    (state.what_is_deleted_is_still_listed, "lifecycle/deleted-is-unlisted", ("tenbyte", "bintu")),
    (state.a_stop_leaves_it_on_air, "lifecycle/stopped-rests", EVERYWHERE),
    (state.every_page_is_the_first, "pages/whole", ("tenbyte", "bintu")),
    (state.a_full_page_loses_its_last, "pages/whole", ("tenbyte", "bintu")),
    (state.pages_have_no_order, "pages/order", ("tenbyte", "bintu")),
    (state.reading_changes_it, "reads/same", ("tenbyte", "ainative")),
    (state.nobody_is_asked_who_they_are, "auth/required", EVERYWHERE),
    (state.any_key_will_do, "auth/known", EVERYWHERE),
    (state.there_is_no_limit, "limits/never-over", ("ainative",)),
    (state.one_more_than_the_limit, "limits/never-over", ("ainative",)),
    (state.one_fewer_than_the_limit, "limits/never-under", ("ainative",)),
    (state.who_waits_waits_in_vain, "limits/retry-after", ("ainative",)),
    (state.what_is_refused_is_made_all_the_same, "lifecycle/refused-does-nothing", ("tenbyte",)),
    (state.what_an_account_is_told_is_forgotten, "lifecycle/kept", ("bintu",)),
    (state.a_lock_does_nothing, "lifecycle/done-shows", ("bintu",)),
    (state.one_of_two_words_will_do, "reads/filtered", ("bintu",)),
    (hooks.lost, "webhooks/told", EVERYWHERE),
    (hooks.doubled, "webhooks/again", EVERYWHERE),
    (hooks.half_a_minute_late, "webhooks/soon", EVERYWHERE),
    (hooks.about_another, "webhooks/told", EVERYWHERE),
    (hooks.without_a_member, "webhooks/body", EVERYWHERE),
    (hooks.of_an_unknown_event, "webhooks/body", EVERYWHERE),
    (hooks.unsigned, "webhooks/signed", ("tenbyte",)),
    (hooks.signed_over_other_bytes, "webhooks/signature", ("tenbyte",)),
    (hooks.signed_by_another, "webhooks/signature", ("tenbyte",)),
]
PLANTED = [(cloud, fault, rule) for fault, rule, clouds in FAULTS for cloud in clouds]


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator({**PASSTHROUGH, "seed": 1}) as emulator:
        yield emulator


@pytest.fixture(name="target")
def _target(emulator, cloud):
    with judged(cloud, emulator) as target:
        begin = target.snapshot()
        yield target
        target.restore(begin)


@pytest.mark.parametrize(
    ("cloud", "fault", "rule"), PLANTED, ids=[f"{cloud}-{fault.__name__}" for cloud, fault, _ in PLANTED]
)
def test_a_planted_fault_is_found_by_the_rule_that_it_breaks(emulator, target, cloud, fault, rule, monkeypatch):
    monkeypatch.setattr(driving, "drive", lambda *_, **_more: None)  # what is drawn comes on top
    monkeypatch.setattr(stories, "tell", lambda *_, **_more: None)
    if not emulator.providers[cloud].retries:
        monkeypatch.setattr(listening, "PERHAPS", 0.0)  # such a cloud sends nothing again, however long one listens
    is_hook = fault.__module__ == hooks.__name__
    spoilt = replace(target, hooks=hooks.Tampered(target.hooks, fault)) if is_hook else planted(target, cloud, fault)
    report = check_server(Site(cloud).contract, spoilt, depth="quick", only=[rule])

    assert [rule] == [one.rule.name for one in report.broken]
