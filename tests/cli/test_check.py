"""Judging a live stream from the command line: our own, from its first segment on."""

import json

import pytest
from judging import IGNORING

WATCHED = "14s"


def test_the_rules_are_listed_with_their_sources(run):
    done = run("check", "rules")

    assert (0, True) == (done.code, "hls/window (must): " in done.out and "RFC 8216 section 6.2.2" in done.out)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("file:///etc/passwd",), "is no HTTP URL"),
        (("http://127.0.0.1:1/live.m3u8",), "http://127.0.0.1:1/live.m3u8 answers nothing"),
        (("http://127.0.0.1:1/", "--ignore", "hls/nothing"), "there is no rule hls/nothing"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(run, arguments, sentence):
    done = run("check", "media", *arguments)

    assert (2, True) == (done.code, sentence in done.sentence)


def test_a_page_is_no_stream(run, serving):
    """A player's page is soon given in place of what it plays: sixty rules that it keeps would say nothing."""
    done = run("check", "media", serving.url)

    assert (2, f"Error: {serving.url} is application/json, and neither an HLS playlist nor a DASH manifest; ") == (
        done.code,
        done.sentence.partition("give ")[0],
    )


def test_a_time_is_written_with_a_unit(run):
    assert "'soon' is no time; write 30s or 2m" in run("check", "media", "http://x/", "--for", "soon").err


@pytest.mark.media
def test_our_own_streams_keep_every_rule(serve, spawn):
    serving = serve("--media-profile", "light")
    stream = serving.create()
    spawn("publish", stream["id"], "--url", serving.url, "--seconds", "40")
    serving.ask("/journal/wait", stream=stream["id"], kind="move", text="to live", timeout="30")

    playback = stream["playback"]
    how = ("--for", WATCHED, "--report", "json", *IGNORING)
    judging = {name: spawn("check", "media", playback[name], *how) for name in playback}
    reports = {name: json.loads(process.communicate(timeout=60)[0]) for name, process in judging.items()}

    broken = [one for report in reports.values() for rule in report["rules"] for one in rule["violations"]]
    kept = {rule["rule"] for report in reports.values() for rule in report["rules"] if rule["outcome"] == "kept"}
    assert [] == broken
    assert {"hls/window", "hls/duration-true", "master/aligned", "dash/slides", "dash/time-true"} <= kept


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--cloud", "nimbus"), "there is no cloud nimbus"),
        (("--cloud", "tenbyte/chat"), "tenbyte has no service chat"),
        (("--cloud", "tenbyte", "--only", "answer/bodi"), "(did you mean answer/body?)"),
        (("--cloud", "tenbyte", "--limit", "getStream"), "write OPERATION=CALLS/SECONDS"),
        (("--cloud", "tenbyte", "--url", "ftp://x/"), "is no HTTP URL"),
        (("--cloud", "tenbyte", "--url", "http://127.0.0.1:1/v1"), "nothing answers"),
        (("--cloud", "tenbyte", "--url", "http://127.0.0.1:1/v1", "--header", "secret"), "is no header"),
        (("--cloud", "tenbyte", "--header", "A: b"), "name one"),
        (("--cloud", "tenbyte", "--baseline-update"), "name it with --baseline FILE"),
    ],
)
def test_a_server_that_cannot_be_judged_is_refused_in_a_sentence(run, arguments, sentence):
    done = run("check", "server", *arguments)

    assert (2, True) == (done.code, sentence in done.sentence)


def test_our_own_stand_in_keeps_its_pages_apart_and_says_so_in_json(run):
    done = run("check", "server", "--cloud", "tenbyte", "--only", "pages", "--report", "json", "--seed", "4")

    report = json.loads(done.out)
    outcomes = {rule["rule"]: rule["outcome"] for rule in report["rules"]}
    assert "not_judged" == outcomes.pop("pages/counted-apart")  # Tenbyte counts in its lists alone
    assert (0, 4, {"kept"}) == (done.code, report["seed"], {*outcomes.values()})


def test_a_running_stand_in_is_judged_over_http_with_its_own_clock(run, serving):
    key = serving.cloud["headers"]["X-API-Key"]
    done = run(
        "check", "server", "--cloud", "tenbyte", "--url", serving.cloud["base_url"], "--header", f"X-API-Key: {key}",
        "--control", serving.url, "--only", "lifecycle/stopped-rests", "--only", "limits", "--limit", "ping=3/60",
    )  # fmt: skip

    assert (1, True, True) == (done.code, "limits/never-over" in done.out, "2 rules kept, 1 broken" in done.out)


def test_what_is_known_does_not_count(run, tmp_path):
    baseline = str(tmp_path / "known.json")
    asked = (
        "check",
        "server",
        "--cloud",
        "tenbyte",
        "--only",
        "limits",
        "--limit",
        "ping=3/60",
        "--baseline",
        baseline,
    )

    assert [0, 0, 2] == [
        run(*asked, "--baseline-update").code,
        run(*asked).code,
        run(*asked[:-1], f"{baseline}.not").code,
    ]
