"""Judging a live stream from the command line: our own, from its first segment on."""

import json

import pytest

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


def test_a_time_is_written_with_a_unit(run):
    assert "'soon' is no time; write 30s or 2m" in run("check", "media", "http://x/", "--for", "soon").err


@pytest.mark.media
def test_our_own_streams_keep_every_rule(serve, spawn):
    serving = serve("--media-profile", "light")
    stream = serving.create()
    spawn("publish", stream["id"], "--url", serving.url, "--seconds", "40")
    serving.ask("/journal/wait", stream=stream["id"], kind="move", text="to live", timeout="30")

    playback = stream["playback"]
    judging = {name: spawn("check", "media", playback[name], "--for", WATCHED, "--report", "json") for name in playback}
    reports = {name: json.loads(process.communicate(timeout=60)[0]) for name, process in judging.items()}

    broken = [one for report in reports.values() for rule in report["rules"] for one in rule["violations"]]
    kept = {rule["rule"] for report in reports.values() for rule in report["rules"] if rule["outcome"] == "kept"}
    assert [] == broken
    assert {"hls/window", "hls/duration-true", "master/aligned", "dash/slides", "dash/time-true"} <= kept
