"""Verdicts as reports."""

import json
from xml.etree import ElementTree as ET

import pytest
from mutants_hls import MUTANTS
from sabotage import Sabotage, aired

from offair.contracts.checks.media.report import report_on
from offair.contracts.checks.media.rulebook import RULES, verdicts
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.writers import write_report


@pytest.fixture(scope="module", name="broken")
def _broken():
    """A timeline with a version that is too low."""
    mutant = next(one for one in MUTANTS if one.rule == "hls/version")
    origin, timeline = aired(mutant.origin)
    sabotaged = mutant.sabotage(Sabotage(origin, timeline, lambda _: f"{'v0'}"))
    return report_on(sabotaged, verdicts(sabotaged))


def test_the_text_says_what_is_broken_where_and_who_says_so(broken):
    written = write_report(broken, "text")

    assert "hls/version (must): EXT-X-VERSION stands at most once" in written
    assert "RFC 8216 sections 4.3.1.2 and 7" in written
    assert "  - v0/list.m3u8 at +0.0 s is of version 2, and EXT-X-MAP needs 6" in written
    assert " 1 broken (1 of them a must)" in written


def test_the_json_has_every_rule_with_its_outcome(broken):
    written = json.loads(write_report(broken, "json"))

    assert [rule.name for rule in RULES] == [rule["rule"] for rule in written["rules"]]
    assert {"kept", "broken", "not judged"} == {rule["outcome"] for rule in written["rules"]}


def test_the_junit_report_has_a_case_for_each_rule(broken):
    suite = ET.fromstring(write_report(broken, "junit"))
    failed = [case.get("name") for case in suite if case.find("failure") is not None]

    assert (len(RULES), ["version"], "1") == (len(list(suite)), failed, suite.get("failures"))
    assert int(suite.get("skipped")) == sum(case.find("skipped") is not None for case in suite)


def test_the_page_shows_no_markup_of_the_origin(broken):
    hostile = Timeline("http://x/<script>", ())

    assert "<script>" not in write_report(report_on(hostile, verdicts(hostile)), "html")


def test_the_archive_has_every_answer(broken):
    log = json.loads(write_report(broken, "har"))["log"]

    assert (broken.answers, "1.2") == (len(log["entries"]), log["version"])
