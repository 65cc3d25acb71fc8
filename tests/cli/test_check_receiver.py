"""Judging a webhook receiver from the command line."""

import json

import pytest
from receivers import SECRET, listening, receiving, signed, unverified


def test_a_careless_receiver_ends_with_1_and_the_report_has_no_secret(run):
    with listening(receiving(unverified)) as url:
        done = run("check", "receiver", url, "--cloud", "tenbyte", "--secret", SECRET, "--event", "stream.idle",
                   "--report", "json")  # fmt: skip
    rules = {rule["rule"]: rule["outcome"] for rule in json.loads(done.out)["rules"]}

    assert (1, "broken", False) == (done.code, rules["receiver/unsigned"], SECRET in done.out)


def test_an_honest_receiver_ends_with_0(run):
    with listening(receiving(signed)) as url:
        done = run("check", "receiver", url, "--cloud", "tenbyte", "--secret", SECRET, "--event", "stream.idle")

    assert 0 == done.code


def test_a_receiver_that_wants_a_secret_is_not_judged_without(run):
    with listening(receiving(signed)) as url:
        done = run("check", "receiver", url, "--cloud", "tenbyte")

    assert (2, True) == (done.code, "give the secret that was agreed on" in done.out)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--cloud", "nimbus"), "there is no cloud nimbus"),
        (("--cloud", "tenbyte", "--event", "stream.startet"), "(did you mean stream.started?)"),
        (("--cloud", "tenbyte", "--only", "receiver/agian"), "(did you mean receiver/again?)"),
        (("--cloud", "tenbyte"), "nobody answers"),
        (("--cloud", "bintu/token"), "documents no webhooks"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(run, arguments, sentence):
    done = run("check", "receiver", "http://127.0.0.1:1/hooks", *arguments)

    assert (2, True) == (done.code, sentence in done.sentence)
