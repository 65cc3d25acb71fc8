"""Verdicts, reports, and what is known already."""

import json
from xml.etree import ElementTree as ET

import pytest

from offair.contracts.baseline import leave_out_known, read_baseline, write_baseline
from offair.contracts.checks.media.report import WatchReport
from offair.contracts.choosing import choose_rules
from offair.contracts.claim import Claim
from offair.contracts.exchange import Exchange
from offair.contracts.report import Report
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation
from offair.contracts.writers import FORMS, write_report

BODY = Claim(name="answer/body", source="the cloud", claim="A body is as documented.")
PAGES = Claim(name="pages/order", source="the cloud", claim="Pages are in order.", strength="should")
CHAT = Claim(name="chat/frames", source="the cloud", claim="Frames are documented.")


def violation(**more):
    said = {"rule": "required", "where": "response.body", "message": "is missing", "source": "a page"}
    return Violation(**said | more)


def report(*verdicts, **more):
    return Report(kind="server", target="http://x/v1", verdicts=verdicts, seed=7, **more)


def test_a_rule_without_a_violation_is_kept():
    assert ["kept", "broken"] == [Verdict.of(BODY, found).outcome for found in ([], [violation()])]


@pytest.mark.parametrize(
    ("rule", "grades", "grade"),
    [
        (BODY, ["documented"], "error"),
        (BODY, ["inferred"], "warning"),
        (BODY, ["inferred", "documented"], "error"),
        (PAGES, ["documented"], "warning"),
    ],
)
def test_what_is_inferred_or_only_should_be_is_a_warning(rule, grades, grade):
    assert grade == Verdict.of(rule, [violation(grade=one) for one in grades]).grade


def test_what_several_in_a_row_are_seen_by_is_told_once():
    found = [
        violation(path=(name,), reproduce=seen) for name, seen in (("a", "curl 1"), ("b", "curl 1"), ("c", "curl 2"))
    ]
    told = [line.split()[-1] for line in str(report(Verdict.of(BODY, found))).splitlines() if "curl" in line]

    assert ["1", "2"] == told


STEERS = "\x1b]0;mine\x07"


@pytest.mark.parametrize("where", [{"got": STEERS}, {"message": STEERS}, {"path": (STEERS,)}, {"reproduce": STEERS}])
@pytest.mark.parametrize("form", ["text", "junit"])
def test_what_a_server_said_steers_no_terminal(where, form):
    told = write_report(report(Verdict.of(BODY, [violation(**where)])), form)

    assert (True, True) == ("mine" in told, told.replace("\n", "").isprintable())


def test_of_a_long_value_the_beginning_is_told():
    told = str(report(Verdict.of(BODY, [violation(got="x" * 100_000), violation(got=["x"] * 100_000)])))

    assert len(told) < 5_000


def test_a_warning_counts_only_when_it_is_strict():
    warned = report(Verdict.of(BODY, [violation(grade="inferred")]))

    assert (False, True) == (warned.fails(), warned.fails(strict=True))


def test_the_json_names_rules_outcomes_and_how_to_see_it_again():
    told = report(
        Verdict.of(BODY, [violation(path=("data", "id"), operation="GET /x", reproduce="curl x")]),
        Verdict(CHAT, "not judged", why="nobody talked"),
    ).as_json()

    assert (1, 7, ["broken", "not_judged"]) == (told["format"], told["seed"], [one["outcome"] for one in told["rules"]])
    assert [
        {
            "where": "response.body at data.id",
            "message": "is missing",
            "expected": None,
            "got": None,
            "source": "a page",
            "operation": "GET /x",
            "reproduce": "curl x",
        }
    ] == told["rules"][0]["violations"]


def test_the_text_says_why_a_rule_was_not_judged_and_which_seed_it_was():
    written = write_report(report(Verdict(CHAT, "not judged", why="nobody talked")), "text")

    assert "not judged, nobody talked: chat/frames" in written
    assert "Seed 7" in written


def test_junit_fails_skips_and_passes():
    verdicts = (
        Verdict.of(BODY, [violation()]),
        Verdict(CHAT, "not judged", why="nobody talked"),
        Verdict.of(PAGES, []),
    )

    suite = ET.fromstring(write_report(report(*verdicts), "junit"))

    assert [["failure"], ["skipped"], []] == [[part.tag for part in case] for case in suite]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_writes_what_is_no_text(form):
    hostile = violation(got=b"\xff\x00<script>", message="\x01<script>", reproduce="curl '<script>'")
    answered = Exchange(method="GET", path="/v1/x", status=200, response_body=b"\xff", at=0.5)

    written = write_report(report(Verdict.of(BODY, [hostile]), exchanges=(answered,)), form)

    assert form != "html" or "<script>" not in written
    assert written.encode()


def test_the_archive_says_when_and_where():
    answered = Exchange(method="GET", path="/v1/x?a=b", status=200, response_body=b"{}", at=0.0)

    (entry,) = json.loads(write_report(report(exchanges=(answered,)), "har"))["log"]["entries"]

    assert ("http://x/v1/x?a=b", "1970-01-01T00:00:00Z") == (entry["request"]["url"], entry["startedDateTime"])
    assert [{"name": "a", "value": "b"}] == entry["request"]["queryString"]


def test_what_a_baseline_has_is_left_out_and_the_rest_stays():
    found = [violation(message="lacks stream 7"), violation(message="is missing")]
    known = read_baseline(write_baseline(report(Verdict.of(BODY, found[:1]))))

    (fresh,) = leave_out_known(report(Verdict.of(BODY, found)), known).verdicts

    assert ((found[1],), 1) == (fresh.violations, fresh.known)


def test_a_known_finding_is_known_with_other_numbers_too():
    known = read_baseline(write_baseline(report(Verdict.of(BODY, [violation(message="is 7 of 12:30")]))))

    (fresh,) = leave_out_known(report(Verdict.of(BODY, [violation(message="is 8 of 11:10")])), known).verdicts

    assert ("kept", "1 known by the baseline") == (fresh.outcome, fresh.why)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "is no JSON"), ("{}", 'has no "format": 1'), ('{"format": 1, "findings": [{}]}', "lacks 'rule'")],
)
def test_a_text_that_is_no_baseline_says_why(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_baseline(text)


def test_rules_are_chosen_by_name_and_subject():
    rules = (BODY, PAGES, CHAT)

    assert (PAGES, CHAT) == choose_rules(rules, ignore=["answer"])
    assert (BODY,) == choose_rules(rules, only=["answer", "chat/frames"], ignore=["chat"])


def test_an_unknown_rule_is_told_with_the_nearest():
    with pytest.raises(ValueError, match=r"there is no rule answer/bodi \(did you mean answer/body\?\)"):
        choose_rules((BODY,), only=["answer/bodi"])


@pytest.mark.parametrize(("kind", "more"), [(Report, {}), (WatchReport, {"answers": 1})])
def test_in_the_middle_of_other_things_a_report_is_a_line(kind, more):
    made = kind(kind="media", target="http://x", verdicts=(Verdict.of(BODY, [violation()]),), **more)

    assert "<media report: 0 rules kept, 1 broken (1 of them a must), 0 not judged: answer/body>" == repr(made)
