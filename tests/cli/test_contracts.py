"""Comparing contracts from the command line."""

import json
import shutil
from pathlib import Path

import pytest

from offair.contracts.contract import promise

PROMISE = Path(str(promise("tenbyte").folder))


@pytest.fixture(name="newer")
def _newer(tmp_path):
    """A copy in which a member of a body became required, and an operation is new."""
    copied = tmp_path / "newer"
    shutil.copytree(PROMISE, copied)
    file = copied / "openapi.yaml"
    text = file.read_text().replace("required: [name, type, mode,", "required: [name, description, type, mode,", 1)
    file.write_text(
        text.replace("\npaths:\n", "\npaths:\n  /pong:\n    get: {responses: {'200': {description: ok}}}\n", 1)
    )
    return str(copied)


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--fail-on", "breaking"), 1), (("--fail-on", "any"), 1)])
def test_differences_fail_where_they_are_asked_to(run, newer, more, code):
    done = run("contracts", "diff", "tenbyte", newer, *more)

    assert (code, True) == (done.code, "1 breaking, 0 risky, 1 harmless." in done.out)


def test_nothing_differs_from_itself(run):
    assert (0, "0 breaking, 0 risky, 0 harmless.\n") == (
        (done := run("contracts", "diff", "tenbyte", str(PROMISE), "--fail-on", "any")).code,
        done.out,
    )


def test_programs_read_the_same(run, newer):
    said = json.loads(run("contracts", "diff", "tenbyte", newer, "--report", "json").out)

    assert {"breaking": 1, "risky": 0, "harmless": 1} == said["counts"]
    assert ["breaking", "harmless"] == [one["level"] for one in said["differences"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: b", "is no OpenAPI document"),
        ("", "must be a YAML mapping"),
        ("- a", "must be a YAML mapping"),
        ("a: [", "is no YAML"),
        ("openapi: 3.1.0\npaths: {/x: {get: {$ref: '#/nowhere'}}}", "#/paths/~1x/get"),
    ],
)
def test_what_is_no_contract_is_refused_in_a_sentence(run, tmp_path, content, sentence):
    file = tmp_path / "api.yaml"
    file.write_text(content)
    done = run("contracts", "diff", "tenbyte", str(file))

    assert (2, True) == (done.code, sentence in done.sentence), done.sentence


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("tenbyt", "tenbyt is neither a file nor a folder, and there is no cloud tenbyt (did you mean tenbyte?)"),
        ("./nowhere.yaml", "is not there; give a contract's folder or an OpenAPI document"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(run, new, sentence):
    done = run("contracts", "diff", "tenbyte", new)

    assert (2, True) == (done.code, sentence in done.sentence), done.sentence
