"""The checks of exchanges: a good day keeps all of them, and each way to break a rule breaks that one alone."""

import pytest
from good_day import CONTRACT, CREATE, DAY, MUTANTS, SECRET, URL, A, call, made

from offair.contracts.checks.catalogue import CHECKS, judge_exchanges, listening
from offair.contracts.checks.check import check

RULES = listening(CHECKS, URL, SECRET)


def broken(day):
    return {verdict.rule.name for verdict in judge_exchanges(CONTRACT, day, RULES) if verdict.outcome == "broken"}


def test_a_good_day_gives_every_check_something_to_judge_and_keeps_it():
    outcomes = {verdict.rule.name: verdict.outcome for verdict in judge_exchanges(CONTRACT, [*DAY.values()], RULES)}

    assert {rule.name: "kept" for rule in RULES} == outcomes


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_mutant_breaks_its_rule_alone(mutant):
    assert {mutant.rule} == broken(mutant.day)


def test_every_check_has_a_mutant():
    assert {rule.name for rule in RULES} == {mutant.rule for mutant in MUTANTS}


def test_nothing_to_judge_is_never_kept():
    verdicts = judge_exchanges(CONTRACT, [], RULES)

    assert {"not judged"} == {verdict.outcome for verdict in verdicts}
    assert all(verdict.why for verdict in verdicts)


def test_what_is_found_names_its_operation_and_how_to_see_it_again():
    day = [call("GET", f"/{A}", 200, {}, who="a")]

    (found,) = [v for one in judge_exchanges(CONTRACT, day, root="http://here") for v in one.violations][:1]

    assert "GET /streams/{streamId}" == found.operation
    assert f"curl -i -H 'X-API-Key: tkb-a' http://here/v1/livestream/streams/{A}" == found.reproduce


def test_whose_tenant_is_not_known_is_not_judged_by_tenants():
    day = [call("POST", "", 201, made(A), who=None), call("GET", f"/{A}", 200, made(A), who=None)]

    assert not {name for name in broken(day) if name.startswith("tenants/")}


def test_a_member_that_a_guess_requires_and_every_published_answer_has_is_no_guess():
    lacking = {name: value for name, value in made(A).items() if name != "message"}
    of_errors, of_answers = (
        next(
            one
            for one in judge_exchanges(CONTRACT, [call("GET", f"/{A}", status, body)], RULES)
            if one.rule.name == name
        )
        for status, body, name in ((404, {"success": False}, "answer/error"), (200, lacking, "answer/body"))
    )

    assert ("error", "error") == (of_errors.grade, of_answers.grade)
    assert "stands in each published answer" in of_errors.violations[0].message


def test_a_guess_of_ours_that_is_let_pass_is_a_warning():
    asked = {**CREATE.request_body, "region": "Mars"}
    verdicts = judge_exchanges(CONTRACT, [call("POST", "", 201, made(A), body=asked)], RULES)

    (refused,) = [one for one in verdicts if one.rule.name == "requests/refused"]

    assert ("broken", "warning") == (refused.outcome, refused.grade)


def test_a_check_that_fails_is_not_judged_says_whose_fault_that_is_and_takes_no_other_with_it():
    @check("reads/nothing", "nobody", absent="nothing")
    def failing(history):
        """It divides by nothing."""
        yield len(history.calls) / 0

    first, *others = judge_exchanges(CONTRACT, [*DAY.values()], [failing, *RULES])

    assert ("not judged", True) == (first.outcome, first.is_ours)
    assert "ZeroDivisionError: division by zero in failing" in first.why
    assert "a fault of Offair's" in first.why
    assert {"kept"} == {one.outcome for one in others}
