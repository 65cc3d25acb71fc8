"""The rulebook as a list, and the page that documents it."""

import json
import re
from pathlib import Path

import pytest

from offair.contracts.checks.media.rulebook import RULES as MEDIA_RULES
from offair.contracts.listing import write_rules
from offair.contracts.rulebook import TITLES, every_rule

RULES = every_rule()
PAGE = Path(__file__).parents[2] / "docs/guide/rules.md"
SOURCE = re.compile(
    r"RFC \d+(bis)?( sections? \d| appendix B)|ISO/IEC 23009-1 (section|annex)|DASH-IF timing model, |Fetch Standard"
)


def test_the_page_is_the_list():
    assert write_rules("markdown", RULES, TITLES) in PAGE.read_text(encoding="utf-8"), (
        "write it anew: offair check rules --report markdown, below the heading of docs/guide/rules.md"
    )


def test_every_rule_has_a_name_of_its_own():
    assert len(RULES) == len({rule.name for rule in RULES})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_what_it_asks_for_and_who_does(rule):
    assert rule.subject in TITLES
    assert rule.claim.endswith(".")
    assert rule.source


@pytest.mark.parametrize("rule", MEDIA_RULES, ids=lambda rule: rule.name)
def test_a_rule_about_media_is_a_section_of_a_standard(rule):
    assert SOURCE.match(rule.source)


def test_programs_read_the_list_as_json():
    assert [rule.name for rule in RULES] == [one["rule"] for one in json.loads(write_rules("json", RULES, TITLES))]
