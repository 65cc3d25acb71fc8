"""Judging a recording from the command line."""

import json

import pytest

URL = "https://api.tenbyte.io/v1/livestream/streams"
ANSWER = {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": '{"success": true}'}}


@pytest.fixture(name="recorded")
def _recorded(tmp_path):
    def recorded(*answers, url=URL):
        request = {"method": "GET", "url": url, "headers": [{"name": "X-API-Key", "value": "tkb-very-secret"}]}
        entries = [{"request": request, "response": answer} for answer in answers]
        file = tmp_path / "session.har"
        file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
        return str(file)

    return recorded


def test_a_breach_is_reported_and_ends_with_1(run, recorded):
    done = run("check", "traffic", recorded({**ANSWER, "status": 299}), "--cloud", "tenbyte", "--report", "json")
    rules = {rule["rule"]: rule["outcome"] for rule in json.loads(done.out)["rules"]}

    assert (1, "broken", False) == (done.code, rules["answer/status"], "very-secret" in done.out)


def test_one_rule_is_judged_alone(run, recorded):
    answers = recorded({**ANSWER, "status": 299})

    assert 0 == run("check", "traffic", answers, "--cloud", "tenbyte", "--only", "requests/known-path").code


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--cloud", "nimbus"), "there is no cloud nimbus"),
        (("--cloud", "bintu"), "has nothing of"),
        (("--cloud", "tenbyte", "--only", "answer/bodi"), "(did you mean answer/body?)"),
        (("--cloud", "tenbyte", "--limit", "getStream"), "write OPERATION=CALLS/SECONDS"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(run, recorded, arguments, sentence):
    done = run("check", "traffic", recorded(ANSWER), *arguments)

    assert (2, True) == (done.code, sentence in done.sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ('{"log": {"entries": [', "entry 1, which begins at byte 21, is not whole"),
        ("x", "is none of"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_in_a_sentence(run, tmp_path, content, sentence):
    file = tmp_path / "file.har"
    file.write_text(content)
    done = run("check", "traffic", str(file), "--cloud", "tenbyte")

    assert (2, True) == (done.code, sentence in done.sentence)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(run, tmp_path):
    done = run("check", "traffic", str(tmp_path / "nothing.har"), "--cloud", "tenbyte")

    assert (2, True) == (done.code, "cannot be read: No such file" in done.sentence)


def test_a_report_that_has_no_place_is_refused_before_anything_is_judged(run, tmp_path):
    done = run("check", "traffic", "nothing.har", "--cloud", "tenbyte", "--output", str(tmp_path / "no" / "report"))

    assert (2, True) == (done.code, "there is no folder" in done.err)
