"""Judging a program from the command line: one in Python, one in Node, and what is no client at all."""

import json
import sys
import threading

import needing
import pytest

from offair.emulator.core.clock import Deadline

HONEST = """
import json, os, sys, time, urllib.error, urllib.request
url, headers = os.environ["TENBYTE_BASE_URL"], json.loads(os.environ["TENBYTE_HEADERS"])
for _ in range(5):
    try:
        with urllib.request.urlopen(urllib.request.Request(url + "/health", headers=headers), timeout=4) as answer:
            print(json.load(answer)["status"])
        sys.exit(0)
    except urllib.error.HTTPError as error:
        if error.code not in {429, 503}:
            sys.exit(3)
        said = error.headers.get("Retry-After") or ""
        time.sleep(int(said) if said.isdigit() else 0.3)
    except (OSError, ValueError):
        sys.exit(3)
sys.exit(3)
"""
CARELESS = HONEST.replace("sys.exit(3)", "sys.exit(7)").replace("time.sleep(", "time.sleep(0 * ")
NODE = """
const headers = JSON.parse(process.env.TENBYTE_HEADERS);
const answer = await fetch(`${process.env.TENBYTE_BASE_URL}/streams`, { headers });
if ([401, 403, 429].includes(answer.status)) process.exit(3);
const { data } = await answer.json();
console.log(data.map((stream) => stream.name));
"""


@pytest.fixture(name="judge")
def _judge(run, tmp_path):
    def judge(program, *options, runner=sys.executable, name="client.py"):
        path = tmp_path / name
        path.write_text(program, encoding="utf-8")
        done = run("check", "client", "--cloud", "tenbyte", "--report", "json", *options, "--", runner, str(path))
        return done.code, {one["rule"]: one for one in json.loads(done.out)["rules"]}

    return judge


def test_an_honest_program_breaks_nothing(judge):
    code, rules = judge(HONEST, "--gives-up", "3", "--answers", "2")

    assert (0, set()) == (code, {name for name, one in rules.items() if one["outcome"] == "broken"})
    assert "kept" == rules["drills/retry_after"]["outcome"]


def test_a_careless_program_is_told_how_it_ends_and_when(judge):
    code, rules = judge(CARELESS, "--gives-up", "3", "--drill", "retry_after", "--drill", "error_page")
    broken = {name: one["violations"][0]["message"] for name, one in rules.items() if one["outcome"] == "broken"}

    assert (1, {"drills/retry_after", "drills/error_page"}) == (code, set(broken))
    assert "asks again after 0.0 s" in broken["drills/retry_after"]
    assert "exits with 7" in broken["drills/error_page"]


def test_a_program_that_has_a_time_out_does_not_wait_for_ever(judge):
    _, rules = judge(HONEST, "--only", "drills/silence")

    assert "kept" == rules["drills/silence"]["outcome"]


def test_a_program_without_a_time_out_is_told_that_it_waits(judge):
    _, rules = judge(HONEST.replace(", timeout=4", ""), "--only", "drills/silence", "--deadline", "6")
    (found,) = rules["drills/silence"]["violations"]

    assert ("warning", "healthCheck: nothing is answered") == (rules["drills/silence"]["grade"], found["reproduce"])
    assert "waits for an answer that does not come, and does not end within 6 s: it has no time-out" in found["message"]


@needing.program("node")
def test_a_client_in_node_is_judged(judge):
    options = ("--gives-up", "3", "--drill", "error_page", "--answers", "1")
    _, rules = judge(NODE, *options, runner="node", name="client.mjs")

    assert {"drills/error_page"} == {name for name, one in rules.items() if one["outcome"] == "broken"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--cloud", "tenbyt", "--", "true"), "(did you mean tenbyte?)"),
        (("--cloud", "tenbyte", "--drill", "posts_twice", "--", "true"), "(did you mean drills/posts_once?)"),
        (("--cloud", "tenbyte", "--only", "answers/getStrem", "--", "true"), "(did you mean answers/getStream?)"),
        (("--cloud", "tenbyte", "--", "no-such-program"), "no-such-program cannot be run"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(run, arguments, sentence):
    done = run("check", "client", *arguments)

    assert (2, True) == (done.code, sentence in done.sentence)


def test_a_program_that_asks_nothing_is_one_verdict(judge):
    code, rules = judge("")

    assert (1, ["requests/good-day"]) == (code, [name for name, one in rules.items() if one["outcome"] == "broken"])
    assert "makes no request" in rules["requests/good-day"]["violations"][0]["message"]


def test_a_program_that_never_ends_is_one_verdict(judge):
    code, rules = judge("import time\ntime.sleep(60)", "--deadline", "0.5")

    assert (1, "fails on a good day: it does not end within 0.5 s") == (
        code,
        rules["requests/good-day"]["violations"][0]["message"],
    )


def test_ctrl_c_ends_it_with_the_report_so_far(run_until, tmp_path):
    path, runs = tmp_path / "client.py", tmp_path / "runs"
    path.write_text(HONEST + "\n", encoding="utf-8")
    judged = ("sh", "-c", f"echo x >> {runs}; exec {sys.executable} {path}")
    ended = run_until(
        lambda: _wait_until(lambda: runs.exists() and len(runs.read_text()) > 4),
        "check", "client", "--cloud", "tenbyte", "--answers", "1000", "--", *judged,
    )  # fmt: skip

    assert (130, True) == (ended.code, "broken off" in ended.out)


def _wait_until(condition):
    deadline, pause = Deadline(60), threading.Event()
    while not condition():
        assert not deadline.is_over
        pause.wait(0.01)
